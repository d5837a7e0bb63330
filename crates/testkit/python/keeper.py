"""Starts the servers of a deployment and makes sure that they end with whoever asked for them.

Standard input is a pipe from the starter. Each line is a JSON object: `{name, command, log, signal}`, a server to start, or
`{folder}`, one more folder to remove at the end. When the pipe ends, for
whatever reason, every server is ended, last one first, and the folders are removed unless they are to be kept.

Usage: keeper.py <folder> wipe|keep
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 5


def start(folder, order):
    with open(order["log"], "ab") as log:
        child = subprocess.Popen(order["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    record(folder, order["name"], "pid", child.pid)
    watch = threading.Thread(target=lambda: record(folder, order["name"], "exit", child.wait()), daemon=True)
    watch.start()
    return child, watch, getattr(signal, order["signal"])


def record(folder, name, what, value):
    """Leaves `<name>.<what>` for the starter to read, whole or not at all."""
    path = os.path.join(folder, f"{name}.{what}")
    with open(path + ".new", "w") as file:
        file.write(str(value))
    os.replace(path + ".new", path)


def end(child, watch, how):
    if child.poll() is None:
        child.send_signal(how)
    watch.join(GRACE_SECONDS)
    if watch.is_alive():
        child.kill()
        watch.join()


def main(folder, then):
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit())
    children, folders = [], [folder]
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if "folder" in order:
                folders.append(order["folder"])
            else:
                children.append(start(folder, order))
    finally:
        for child in reversed(children):
            end(*child)
        if then == "wipe":
            for one in folders:
                shutil.rmtree(one, ignore_errors=True)


main(*sys.argv[1:])

"""Sydent with TLS before it.

Usage: identity_server.py <its folder, with sydent.conf, tls.pem and tls.key> <port with TLS> <its own port>
"""

import asyncio
import os
import ssl
import sys
import threading

FOLDER, TLS_PORT, PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def carry(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def connection(reader, writer):
    # Once it is up, Sydent polls without rest: it is to take less than its share from what is tested. The process's id is its main thread's.
    os.setpriority(os.PRIO_PROCESS, os.getpid(), 10)
    there, back = await asyncio.open_connection("127.0.0.1", PORT)
    await asyncio.gather(carry(reader, back), carry(there, writer))


async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(FOLDER, "tls.pem"), os.path.join(FOLDER, "tls.key"))
    server = await asyncio.start_server(connection, "127.0.0.1", TLS_PORT, ssl=context)
    await server.serve_forever()


os.environ["SYDENT_CONF"] = os.path.join(FOLDER, "sydent.conf")
threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()

from sydent.sydent import main  # noqa: E402: reads where its configuration is

main()

"""Waits until PostgreSQL answers on a loopback port, then makes the databases.

Usage: postgres.py <port> <database>...
"""

import sys
import time

import psycopg2

DEADLINE_SECONDS = 30


def connect(port):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            return psycopg2.connect(host="127.0.0.1", port=port, user="bulla", dbname="postgres")
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main(port, *databases):
    connection = connect(int(port))
    connection.autocommit = True
    for database in databases:
        connection.cursor().execute(f'CREATE DATABASE "{database}" TEMPLATE template0 ENCODING UTF8 LC_COLLATE "C" LC_CTYPE "C"')


main(*sys.argv[1:])

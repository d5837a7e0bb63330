"""Prints every text and blob that the database of a Synapse configuration file (JSON) holds, one a line, whatever table it is in.

A file of a database may split a long value over pages, or compress it; its rows do not.

Usage: rows.py <homeserver.json>
"""

import json
import sqlite3
import sys


def connect(database):
    if database["name"] == "sqlite3":
        connection = sqlite3.connect(f"file:{database['args']['database']}?mode=ro", uri=True)
        connection.text_factory = bytes
        return connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    import psycopg2

    args = {key: value for key, value in database["args"].items() if not key.startswith("cp_")}
    return psycopg2.connect(**args), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def main(path):
    with open(path) as file:
        connection, tables = connect(json.load(file)["database"])
    cursor = connection.cursor()
    cursor.execute(tables)
    for (table,) in cursor.fetchall():
        table = table.decode() if isinstance(table, bytes) else table
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor:
            for value in row:
                if isinstance(value, str):
                    value = value.encode("utf-8", "surrogateescape")
                if isinstance(value, (bytes, memoryview)):
                    sys.stdout.buffer.write(bytes(value) + b"\n")


main(*sys.argv[1:])

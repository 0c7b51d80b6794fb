#!/usr/bin/env python3
"""A function process that computes nothing: it answers each call at once, and leaves the gradient as it lies in its file.
`cordee bench function` runs it, and finds the files that it shares with it by its greeting: the folder of its socket.

The protocol is in docs/function-process.md. Needs Python alone.
"""
import os
import socket
import struct

HELLO, OPEN, READY, COMPUTE, MEASURE, DONE, FAILED = 1, 2, 3, 4, 5, 6, 8
ROWS = 4  # which field of a call says how many
NOT_COUNTED = -1

HEADER = struct.Struct("<ii")
CALL = struct.Struct("<12q")
ANSWER = struct.Struct("<qqdqq")


def read(connection, length):
    """Returns so many bytes, or fewer at the end of the connection."""
    return connection.recv(length, socket.MSG_WAITALL) if length else b""


def write(connection, kind, body=b""):
    connection.sendall(HEADER.pack(len(body), kind) + body)


def main():
    path = os.environ["CORDEE_FUNCTION"]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        write(connection, HELLO, struct.pack("<qqqq", 1, -1, -1, -1) + os.path.dirname(path).encode())
        while header := read(connection, HEADER.size):
            length, kind = HEADER.unpack(header)
            body = read(connection, length)
            if kind in (COMPUTE, MEASURE):
                call = CALL.unpack(body)
                write(connection, DONE, ANSWER.pack(call[0], call[ROWS], 0, NOT_COUNTED, NOT_COUNTED))
            elif kind == OPEN:
                write(connection, READY)
            else:
                write(connection, FAILED, b"it holds no rows")


main()

"""Tells a Python program where the Java worker that has started this process waits for a function, and stays until it is served.

usage: relay.py SOCKET [WORD...], with CORDEE_FUNCTION; no package is needed, so that it starts fast.
"""

import os
import socket
import sys


def relay(program: str, words: "list[str]") -> int:
    """Sends lines to a program, and returns an exit code: 0 once the program says that its function has ended as it should."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(program)
    connection.sendall("\n".join([os.environ["CORDEE_FUNCTION"], *words, "", ""]).encode())
    return 0 if connection.recv(1) else 1


def asked(connection: socket.socket) -> "list[str]":
    """Returns the lines that a relay sends to this program, up to an empty one; none if it ends before."""
    lines = []
    for line in connection.makefile(encoding="utf-8"):
        if line == "\n":
            return lines
        lines.append(line.rstrip("\n"))
    return []


if __name__ == "__main__":
    sys.exit(relay(sys.argv[1], sys.argv[2:]))

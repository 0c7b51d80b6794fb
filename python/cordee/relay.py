"""Tells a Python program where the Java worker that has started this process waits for a function, and stays until it is served.

usage: relay.py SOCKET [WORD...], with CORDEE_FUNCTION; no package is needed, so that it starts fast.
"""

import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
connection.sendall("\n".join([os.environ["CORDEE_FUNCTION"], *sys.argv[2:], "", ""]).encode())
# One byte tells that the function has ended as it should.
sys.exit(0 if connection.recv(1) else 1)

"""What a command prints, as people want to see it."""

import os
import re
import shutil
import sys


class Progress:
    """Shows lines as they come; in a terminal, that of the current round in its place."""

    _ROUND = re.compile(r"round \d+/\d+  ")

    def __init__(self):
        self._stream = sys.stdout
        self._is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._rest = ""
        self._is_open = False

    def __call__(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if self._is_terminal and self._ROUND.match(line):
                # Whatever it is longer than is cleared; a line that is broken could not be written over.
                line = line[: shutil.get_terminal_size().columns - 1]
                self._stream.write(f"\r\x1b[K{line}")
                self._is_open = True
            else:
                self._stream.write(("\n" if self._is_open else "") + line + "\n")
                self._is_open = False
        self._stream.flush()

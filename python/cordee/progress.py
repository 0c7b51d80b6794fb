"""The progress of a training: lines for people, figures for a callback."""

import csv
import io
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Callable, Dict

# Bytes before the next row that are compared, to see whether Java has rewritten the file.
_COMPARED = 64


class Rounds:
    """Passes on the rows of a run's metrics as they are written."""

    def __init__(self, run: Path, callback: "Callable[[int, Dict[str, float]], None]"):
        """callback: receives the number of each new round and its figures by column; rounds that the file has already are
        skipped."""
        self._file, self._callback = run / "metrics.csv", lambda number, figures: None
        # Where the next row begins, and what is before it.
        self._at, self._end = 0, b""
        self._names, self._last = [], -1
        self()
        self._callback = callback

    def __call__(self) -> None:
        """Passes on the rounds that Java has written since the last call."""
        try:
            with open(self._file, "rb") as file:
                file.seek(self._at - len(self._end))
                if file.read(len(self._end)) != self._end:
                    # Java rewrites the file when it resumes a run.
                    self._at, self._end = 0, b""
                    file.seek(0)
                text = file.read()
        except FileNotFoundError:
            return
        text = text[: text.rfind(b"\n") + 1]
        self._at += len(text)
        self._end = text[-_COMPARED:] or self._end
        for cells in csv.reader(text.decode().splitlines()):
            if cells[0] == "round":
                self._names = cells[1:]
            elif int(cells[0]) > self._last:
                self._last = int(cells[0])
                named = zip(self._names, cells[1:])
                self._callback(self._last, {name: float(cell) for name, cell in named if cell and name != "digest"})


class Progress:
    """Shows lines as they come; in a terminal, that of the current round in its place."""

    _ROUND = re.compile(r"round \d+/\d+  ")

    def __init__(self):
        # A service may have no console.
        self._stream = sys.stdout or io.StringIO()
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

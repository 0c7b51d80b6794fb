"""A function process: computes gradients for the Java worker that it is connected to, as docs/function-process.md says."""

import mmap
import os
import socket
import struct
from typing import Any, Callable, Dict, Optional

import numpy as np

from cordee.gradient import Calls
from cordee.parameters import Layout, Parameters
from cordee.problem import Problem
from cordee.rows import Rows

_PROTOCOL = 1
_HELLO, _OPEN, _READY, _COMPUTE, _MEASURE, _DONE, _CHECKSUM, _FAILED, _IDS = range(1, 10)
_HEADER = struct.Struct("<ii")
# The worker takes no longer text, in bytes.
_LONGEST_FAILURE = 1 << 16
# Noise is unsigned.
_MASK = (1 << 64) - 1


class Function:
    """The functions that a program brings, and its rows if the job's data are external."""

    def __init__(self, gradient: Callable, measure: Optional[Callable], rows: Dict[str, Any], arithmetic: str):
        """rows: by "train", "validation" and "test"; without any, they are the job's."""
        self.gradient, self.measure, self.arithmetic = gradient, measure, arithmetic
        parts = {"train": "rows", "validation": "validation", "test": "test"}
        self.parts = [Rows(rows[part], name) if rows.get(part) is not None else None for part, name in parts.items()]
        self.on_failure: "Callable[[str, Optional[BaseException]], None]" = lambda message, cause: None

    def counts(self) -> "list[int]":
        """Returns how many rows there are to train on, to validate and to test; -1 for none."""
        return [-1 if rows is None else rows.count for rows in self.parts]

    def rows_at(self, numbers: np.ndarray) -> "tuple[Rows, np.ndarray]":
        """Returns the part whose rows have these numbers, and these, counted from its first row."""
        first = 0
        for rows in filter(None, self.parts):
            if numbers[0] < first + rows.count:
                return rows, numbers - first
            first += rows.count
        raise Problem(f"asked for row {numbers[0]}, of {first} in all")


class Worker:
    """A connection to the Java worker that asks."""

    def __init__(self, path: str, function: Function):
        self._function = function
        self._connection = socket.socket(socket.AF_UNIX)
        try:
            self._connection.connect(path)
        except OSError:
            self._connection.close()
            raise
        # Fewer calls of the system than a read of each header and body.
        self._questions = self._connection.makefile("rb")
        self._parameters, self._own = _Shared(mmap.ACCESS_READ), _Shared(mmap.ACCESS_WRITE)

    def serve(self) -> None:
        """Answers until the worker ends the connection."""
        with self._connection, self._questions:
            self._say(_HELLO, struct.pack("<4q", _PROTOCOL, *self._function.counts()) + self._function.arithmetic.encode())
            while (asked := self._receive()) is not None:
                kind, body = asked
                try:
                    self._answer(kind, body)
                except Exception as e:
                    message = str(e) if isinstance(e, Problem) else f"{type(e).__name__}: {e}"
                    self._function.on_failure(message, e.__cause__ if isinstance(e, Problem) else e)
                    self._say(_FAILED, message.encode(errors="replace")[:_LONGEST_FAILURE])

    def _receive(self):
        """Returns a question's kind and body; None once the worker has ended."""
        try:
            header = self._questions.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            length, kind = _HEADER.unpack(header)
            body = self._questions.read(length)
        except ConnectionResetError:
            return None
        return None if len(body) < length else (kind, body)

    def _say(self, kind, body):
        try:
            self._connection.sendall(_HEADER.pack(len(body), kind) + body)
        except BrokenPipeError:
            pass  # the next question tells that the worker has ended

    def _answer(self, kind, body):
        if kind == _OPEN:
            self._open(*struct.unpack_from("<4q", body), body[32:].decode())
            self._say(_READY, b"")
        elif kind == _CHECKSUM:
            first, count = struct.unpack("<2q", body)
            rows, numbers = self._function.rows_at(np.arange(first, first + count))
            self._say(_CHECKSUM, struct.pack("<Q", rows.checksum(int(numbers[0]), int(numbers[-1]) + 1)))
        elif kind == _IDS:
            first, count = struct.unpack_from("<2q", body)
            column, separator = body[16:].decode().split("\t")
            rows, numbers = self._function.rows_at(np.arange(first, first + count))
            cells = rows.cells(column, separator, int(numbers[0]), int(numbers[-1]) + 1)
            self._say(_IDS, "".join(cell + "\n" for cell in cells).encode())
        elif kind in (_COMPUTE, _MEASURE):
            self._compute(kind, *struct.unpack("<12q", body))
        else:
            raise Problem(f"this function cannot answer questions of kind {kind}")

    def _open(self, parameters, inputs, outputs, brings_rows, text):
        if any(self._function.parts) and not brings_rows:
            raise Problem(
                "the job's rows are those of its files, which the functions are given as (features, targets); leave out rows, "
                "or have the job say that they are external"
            )
        self._brings_rows = brings_rows
        lines = text.split("\n")
        self._parameters.path, self._own.path = lines[:2]
        shapes, self._tables = [], []
        for line in lines[2:]:
            kind, _, rest = line.partition(" ")
            name, _, value = rest.rpartition("\t")
            if kind == "tensor":
                shapes.append((name, [int(size) for size in value.split(",") if size]))
            elif kind == "ids":
                self._tables.append((f"ids.{name}", int(value)))
        self._layout, self._inputs, self._outputs = Layout(shapes), inputs, outputs
        if self._layout.parameters != parameters:
            raise Problem(f"expected tensors of {parameters} parameters; found {self._layout.parameters}")
        self._calls = Calls(self._function.gradient, self._function.measure)

    def _compute(
        self, kind, call, of_parameters, place, of_own, count, numbers, features, targets, results, wanted, is_random, noise
    ):
        vector = self._parameters.floats(of_parameters, place, self._layout.parameters)
        own = self._own
        numbers = own.array(of_own, np.int64, numbers, count)
        values = own.floats(of_own, features, count * self._inputs).reshape(count, self._inputs)
        gathered, values = np.split(values, [sum(dim for _, dim in self._tables)], axis=1)
        if self._brings_rows:
            rows, numbers = self._function.rows_at(numbers)
            is_run = numbers[-1] - numbers[0] == count - 1 and (np.diff(numbers) == 1).all()
            given = rows.between(int(numbers[0]), int(numbers[-1]) + 1) if is_run else rows.at(numbers)
        else:
            given = values, own.floats(of_own, targets, count * self._outputs).reshape(count, self._outputs)
        layout = self._layout
        if self._tables:
            layout, vector = self._with_tables(vector, gathered)
        parameters = Parameters(layout, vector)
        if kind == _MEASURE:
            sums = self._calls.measure(parameters, given, count)
        else:
            into = own.floats(of_own, 0, self._layout.parameters)
            gradient = np.empty(layout.parameters, np.float32) if self._tables else into
            sums = self._calls.compute(parameters, given, count, noise & _MASK if is_random else 0, gradient)
            if self._tables:
                into[:] = gradient[: into.size]
                own.floats(of_own, results, wanted)[:] = self._by_rows(gradient, layout)
        self._say(_DONE, struct.pack("<2qd2q", call, count, sums.loss, sums.correct, sums.within))

    def _with_tables(self, vector, gathered):
        """The layout and the vector of all parameters, with what tables hold for these rows, [rows, dim], behind the others."""
        shapes = [(name, (len(gathered), dim)) for name, dim in self._tables]
        ends = np.cumsum([dim for _, dim in self._tables])[:-1]
        parts = (part.reshape(-1) for part in np.split(gathered, ends, axis=1))
        return Layout([*self._layout.shapes, *shapes]), np.concatenate([vector, *parts])

    def _by_rows(self, gradient, layout):
        """The derivatives by what tables hold: row by row, of all tables side by side."""
        tables = layout.tensors[len(self._layout.tensors) :]
        return np.hstack([gradient[of.offset : of.end].reshape(of.shape) for of in tables]).reshape(-1)


class _Shared:
    """A file that the worker shares, mapped again when it has grown."""

    def __init__(self, access):
        self._access, self._map, self._path = access, None, None

    @property
    def path(self):
        return self._path

    @path.setter
    def path(self, path):
        self._path, self._map = path, None

    def array(self, size, dtype, offset, count):
        if self._map is None or len(self._map) < size:
            flags = os.O_RDONLY if self._access == mmap.ACCESS_READ else os.O_RDWR
            file = os.open(self._path, flags)
            try:
                self._map = mmap.mmap(file, size, access=self._access)
            finally:
                os.close(file)
        return np.frombuffer(self._map, dtype, count, offset)

    def floats(self, size, offset, count):
        return self.array(size, np.float32, offset, count)

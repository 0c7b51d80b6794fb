"""Tables of ids: parameters of which a worker holds only the rows that its data name."""

import itertools
import threading
from dataclasses import dataclass
from typing import Optional

import numpy as np

from cordee import xxh64
from cordee.job import Layout, Parameters, aligned
from cordee.problem import Problem
from cordee.vectors import Floats, vectors_of

_ROWS_OF_MESSAGE = 1 << 16


@dataclass(frozen=True)
class WithIds:
    """Rows with the ids of each: for each of the job's ``data.ids``, by name, one a row, or an array or list of them.

    Ids are numbers of the table's rows; texts, too, where the job has them hashed.
    """

    rows: object
    ids: dict


def _numbers(table, ids):
    rows = np.asarray(ids) if ids else np.empty(0, np.int64)
    if rows.dtype.kind in "UO" and table.is_hashed and all(isinstance(each, str) for each in ids):
        hashed = {text: xxh64.of_bytes(text.encode()) % table.rows for text in set(ids)}
        rows = np.array([hashed[text] for text in ids])
    wrong = ids if rows.dtype.kind not in "iu" else rows[(rows < 0) | (rows >= table.rows)]
    if len(wrong):
        raise Problem(f"ids of {table.name}: expected numbers of rows from 0 to {table.rows - 1}; found {wrong[0]}")
    return rows.astype(np.int64)


class Named:
    """The rows of one table that rows of data name, with their weights: by row of data, then by row of the table."""

    def __init__(self, rows, values, starts):
        self.rows, self.values, self.starts = rows, values, starts

    @staticmethod
    def of(table, ids):
        cells = [[cell] if isinstance(cell, str) or np.ndim(cell) == 0 else cell for cell in ids]
        lengths = np.array([len(cell) for cell in cells])
        rows = _numbers(table, list(itertools.chain.from_iterable(cells)))
        of_data = np.repeat(np.arange(len(cells)), lengths)
        pairs, counts = np.unique(of_data * table.rows + rows, return_counts=True)
        of_data, rows = np.divmod(pairs, table.rows)
        values = counts / lengths[of_data] if table.is_mean else counts
        starts = np.concatenate([[0], np.cumsum(np.bincount(of_data, minlength=len(cells)))])
        return Named(rows + table.first, values.astype(np.float32), starts)

    def at(self, indices):
        """Of some of the rows of data."""
        counts = self.starts[indices + 1] - self.starts[indices]
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[indices] - starts[:-1], counts)
        return Named(self.rows[places], self.values[places], starts)

    def checksum(self):
        return xxh64.of_hashes(
            [xxh64.of_array(self.rows, "<i8"), xxh64.of_array(self.values, "<f4"), xxh64.of_array(self.starts, "<i8")]
        )

    @property
    def of_data(self):
        """The row of data that names each."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def named(tables, given, count, name):
    """What rows of data name, by table."""
    ids = given or {}
    if set(ids) != {table.name for table in tables}:
        expected, found = (", ".join(map(str, names)) or "none" for names in ([t.name for t in tables], ids))
        raise Problem(
            f"{name}: expected ids of {expected}, as in the job's data.ids; found {found}: see cordee.WithIds"
        )
    for table in tables:
        if len(ids[table.name]) != count:
            raise Problem(f"{name}: expected ids of {table.name} for {count} rows; found {len(ids[table.name])}")
    return [Named.of(table, ids[table.name]) for table in tables]


def touched(ids):
    """The rows of all tables that any of these lists names."""
    return np.unique(np.concatenate([np.empty(0, np.int64), *(each.rows for names in ids for each in names)]))


def add(sums, to, values, terms):
    """sums[to] = values · terms + sums[to] for one after the other, each rounded once."""
    if (values == 1).all():
        np.add.at(sums, to, terms)
        return
    order = np.argsort(to, kind="stable")
    counts = np.unique(to, return_counts=True)[1]
    turns = np.arange(len(to)) - np.repeat(np.cumsum(counts) - counts, counts)
    by_turn = order[np.argsort(turns, kind="stable")]
    for some in np.split(by_turn, np.cumsum(np.bincount(turns))[:-1]):
        sums[to[some]] = fma(values[some, None], terms[some], sums[to[some]])


def fma(a, b, c):
    """a · b + c of float32, rounded once: in float64, where an inexact sum is rounded to the odd neighbour first."""
    product, addend = np.multiply(a, b, dtype=np.float64), c.astype(np.float64)
    total = product + addend
    back = total - product
    lost = (product - (total - back)) + (addend - back)
    bits = total.view(np.int64)
    is_even = np.isfinite(lost) & (lost != 0) & (bits & 1 == 0)
    bits += np.where(is_even, np.where((lost > 0) == (total > 0), 1, -1), 0)
    return total.astype(np.float32)


class _Holding:
    """What is held of the vector, in its order: what lies before the tables, and some of their rows."""

    def __init__(self, job, number, version, rows):
        self.job, self.number, self.version, self.rows = job, number, version, rows
        places = [np.arange(job.own.parameters)]
        # Where each table's rows begin.
        self.starts, self._first = [], []
        at = job.own.parameters
        for table in job.tables:
            first, end = np.searchsorted(rows, [table.first, table.first + table.rows])
            own = table.offset + (rows[first:end, None] - table.first) * table.dim + np.arange(table.dim)
            places.append(own.reshape(-1))
            self.starts.append(at)
            self._first.append(first)
            at += own.size
        self.parameters = at
        ends = [job.layout.chunk(number).stop for number in range(job.layout.chunks)]
        self._ends = [0, *np.searchsorted(np.concatenate(places), ends)]
        self.vectors = None  # until the first message says what they are sent as

    # What a layout has.

    tensors = ()

    @property
    def chunks(self):
        return self.job.layout.chunks

    @property
    def chunks_per_message(self):
        return self.job.layout.chunks_per_message

    def chunk(self, number):
        return slice(self._ends[number], self._ends[number + 1])

    def each(self, vector, ids):
        """By table: its held rows, which of them are named, and what names them."""
        for number, (table, names) in enumerate(zip(self.job.tables, ids)):
            start = self.starts[number]
            end = self.starts[number + 1] if number + 1 < len(self.starts) else self.parameters
            rows = np.searchsorted(self.rows, names.rows) - self._first[number]
            yield vector[start:end].reshape(-1, table.dim), rows, names


class Point:
    """The parameters that are held at a version."""

    def __init__(self, holding, vector):
        self.layout, self.vector = holding, vector

    def given(self, ids):
        """What a function is given for rows with these ids: the tables' sums for each row in place of the tables."""
        job = self.layout.job
        count = len(ids[0].starts) - 1
        layout = Layout([*job.own.shapes, *((table.tensor, (count, table.dim)) for table in job.tables)])
        vector = aligned(layout.parameters)
        vector[: job.own.parameters] = self.vector[: job.own.parameters]
        vector[job.own.parameters :] = 0
        inputs = [vector[it.offset : it.end].reshape(it.shape) for it in layout.tensors[len(job.own.tensors) :]]
        for into, (table, rows, names) in zip(inputs, self.layout.each(self.vector, ids)):
            add(into, names.of_data, names.values, table[rows])
        return Parameters(layout, vector)

    def spread(self, layout, gradient, ids):
        """The gradient of what is held, out of that of what a function was given."""
        own = self.layout.job.own
        sums = np.zeros(self.layout.parameters, np.float32)
        sums[: own.parameters] = gradient[: own.parameters]
        errors = [gradient[it.offset : it.end].reshape(it.shape) for it in layout.tensors[len(own.tensors) :]]
        for terms, (table, rows, names) in zip(errors, self.layout.each(sums, ids)):
            add(table, rows, names.values, terms[names.of_data])
        return sums + np.float32(0)  # never -0, as where a row is missing


class HeldVectors:
    """The vectors of what is held: with batches, of other rows at each version. One thread covers, any puts and takes."""

    def __init__(self, job, say):
        self._job, self._say = job, say
        self._lock = threading.Lock()
        self._held = []  # the last one first
        if not job.holds_rows:
            self._held.append(_Holding(job, 0, None, np.arange(sum(table.rows for table in job.tables))))
        self._number = 0

    def cover(self, version: Optional[int], rows):
        """Has the servers send these rows, too: at this version, or at all for None."""
        before = next((held for held in self._held if held.version == version), None)
        rows = rows if before is None else np.union1d(before.rows, rows)
        if before is not None and len(rows) == len(before.rows):
            return
        self._number += 1
        holding = _Holding(self._job, self._number, version, rows)
        with self._lock:
            others = [it for it in self._held if it.version != version and it.version >= version - 1]
            self._held = [holding, *others]
        steps = np.diff(rows, prepend=0)
        own = {} if version is None else {"version": version}
        for at in range(0, max(1, len(steps)), _ROWS_OF_MESSAGE):
            end = at + _ROWS_OF_MESSAGE
            some = steps[at:end].copy()
            if at > 0:
                some[0] = rows[at]
            self._say(holds={"number": self._number, "steps": some.tolist(), "more": end < len(steps), **own})

    def _at(self, version):
        with self._lock:
            return next((held for held in self._held if held.version in (None, version)), None)

    def put(self, message):
        """As Floats.put. What was written for another holding will come again."""
        held = self._at(message.version)
        if held is None or held.number != message.holding:
            return []
        with self._lock:
            if held.vectors is None:
                held.vectors = Floats(held) if message.kind in Floats.KINDS else vectors_of(self._job, held)
        return held.vectors.put(message)

    def take(self, version, kind):
        held = self._at(version)
        vector = held and held.vectors and held.vectors.take(version, kind)
        return None if vector is None else Point(held, vector.vector)

"""A worker's rows: partitions, batches, checksums."""

import numbers
import threading

import numpy as np

from cordee import tables, tree, xxh64
from cordee.problem import Problem

_MASK = (1 << 64) - 1


class Rows:
    """Rows that a program brings along.

    A tuple of arrays, of which a row is an element of each; anything else that has a length and can be sliced; or a
    number, whose rows are the indices below it.
    """

    def __init__(self, rows, name):
        self._name = name
        self._ids, self.named = None, []
        if isinstance(rows, tables.WithIds):
            rows, self._ids = rows.rows, rows.ids
        self._rows = np.arange(rows) if isinstance(rows, numbers.Integral) else rows
        try:
            lengths = {len(part) for part in self._parts(self._rows)}
        except TypeError:
            raise TypeError(
                f"{name}: expected arrays, or how many rows there are; found {type(rows).__name__}"
            ) from None
        if len(lengths) != 1:
            raise ValueError(f"{name}: expected arrays of equal length; found lengths {sorted(lengths)}")
        self.count = lengths.pop()

    @staticmethod
    def _parts(rows):
        return rows if isinstance(rows, tuple) else (rows,)

    def _each(self, function):
        return tuple(map(function, self._rows)) if isinstance(self._rows, tuple) else function(self._rows)

    def read_ids(self, of_job):
        """Finds out which rows of the job's tables these name."""
        self.named = tables.named(of_job, self._ids, self.count, self._name)

    def ids(self, indices):
        return [named.at(indices) for named in self.named]

    def between(self, start, end):
        return self._each(lambda rows: rows[start:end])

    def at(self, indices):
        return self._each(lambda rows: _at(rows, indices))

    def checksum(self, start, end):
        """By which other rows can be told from these, where they are arrays of numbers.

        Float32 features in two dimensions and integer labels have the checksum that a Java worker gives to such rows.
        """
        hashes = [end - start]
        for part in self._parts(self.between(start, end)):
            array = np.asarray(part)
            if array.dtype.kind in "biu":
                hashes.append(xxh64.of_array(array, "<i8"))
            elif array.dtype.kind in "fc":
                hashes.append(xxh64.of_array(array, array.dtype.newbyteorder("<")))
        hashes += [ids.checksum() for ids in self.ids(np.arange(start, end))]
        return xxh64.of_hashes(hashes)


def _at(rows, indices):
    try:
        return rows[indices]
    except TypeError:
        return [rows[index] for index in indices]


class Parts:
    """The partitions of the training rows, and the slices of those that are evaluated."""

    def __init__(self, job, train, validation, test):
        self._job = job
        self._train = train
        self.validation = self._wanted(job.has_validation, validation, "validation")
        self.test = self._wanted(job.has_test, test, "test")
        for rows in filter(None, (train, self.validation, self.test)):
            rows.read_ids(job.tables)
        least = max(job.partitions * (job.local.batch if job.local else 1), job.batch or 0)
        if train.count < least:
            raise Problem(
                f"{job.partitions} partitions and {_batch(job)} need at least {least} training rows; found {train.count}"
            )
        self._sampler = None
        if job.local:
            self._sampler = Sampler(None, job.seed, train.count, job.partitions, job.local.batch)
        elif job.batch:
            self._sampler = Sampler(job.batch, job.batch_seed, train.count, job.partitions)

    @staticmethod
    def _wanted(is_wanted, rows, name):
        if is_wanted and rows is None:
            raise Problem(
                f"the job has {name} rows, and this worker none; give {name}=... to cordee.work, or leave them out of the "
                f"job"
            )
        return rows if is_wanted else None

    @property
    def counts(self):
        """Rows to train on, to validate and to test on."""
        return [self._train.count] + [rows.count if rows else 0 for rows in (self.validation, self.test)]

    def _slices(self, rows):
        return min(self._job.partitions, rows.count) if rows else 0

    def size(self, partition):
        """How many rows a partition has."""
        start, end = self._span(self._train, self._job.partitions, partition)
        return end - start

    def of_step(self, partition, step):
        """How many rows of a partition enter a step, these rows, and their ids.

        A step is a round, or a local step of all rounds.
        """
        if self._sampler is None:
            return self._between(self._train, *self._span(self._train, self._job.partitions, partition))
        indices = self._indices(partition, step)
        return len(indices), self._train.at(indices), self._train.ids(indices)

    def _indices(self, partition, step):
        start, end = self._span(self._train, self._job.partitions, partition)
        return np.arange(start, end) if self._sampler is None else start + self._sampler.indices(partition, step)

    def of_slice(self, number):
        """How many rows a slice of the evaluated rows has, these rows, and their ids."""
        of_validation = self._slices(self.validation)
        rows, at = (self.validation, number) if number < of_validation else (self.test, number - of_validation)
        return self._between(rows, *self._span(rows, self._slices(rows), at))

    @staticmethod
    def _between(rows, start, end):
        return end - start, rows.between(start, end), rows.ids(np.arange(start, end))

    def touched(self, version, partitions, slices=()):
        """The rows of tables that these partitions at a version, and slices, name."""
        ids = [self._train.ids(self._indices(each, version)) for each in partitions]
        return tables.touched([*ids, *(self.of_slice(each)[2] for each in slices)])

    def slices_of(self, partitions):
        """The slices of the same numbers as these partitions."""
        counts = self._slices(self.validation), self._slices(self.test)
        firsts = 0, counts[0]
        return [first + each for first, count in zip(firsts, counts) for each in partitions if each < count]

    def checksums(self):
        """Of each partition, then of each slice of the evaluated rows."""
        return [
            rows.checksum(*self._span(rows, parts, part))
            for rows, parts in (
                (self._train, self._job.partitions),
                (self.validation, self._slices(self.validation)),
                (self.test, self._slices(self.test)),
            )
            for part in range(parts)
        ]

    @staticmethod
    def _span(rows, parts, part):
        return tree.start(part, rows.count, parts), tree.start(part + 1, rows.count, parts)


def _batch(job):
    return f"local batches of {job.local.batch} rows" if job.local else f"a batch of {job.batch or 'all'} rows"


class Sampler:
    """Which rows of a partition enter a step: a function of job, partition and step alone.

    Of a batch of B rows, partition p of P gives those from p·B/P to before (p+1)·B/P, rounded down, or as many as each is to
    give; one after the other from an endless stream, the partition's rows in a fresh order every epoch. The order of epoch e
    is a Fisher-Yates shuffle by SplitMix64 from the seed s(s(s(seed) + p) + e), where s(x) is the first number from x.
    """

    def __init__(self, batch, seed, rows, partitions, each=None):
        self._batch, self._seed, self._rows, self._partitions = batch, seed, rows, partitions
        self._each = each
        self._lock = threading.Lock()
        self._latest = {}

    def _share(self, total, partition):
        return tree.start(partition + 1, total, self._partitions) - tree.start(partition, total, self._partitions)

    def indices(self, partition, version):
        """From 0 at the partition's first row."""
        size, count = self._share(self._rows, partition), self._each or self._share(self._batch, partition)
        position, taken = version * count, []
        while count > 0:
            epoch, at = divmod(position, size)
            run = self._order(partition, epoch, size)[at : at + count]
            taken.append(run)
            position, count = position + len(run), count - len(run)
        return np.concatenate(taken) if taken else np.empty(0, np.int64)

    def _order(self, partition, epoch, size):
        with self._lock:
            number, order = self._latest.get(partition, (None, None))
        if number != epoch:
            order = _shuffled(size, _first(_first(_first(self._seed) + partition) + epoch))
            with self._lock:
                self._latest[partition] = epoch, order
        return order


def _shuffled(size, seed):
    order = list(range(size))
    draw = split_mix_64(seed)
    for i in range(size - 1, 0, -1):
        other = _below(i + 1, draw)
        order[i], order[other] = order[other], order[i]
    return np.array(order, np.int64)


def _below(bound, draw):
    """A number in [0, bound), all alike: those of the last, incomplete run below 2^63 are drawn again."""
    while True:
        number = next(draw) >> 1
        value = number % bound
        if number - value <= (1 << 63) - bound:
            return value


def noise(seed, step, partition):
    """What random numbers of a partition's step are drawn from: s(s(s(seed) + step) + partition)."""
    return _first(_first(_first(seed) + step) + partition)


def _first(seed):
    return next(split_mix_64(seed))


def split_mix_64(seed):
    """Steele, Lea & Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014."""
    state = seed
    while True:
        state = state + 0x9E3779B97F4A7C15 & _MASK
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
        yield z ^ z >> 31

"""The vectors that a server sends, chunk by chunk: as floats, or as signs to replay. Any thread may put and take."""

import threading
from dataclasses import dataclass
from itertools import accumulate
from typing import Optional

import numpy as np

from cordee import messages, xxh64
from cordee.job import Parameters, aligned
from cordee.problem import Problem
from cordee.replay import replay_of, unpack


@dataclass(frozen=True)
class _Part:
    """One chunk of a message."""

    chunk: int
    version: int
    kind: int
    loss_rose: bool
    part: int
    checksum: Optional[int]
    data: bytes


def _parts(message, layout):
    """The message's chunks by themselves."""
    first, count, sums = message.chunk, message.chunks or 1, message.checksums
    if not (0 <= first < layout.chunks and 0 < count <= layout.chunks - first):
        raise Problem(f"the server sent {count} chunks from {first} on; the job has {layout.chunks}")
    if sums and len(sums) != count:
        raise Problem(f"the server sent {len(sums)} checksums of {count} chunks")
    lengths = [layout.chunk(first + i).stop - layout.chunk(first + i).start for i in range(count)]
    is_signs = message.kind == messages.SIGNS
    ends = [0, *accumulate(-(-length // 4) if is_signs else 4 * length for length in lengths)]
    if len(message.data) != ends[-1]:
        raise Problem(f"{count} chunks from {first} on have {ends[-1]} bytes; found {len(message.data)}")
    head = message.version, message.kind, message.loss_rose, message.part
    data = memoryview(message.data)
    return [_Part(first + i, *head, sums[i] if sums else None, data[ends[i] : ends[i + 1]]) for i in range(count)]


def vectors_of(job, layout):
    return _Replica(job, layout) if job.sends_signs else Floats(layout)


class _Vectors:
    """Two versions of every chunk, so that one can arrive while the other is computed with."""

    def __init__(self, layout):
        self._layout = layout
        self._lock = threading.Lock()
        self._latest = {}

    def put(self, message):
        """Takes a message; the chunks of which it shows that this worker's state is not the server's."""
        parts = _parts(message, self._layout)
        with self._lock:
            return [part.chunk for part in parts if not self._put(part, self._layout.chunk(part.chunk))]

    def take(self, version, kind):
        """The whole vector at a version; None while some of it is missing."""
        with self._lock:
            if self._latest.get(kind, (None, None))[0] != version:
                chunks = [self._chunk(number, version, kind) for number in range(self._layout.chunks)]
                if any(chunk is None for chunk in chunks):
                    return None
                vector = np.concatenate(chunks, out=aligned(self._layout.parameters))
                self._latest[kind] = version, Parameters(self._layout, vector)
            return self._latest[kind][1]


class Floats(_Vectors):
    KINDS = (messages.EVALUATION_POINT, messages.WEIGHTS)

    def __init__(self, layout):
        super().__init__(layout)
        self._chunks = {kind: [{} for _ in range(layout.chunks)] for kind in self.KINDS}

    def _put(self, part, _where):
        if part.kind not in self.KINDS:
            raise Problem(
                "the server sends signs of a rule that this worker cannot replay; set downlink: floats in the job"
            )
        versions = self._chunks[part.kind][part.chunk]
        versions[part.version] = np.frombuffer(part.data, "<f4")
        for old in sorted(versions)[:-2]:
            del versions[old]
        return True

    def _chunk(self, number, version, kind):
        return self._chunks[kind][number].get(version)


class _ChunkReplica:
    def __init__(self):
        self.version = None
        self.parts = {}
        self.checksum = None

    def stand(self, version, now, before, slots):
        self.version, self.now, self.before, self.slots = version, now, before, slots

    def hashes(self):
        return xxh64.of_hashes([xxh64.of_array(vector, "<f4") for vector in (self.now, *self.slots)])


class _Replica(_Vectors):
    """The weights, followed by taking the server's steps again. A chunk that differs is missing until it is sent."""

    def __init__(self, job, layout):
        super().__init__(layout)
        self._replay = replay_of(job)
        self._chunks = [_ChunkReplica() for _ in range(layout.chunks)]

    def _put(self, part, where):
        chunk = self._chunks[part.chunk]
        if part.kind == messages.SIGNS:
            return self._step(chunk, part, where)
        if part.kind == messages.STATE:
            return self._restore(chunk, part)
        raise Problem(
            "the server sends floats; this worker expects signs: run the same version of Cordee on both sides"
        )

    def _step(self, chunk, part, where):
        if chunk.version is None or chunk.version >= part.version:
            return True
        step = None
        if chunk.version == part.version - 1:
            signs = unpack(part.data, where.stop - where.start)
            step = self._replay.next(part.version, part.loss_rose, signs, chunk.now, chunk.before, chunk.slots, where)
        if step is None:
            chunk.version = None
            return False
        weights, slots = step
        chunk.stand(part.version, weights, chunk.now, slots)
        return self._check(chunk, part.checksum)

    def _restore(self, chunk, part):
        chunk.version = None
        if part.part == 0:
            chunk.parts = {}
        chunk.parts[part.part] = np.frombuffer(part.data, "<f4")
        if part.checksum is not None:
            chunk.checksum = part.checksum
        if len(chunk.parts) < 2 + self._replay.slots:
            return True
        now, before, *slots = (chunk.parts.pop(number) for number in sorted(chunk.parts))
        chunk.stand(part.version, now, before, slots)
        return self._check(chunk, chunk.checksum)

    @staticmethod
    def _check(chunk, checksum):
        if checksum is not None and chunk.hashes() != checksum:
            chunk.version = None
            return False
        return True

    def _chunk(self, number, version, _kind):
        chunk = self._chunks[number]
        if chunk.version is None:
            return None
        return {chunk.version: chunk.now, chunk.version - 1: chunk.before}.get(version)

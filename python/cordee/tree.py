"""The fixed tree over a job's partitions along which contributions are added, left + right."""

import bisect
import threading
import time

ROOT = 1
# In nanoseconds: moving partitions takes as long, as sums are sent in more parts.
_WORTH_MOVING = 5_000_000


def start(partition, total, partitions):
    """The first of so many rows in a partition, or behind the last one's for the number of partitions."""
    return partition * total // partitions


def leaf(partition, partitions):
    """The node that holds this partition alone."""
    node, first, size = ROOT, 0, partitions
    while size > 1:
        left = (size + 1) // 2
        if partition < first + left:
            node, size = 2 * node, left
        else:
            node, first, size = 2 * node + 1, first + left, size - left
    return node


def maximal_nodes(held, partitions):
    """The fewest nodes that hold exactly these partitions, from left to right."""
    held = sorted(held)

    def collect(node, first, size):
        count = bisect.bisect_left(held, first + size) - bisect.bisect_left(held, first)
        if count == size:
            return [node]
        if count == 0:
            return []
        left = (size + 1) // 2
        return collect(2 * node, first, left) + collect(2 * node + 1, first + left, size - left)

    return collect(ROOT, 0, partitions)


class Reduction:
    """Adds what comes for the partitions of a lease, siblings as soon as both are there. Any thread may call.

    The value of every node is rounded in place by rounding(value). Partitions that no thread has begun can be given up.
    """

    def __init__(self, held, partitions, rounding=lambda value: None):
        self._round = rounding
        self._partitions = partitions
        self._held, self._unbegun = set(held), set(held)
        self._maximal = set(maximal_nodes(held, partitions))
        self._waiting = {}
        self._lock = threading.Lock()
        self._start = None

    def begin(self, partition):
        """Whether a thread may compute this partition: it has not been given up."""
        with self._lock:
            self._start = self._start or time.monotonic_ns()
            is_ours = partition in self._unbegun
            self._unbegun.discard(partition)
            return is_ours

    def spare(self, nanos):
        """Gives up the last partitions that no thread has begun: as many as another worker, which takes this long for
        each, computes while the rest is done here; none where that would not be worth it."""
        with self._lock:
            every, begun = len(self._unbegun), len(self._held) - len(self._unbegun)
            # Of those begun, the last is half done, as far as is known.
            own = (time.monotonic_ns() - self._start) / max(0.5, begun - 0.5) if self._start else nanos
            count = min(every, int((every + 1) * own / max(1, own + nanos)))
            if count * own < _WORTH_MOVING:
                return []
            spared = sorted(self._unbegun)[every - count :]
            self._unbegun.difference_update(spared)
            self._held.difference_update(spared)
            self._maximal = set(maximal_nodes(self._held, self._partitions))
            return spared

    def take_ready(self):
        """Nodes and sums that waited for what has been given up."""
        with self._lock:
            return [(node, self._waiting.pop(node)) for node in self._maximal & self._waiting.keys()]

    def offer(self, partition, value):
        """The maximal node that is complete with this partition's value, and its sum; None while there is none."""
        node = leaf(partition, self._partitions)
        self._round(value)
        while node not in self._maximal:
            with self._lock:
                sibling = self._waiting.pop(node ^ 1, None)
                if sibling is None:
                    self._waiting[node] = value
                    return None
            value = value.plus(sibling) if node % 2 == 0 else sibling.plus(value)
            node //= 2
            self._round(value)
        return node, value

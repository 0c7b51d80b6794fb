"""The fixed tree over a job's partitions along which contributions are added, left + right."""

import bisect
import threading

ROOT = 1


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

    The value of every node is rounded in place by rounding(value).
    """

    def __init__(self, held, partitions, rounding=lambda value: None):
        self._round = rounding
        self._partitions = partitions
        self._maximal = set(maximal_nodes(held, partitions))
        self._waiting = {}
        self._lock = threading.Lock()

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

"""How the floats of contributions are written."""

import threading

import numpy as np

from cordee.messages import ENCODINGS

_BLOCK = 256
_MOST = np.float32(127)
_LARGEST_SCALE = np.nextafter(np.finfo(np.float32).max / _MOST, np.float32(0), dtype=np.float32)


class Encoder:
    """Writes sums as the job's uplink says. Any thread may call."""

    def __init__(self, uplink):
        self.number = ENCODINGS[uplink]
        self._encode = {"float32": _float32, "bfloat16": _bfloat16, "int8": _Int8()}[uplink]

    def encode(self, version, node, chunk, sums):
        """The data of one chunk; once for each chunk, node and version."""
        return self._encode(version, node, chunk, sums)


def _float32(_version, _node, _chunk, sums):
    return sums.astype("<f4", copy=False).tobytes()


def _bfloat16(_version, _node, _chunk, sums):
    bits = sums.view(np.uint32)
    # To nearest, ties to even.
    return (bits + np.uint32(0x7FFF) + (bits >> 16 & 1) >> 16).astype("<u2").tobytes()


class _Int8:
    """Blocks of bytes with a scale. What is lost of a node's sums is added to its next ones, unless it skips a round."""

    def __init__(self):
        self._lock = threading.Lock()
        self._residuals = {}
        self._current = -1

    def __call__(self, version, node, chunk, sums):
        with self._lock:
            if version > self._current:
                self._residuals = {key: kept for key, kept in self._residuals.items() if kept[1] >= self._current}
                self._current = version
            residual, _ = self._residuals.get((node, chunk), (np.float32(0), version))
            data, lost = int8_blocks(sums + residual)
            self._residuals[node, chunk] = lost, version
            return data


def int8_blocks(values):
    """Values as bytes in blocks with a scale, and what is lost of them."""
    x = np.zeros((-(-len(values) // _BLOCK), _BLOCK), np.float32)
    x.reshape(-1)[: len(values)] = values
    largest = np.abs(x).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        scale = np.where(np.isfinite(largest), np.minimum(_LARGEST_SCALE, largest / _MOST), np.float32(np.nan))
        whole = np.rint(np.clip(x / np.where(scale > 0, scale, np.float32(np.inf)), -_MOST, _MOST))
    whole[~np.isfinite(whole)] = 0
    lost = np.where(np.isnan(scale), np.float32(0), x - whole * np.nan_to_num(scale))
    blocks = np.empty((len(x), 4 + _BLOCK), np.uint8)
    blocks[:, :4] = scale.astype("<f4").view(np.uint8)
    blocks[:, 4:] = whole.astype(np.int8).view(np.uint8)
    return blocks.tobytes()[: len(values) + 4 * len(x)], lost.reshape(-1)[: len(values)]

"""What sums of gradients are rounded to at every node of the reduction tree, and how they are written."""

import numpy as np

from cordee.messages import ENCODINGS

_BLOCK = 256
# Bits of a scale that are 0, so that 127 times it is exact.
_FREE = np.uint32(0xFF)
_LARGEST_SCALE = (np.finfo(np.float32).max / np.float32(127)).view(np.uint32) & ~_FREE
_SMALLEST = np.finfo(np.float32).tiny


class Uplink:
    """The job's: the values that floats may have, and their bytes. Rounding what is rounded changes nothing."""

    def __init__(self, name):
        self.number = ENCODINGS[name]
        self._round, self._encode = {
            "float32": (lambda x: None, lambda x: x.astype("<f4", copy=False).tobytes()),
            "bfloat16": (_round_bfloat16, lambda x: (x.view(np.uint32) >> 16).astype("<u2").tobytes()),
            "int8": (_round_int8, _encode_int8),
        }[name]

    def round(self, sums):
        """Rounds the sums of a node, in place. A chunk is a multiple of a block."""
        with np.errstate(invalid="ignore"):
            self._round(sums)

    def encode(self, sums):
        """The bytes of a chunk's rounded sums."""
        with np.errstate(invalid="ignore"):
            return self._encode(sums)


def _round_bfloat16(x):
    bits = x.view(np.uint32)
    # To nearest, ties to even; NaN stays NaN.
    rounded = np.where(np.isnan(x), bits | 0x400000, bits + np.uint32(0x7FFF) + (bits >> 16 & 1))
    bits[:] = rounded & np.uint32(0xFFFF0000)


def _int8(x):
    """Whole numbers in blocks, and the scales of these."""
    blocks = np.zeros((-(-len(x) // _BLOCK), _BLOCK), np.float32)
    blocks.reshape(-1)[: len(x)] = x
    exact = np.abs(blocks).max(axis=1, keepdims=True, initial=0) / np.float32(127)
    scale = np.minimum(exact.view(np.uint32) + _FREE & ~_FREE, _LARGEST_SCALE).view(np.float32)
    scale = np.where(exact < _SMALLEST, np.float32(0), np.where(np.isfinite(exact), scale, np.float32(np.nan)))
    per_unit = np.float32(1) / np.where(scale > 0, scale, np.float32(np.inf))
    return np.rint(blocks * per_unit), scale


def _round_int8(x):
    whole, scale = _int8(x)
    x[:] = (whole * scale + np.float32(0)).reshape(-1)[: len(x)]


def _encode_int8(x):
    whole, scale = _int8(x)
    codes = np.nan_to_num(whole).astype(np.int8).view(np.uint8)
    return np.hstack([scale.astype("<f4").view(np.uint8), codes]).tobytes()[: len(x) + 4 * len(scale)]

"""XXH64 with seed 0: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md"""

import struct

import numpy as np

try:
    import xxhash
except ImportError:
    xxhash = None

_MASK = (1 << 64) - 1
_PRIME_1 = 0x9E3779B185EBCA87
_PRIME_2 = 0xC2B2AE3D27D4EB4F
_PRIME_3 = 0x165667B19E3779F9
_PRIME_4 = 0x85EBCA77C2B2AE63
_PRIME_5 = 0x27D4EB2F165667C5
_STRIPE = 32


def of_bytes(data):
    """The hash of a bytes-like object; by the package xxhash, a thousand times faster, where that is installed."""
    return xxhash.xxh64_intdigest(data) if xxhash else plain(data)


def of_array(array, dtype):
    """The hash of an array's elements as this little-endian type, in C order."""
    return of_bytes(np.ascontiguousarray(array, dtype).tobytes())


def of_hashes(hashes):
    return of_bytes(struct.pack(f"<{len(hashes)}Q", *hashes))


def plain(data):
    """The hash, in Python alone."""
    data = memoryview(data).cast("B")
    words = struct.unpack(f"<{len(data) // 8}Q", data[: len(data) // 8 * 8])
    striped = len(data) // _STRIPE * 4
    value = _stripes(words[:striped]) if striped else _PRIME_5
    value = value + len(data) & _MASK
    for word in words[striped:]:
        value = _rotate(value ^ _round(0, word), 27) * _PRIME_1 + _PRIME_4 & _MASK
    rest = data[len(data) // 8 * 8 :]
    if len(rest) >= 4:
        value = _rotate(value ^ int.from_bytes(rest[:4], "little") * _PRIME_1 & _MASK, 23) * _PRIME_2 + _PRIME_3 & _MASK
        rest = rest[4:]
    for byte in rest:
        value = _rotate(value ^ byte * _PRIME_5 & _MASK, 11) * _PRIME_1 & _MASK
    value = (value ^ value >> 33) * _PRIME_2 & _MASK
    value = (value ^ value >> 29) * _PRIME_3 & _MASK
    return value ^ value >> 32


def _stripes(words):
    lanes = [_PRIME_1 + _PRIME_2 & _MASK, _PRIME_2, 0, -_PRIME_1 & _MASK]
    for number in range(4):
        lane = lanes[number]
        for word in words[number::4]:
            lane = lane + word * _PRIME_2 & _MASK
            lane = (lane << 31 | lane >> 33) * _PRIME_1 & _MASK
        lanes[number] = lane
    value = sum(_rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18))) & _MASK
    for lane in lanes:
        value = (value ^ _round(0, lane)) * _PRIME_1 + _PRIME_4 & _MASK
    return value


def _round(lane, word):
    return _rotate(lane + word * _PRIME_2 & _MASK, 31) * _PRIME_1 & _MASK


def _rotate(value, by):
    return (value << by | value >> 64 - by) & _MASK

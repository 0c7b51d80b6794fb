"""The steps of sign-driven rules, taken again from their signs to the bits of the server's."""

import math

import numpy as np

from cordee.problem import Problem

_LARGEST = np.finfo(np.float32).max
_ONE = np.float32(1)
_ULP = 2.0**-52


def replay_of(job):
    """What takes the job's steps again."""
    rule = job.rule
    if rule["name"] in _RPROP:
        return _Rprop(rule)
    return _SignSteps(job)


def unpack(data, count):
    """Signs as float32 -1, 0 and 1, out of two bits each."""
    packed = np.frombuffer(data, np.uint8)
    if len(packed) != -(-count // 4):
        raise Problem(f"{count} signs take {-(-count // 4)} bytes; found {len(packed)}")
    codes = (packed[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).reshape(-1)
    if np.any(codes == 2) or np.any(codes[count:]):
        raise Problem("the server sent signs that are malformed")
    return np.array([0, 1, np.nan, -1], np.float32)[codes[:count]]


def _finite(x):
    return np.clip(x, -_LARGEST, _LARGEST)


class _Rprop:
    """The Rprop family. Slots: step sizes, previous signs."""

    slots = 2

    def __init__(self, rule):
        self._step = _RPROP[rule["name"]]
        self._kept = np.float32(rule.get("after_flip") == "keep")
        self._increase, self._decrease, self._least, self._most = (
            np.float32(float(rule[key])) for key in ("increase", "decrease", "min_step", "max_step")
        )

    def next(self, version, loss_rose, sign, now, before, slots, where):
        """The weights at this version, and the slots.

        now, before: the weights at the two versions before. where: the slice of the vector that they are.
        """
        size, previous = slots
        product = sign * previous
        factor = np.maximum(self._increase * product, np.minimum(product + _ONE + self._decrease, _ONE))
        size = np.clip(factor * size, self._least, self._most)
        weights, moved = self._step(self, product, sign, size, now, before, np.float32(loss_rose))
        return _finite(weights), [size, moved + np.float32(0)]

    def _deck(self, product, sign, size, now, before, _):
        flip = np.maximum(np.float32(0) - product, np.float32(0))
        kept = _ONE - flip
        return flip * before + kept * now - (kept - flip) * sign * size, (kept + flip * self._kept) * sign

    def _plus(self, product, sign, size, now, before, back):
        flip = np.maximum(np.float32(0) - product, np.float32(0))
        moved = (_ONE - flip) * sign + np.float32(0)
        back = flip * back
        return back * before + (_ONE - back) * now - moved * size, moved

    def _always_plus(self, product, sign, size, now, before, _):
        return self._plus(product, sign, size, now, before, _ONE)

    def _minus(self, product, sign, size, now, _before, _loss_rose, pause=np.float32(0)):
        moved = np.minimum(product * pause + _ONE, _ONE) * sign + np.float32(0)
        return now - moved * size, moved

    def _pausing(self, product, sign, size, now, before, loss_rose):
        return self._minus(product, sign, size, now, before, loss_rose, pause=_ONE)


_RPROP = {
    "rprop": _Rprop._deck,
    "rprop+": _Rprop._always_plus,
    "rprop-": _Rprop._minus,
    "irprop+": _Rprop._plus,
    "irprop-": _Rprop._pausing,
}


class _SignSteps:
    """w - ηs, and what decoupled weight decay takes off. No slots."""

    slots = 0

    def __init__(self, job):
        rule = job.rule
        self._rate = LearningRate(rule)
        is_decoupled = rule["decay"] == "decoupled"
        self._decay = np.float32(float(rule["weight_decay"]) if is_decoupled else 0)
        self._spared = job.layout.biases() if rule["decay_biases"] == "false" else np.zeros(job.layout.parameters, bool)

    def next(self, version, _loss_rose, sign, now, _before, slots, where):
        """As for Rprop; None if the learning rate's last bit is in doubt."""
        rate = self._rate.at(version)
        if rate is None:
            return None
        weights = _finite(now - rate * sign)
        if self._decay > 0:
            decayed = _finite(weights - _finite(rate * self._decay) * now)
            weights = np.where(self._spared[where], weights, decayed)
        return weights, slots


class LearningRate:
    """The learning rate by round."""

    def __init__(self, rule):
        self._base, self._factor = float(rule["learning_rate"]), float(rule["schedule_factor"])
        self._rounds, self._warm_up = int(float(rule["schedule_rounds"])), int(float(rule["warmup_rounds"]))
        self._shape = rule["schedule"]

    def at(self, number):
        """As float32; None where it is so near to the middle of two that the last bit of a power or cosine decides."""
        if number <= self._warm_up:
            return np.float32(self._base * number / self._warm_up)
        low, high = (np.float32(self._base * share) for share in self._shares(number - self._warm_up - 1))
        return low if low == high else None

    def near(self, number):
        """The same, where any last bit will do."""
        since = number - self._warm_up - 1
        return self.at(number) if since < 0 else np.float32(self._base * self._shares(since)[0])

    def _shares(self, since):
        """What the rate is multiplied by: between these two."""
        if self._shape == "step" and since >= self._rounds:
            power = math.pow(self._factor, since // self._rounds)
            return power * (1 - 2 * _ULP), power * (1 + 2 * _ULP)
        if self._shape == "cosine" and 0 < since < self._rounds:
            half = (1 + math.cos(math.pi * since / self._rounds)) / 2
            return tuple(self._factor + (1 - self._factor) * (half + error) for error in (-_ULP, _ULP))
        share = self._factor if self._shape == "cosine" and since > 0 else 1.0
        return share, share

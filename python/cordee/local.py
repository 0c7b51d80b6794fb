"""Local steps: those of an inner rule that a partition takes by itself within one round."""

import numpy as np

from cordee.job import Parameters, aligned
from cordee.problem import Problem
from cordee.replay import LearningRate

_ONE = np.float32(1)
_LARGEST = np.finfo(np.float32).max


def descend(job, version, start, rows, gradient):
    """What a partition of so many rows contributes: these, loss, correct rows, -1, and the pseudo-gradient.

    gradient(step, step of the round from 1 on, parameters) is the sum over a mini-batch. Steps are counted from 0 over all
    rounds. Slots are fresh in every round.
    """
    rule = _rule(job.local.rule, job.layout)
    weights, loss, correct, seen = start.vector, 0.0, 0, 0
    for number in range(job.local.steps):
        step = version * job.local.steps + number
        at = aligned(job.layout.parameters)
        at[:] = weights
        sums = gradient(step, number + 1, Parameters(job.layout, at))
        weights = rule.step(step + 1, number + 1, weights, sums.gradients * (_ONE / np.float32(sums.rows)))
        seen, loss = seen + sums.rows, loss + sums.loss
        correct = -1 if -1 in (correct, sums.correct) else correct + sums.correct
    share = rows / seen
    counted = correct if correct < 0 else min(rows, round(correct * share))
    return rows, loss * share, counted, -1, (start.vector - weights) * np.float32(rows)


def _rule(settings, layout):
    if settings["name"] not in _RULES:
        raise Problem(
            f"local steps of Python functions are taken by {', '.join(_RULES)}; found {settings['name']}: choose one of "
            f"these as local.rule"
        )
    return _RULES[settings["name"]](settings, layout)


def _finite(x):
    return np.clip(x, -_LARGEST, _LARGEST)


class _GradientDescent:
    """What all have in common: clipping and weight decay around a move, here -ηg."""

    def __init__(self, settings, layout):
        self._settings = settings
        self._rate = LearningRate(settings)
        self._clip = self._number("clip_norm")
        self._decay, self._l1 = self._number("weight_decay"), self._number("l1")
        self._is_decoupled = settings.get("decay") == "decoupled"
        self._is_decayed = _ONE
        if settings.get("decay_biases") == "false":
            self._is_decayed = np.float32(~layout.biases())

    def _number(self, key):
        return np.float32(float(self._settings.get(key, 0)))

    def step(self, number, of_round, weights, mean):
        """The weights after a step, counted from 1 over all rounds and in its round, by a mini-batch's mean gradient."""
        rate = self._rate.near(number)
        if self._clip > 0:
            norm = np.sqrt(np.square(mean, dtype=np.float64).sum())
            mean = mean * np.float32(min(1.0, self._clip / norm) if norm > 0 else 1)
        coupled = np.float32(0) if self._is_decoupled else self._decay
        if coupled > 0 or self._l1 > 0:
            mean = mean + self._is_decayed * (coupled * weights + self._l1 * np.sign(weights))
        moved = _finite(weights + self._move(rate, of_round, mean))
        if self._is_decoupled and self._decay > 0:
            moved = _finite(moved - self._is_decayed * (rate * self._decay) * weights)
        return moved

    def _move(self, rate, of_round, mean):
        return -rate * mean


class _Momentum(_GradientDescent):
    _moved = np.float32(0)

    def _move(self, rate, of_round, mean):
        self._moved = _finite(self._number("beta") * self._moved - rate * mean)
        return self._moved


class _Adam(_GradientDescent):
    _mean = _mean_square = np.float32(0)

    def _move(self, rate, of_round, mean):
        delta, gamma, epsilon = map(self._number, ("delta", "gamma", "epsilon"))
        self._mean = delta * self._mean + (_ONE - delta) * mean
        self._mean_square = _finite(gamma * self._mean_square + (_ONE - gamma) * _finite(mean * mean))
        rate = np.float32(rate / (1 - float(delta) ** of_round))
        root = np.sqrt(_finite(self._mean_square / np.float32(1 - float(gamma) ** of_round)))
        return -rate * (self._mean / (root + epsilon))


_RULES = {"gd": _GradientDescent, "momentum": _Momentum, "adam": _Adam}

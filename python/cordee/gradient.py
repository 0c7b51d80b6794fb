"""Calls of the user's functions, and what is checked of their results."""

import contextlib
import inspect
from dataclasses import dataclass

import numpy as np

from cordee import local
from cordee.messages import Tally
from cordee.problem import NotFinite, Problem
from cordee.rows import noise

_NOT_COUNTED = -1


@dataclass
class Sum:
    """What was computed over some rows; what a function does not count is -1, and gradients that nobody wants are None."""

    rows: int
    loss: float
    correct: int
    within: int
    gradients: np.ndarray = None

    def plus(self, right):
        """This sum, which is used up, + the right one."""
        np.add(self.gradients, right.gradients, out=self.gradients)
        return Sum(
            self.rows + right.rows,
            self.loss + right.loss,
            self._counted_with(right, "correct"),
            self._counted_with(right, "within"),
            self.gradients,
        )

    def _counted_with(self, right, name):
        """Of no rows, it does not matter whether they were counted."""
        counts = [getattr(part, name) for part in (self, right) if part.rows > 0]
        return _NOT_COUNTED if _NOT_COUNTED in counts else sum(counts)

    def tally(self):
        return Tally(rows=self.rows, loss_sum=self.loss, correct=self.correct, within=self.within)


@dataclass
class Counts:
    """What was counted over some rows; -1 for what a function does not count."""

    loss: float
    correct: int
    within: int


class Calls:
    """The user's functions."""

    def __init__(self, gradient, measure):
        self._gradient, self._measure = gradient, measure
        self._takes_noise = _has_parameter(gradient, "noise")

    def compute(self, parameters, rows, count, noise, into):
        """Calls the gradient function, writes the gradient into a vector, and returns what was counted over these rows."""
        loss, gradients, *counts = self._sums(parameters, rows, noise)
        _put(parameters.layout, gradients, into)
        return Counts(*_numbers("gradient", [loss, *counts], count))

    def measure(self, parameters, rows, count):
        """Calls the measure function, or the gradient function if there is none, and returns what was counted."""
        if self._measure is not None:
            result = _call(self._measure, "measure", parameters, rows)
            return Counts(*_numbers("measure", list(result) if isinstance(result, tuple) else [result], count))
        loss, _, *counts = self._sums(parameters, rows, 0)
        return Counts(*_numbers("gradient", [loss, *counts], count))

    def _sums(self, parameters, rows, noise):
        noises = (noise,) if self._takes_noise else ()
        result = _call(self._gradient, "gradient", parameters, rows, *noises)
        if not isinstance(result, tuple) or not 2 <= len(result) <= 4:
            raise Problem(
                f"the gradient function has to return (loss, gradients), with the number of correct rows behind them if they "
                f"are counted; found {_kind(result)}"
            )
        return result


class Functions:
    """The user's functions at work on a job's rows. Any thread may call."""

    def __init__(self, job, parts, gradient, measure):
        self._job = job
        self._parts = parts
        self._calls = Calls(gradient, measure)

    def partition(self, version, parameters, partition):
        """The sums over a partition's rows of the round at this version; with local steps, where these lead."""
        where = f"round {version + 1}, partition {partition}"
        if self._job.local is None:
            return self._step(where, version, parameters, partition)

        def step(number, of_round, at):
            return self._step(f"{where}, local step {of_round}", number, at, partition)

        return Sum(*local.descend(self._job, version, parameters, self._parts.size(partition), step))

    def _step(self, where, step, parameters, partition):
        count, rows, ids = self._parts.of_step(partition, step)
        if count == 0:
            return Sum(0, 0.0, 0, 0, np.zeros(len(parameters.vector), np.float32))
        given = parameters.given(ids) if ids else parameters
        flat = np.empty(given.layout.parameters, np.float32)
        with _said(where):
            counts = self._calls.compute(given, rows, count, noise(self._job.seed, step, partition), flat)
        sums = Sum(count, counts.loss, counts.correct, counts.within, flat)
        _check_finite(where, given.layout, sums)
        if ids:
            sums.gradients = parameters.spread(given.layout, flat, ids)
        return sums

    def slice(self, version, parameters, number):
        """The same of a slice of the rows that are evaluated, without gradients."""
        count, rows, ids = self._parts.of_slice(number)
        parameters = parameters.given(ids) if ids else parameters
        with _said(f"after round {version}, slice {number} of the evaluated rows"):
            counts = self._calls.measure(parameters, rows, count)
        return Sum(count, counts.loss, counts.correct, counts.within)

    def require_exactness(self, version, parameters, partition, other):
        """That a partition's gradient does not depend on what was computed before it.

        Another team would compute other partitions before, and end with other bits.
        """
        first = self.partition(version, parameters, partition)
        self.partition(version, parameters, other)
        again = self.partition(version, parameters, partition)
        if first.loss != again.loss or first.gradients.tobytes() != again.gradients.tobytes():
            raise Problem(
                f"round {version + 1}, partition {partition}: the gradient function gives other bits when it is called again "
                f"for the same parameters and rows, so that training would depend on the team; draw what is random from "
                f"noise and keep nothing between calls, or set model.exact: false in the job"
            )


def _put(layout, gradients, into):
    tensors = layout.tensors
    if isinstance(gradients, dict):
        unknown = [str(name) for name in gradients if name not in {tensor.name for tensor in tensors}]
        missing = [tensor.name for tensor in tensors if tensor.name not in gradients]
        if unknown or missing:
            found = f"none of {missing[0]}" if missing else f"one of {unknown[0]}"
            raise Problem(f"expected a gradient of each tensor of the model; found {found}")
        gradients = [gradients[tensor.name] for tensor in tensors]
    if not isinstance(gradients, (list, tuple)):
        vector = _array("the gradient", gradients)
        if vector.shape != (layout.parameters,):
            raise Problem(f"expected a vector of {layout.parameters} gradients; found one of shape {list(vector.shape)}")
        into[:] = vector
        return
    if len(gradients) != len(tensors):
        raise Problem(f"expected the gradients of {len(tensors)} tensors; found {len(gradients)}")
    for tensor, gradient in zip(tensors, gradients):
        array = _array(f"the gradient of {tensor.name}", gradient)
        if array.shape != tensor.shape:
            raise Problem(
                f"expected a gradient of {tensor.name} of shape {list(tensor.shape)}; "
                f"found one of shape {list(array.shape)}"
            )
        into[tensor.offset : tensor.end] = array.reshape(-1)


def _check_finite(where, layout, sums):
    is_finite = np.isfinite(sums.gradients)
    if is_finite.all() and np.isfinite(sums.loss):
        return
    what = "the loss" if is_finite.all() else "the gradient of " + layout.tensor_at(int(is_finite.argmin())).name
    raise NotFinite(f"{where}: {what} is not finite; a smaller learning rate or step may help")


@contextlib.contextmanager
def _said(where):
    """Says of a problem where it is."""
    try:
        yield
    except Problem as e:
        raise Problem(f"{where}: {e}") from e.__cause__


def _has_parameter(function, name):
    try:
        return name in inspect.signature(function).parameters
    except ValueError:  # of some that are not written in Python
        return False


def _call(function, name, *arguments):
    try:
        return function(*arguments)
    except Problem:
        raise
    except (Exception, SystemExit) as e:
        # Its traceback is for whoever has written the function: from there on.
        raise Problem(f"the {name} function failed: {type(e).__name__}: {e}") from e.with_traceback(
            e.__traceback__.tb_next
        )


def _numbers(name, numbers, count):
    """Loss, correct and within."""
    try:
        loss, *counts = float(numbers[0]), *(int(number) for number in numbers[1:3])
    except (TypeError, ValueError) as e:
        raise Problem(f"expected numbers from the {name} function; found {e}") from e
    if not all(0 <= number <= count for number in counts):
        found = " and ".join(map(str, counts))
        raise Problem(f"of {count} rows, 0 to {count} are correct; the {name} function says {found}")
    return loss, *counts, *[_NOT_COUNTED] * (2 - len(counts))


def _array(what, values):
    try:
        array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    except Exception as e:
        raise Problem(f"{what} is no array of numbers: {e}") from e
    if array.dtype.kind not in "fiub":
        raise Problem(f"{what} is no array of real numbers; found {_kind(values)}")
    return array


def _kind(value):
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else type(value).__name__

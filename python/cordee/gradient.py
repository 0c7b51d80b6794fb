"""Calls of the user's functions, and what is checked of their results."""

import inspect
from dataclasses import dataclass
from typing import Any, Callable, Optional

import numpy as np

from cordee.parameters import Parameters
from cordee.problem import Problem

_NOT_COUNTED = -1


@dataclass
class Counts:
    """What was counted over some rows; -1 for what a function does not count."""

    loss: float
    correct: int
    within: int


class Calls:
    """The user's functions."""

    def __init__(self, gradient: Callable, measure: Optional[Callable]):
        self._gradient, self._measure = gradient, measure
        self._takes_noise = _has_parameter(gradient, "noise")

    def compute(self, parameters: Parameters, rows: Any, count: int, noise: int, into: np.ndarray) -> Counts:
        """Calls the gradient function, writes the gradient into a vector, and returns what was counted over these rows."""
        loss, gradients, *counts = self._sums(parameters, rows, noise)
        _put(parameters.layout, gradients, into)
        return Counts(*_numbers("gradient", [loss, *counts], count))

    def measure(self, parameters: Parameters, rows: Any, count: int) -> Counts:
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

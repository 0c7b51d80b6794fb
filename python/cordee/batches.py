"""Rows as a program has them, and batches of these as tensors."""

import functools
import numbers
import os
import warnings
from collections.abc import Mapping
from typing import Any, Callable, Iterator, List, Optional, Tuple

import numpy as np
import torch

from cordee.problem import Problem

# The number of rows whose targets are searched for different ones.
_SEARCHED = 1 << 20
# The seed of the choice of rows on which module and loss are tried.
_SEED = 1
_INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


def mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """Calls a function with each array of a structure, an array or tuples and dicts of such, and returns the results in one
    like it."""
    return _named(lambda part, name: function(part), structure, "")


def _named(function, structure, name):
    """Does what ``mapped`` does; the function is also given the array's name, that of the structure and keys in it."""
    if isinstance(structure, Mapping):
        return {key: _named(function, part, f"{name} {key!r}") for key, part in structure.items()}
    if isinstance(structure, tuple):
        parts = [_named(function, part, f"{name} {number}") for number, part in enumerate(structure)]
        return type(structure)(*parts) if hasattr(structure, "_fields") else tuple(parts)
    return function(structure, name)


def sliced(structure: Any, rows: Any) -> Any:
    """Returns some rows of each array of a structure."""
    return mapped(lambda part: part[rows], structure)


def count(structure: Any) -> int:
    """Returns the number of rows of a structure."""
    lengths: List[int] = []
    mapped(lambda part: lengths.append(len(part)), structure)
    return lengths[0]


class _Pair:
    """Inputs, a tuple or dict of a module's arguments, and targets, as a loss takes them. Both may hold tuples and dicts."""

    def __init__(self, inputs: Any, targets: Any):
        self.inputs, self.targets = inputs, targets

    def __len__(self) -> int:
        return count(self.targets)

    def each(self, function: Callable[[Any, str], Any], of_targets: Callable[[Any, str], Any]) -> Any:
        """Returns a pair like this one of what functions make of each array of inputs and of targets, given its name, too."""
        # A module's only argument needs no number.
        is_one = isinstance(self.inputs, tuple) and len(self.inputs) == 1
        inputs = (_named(function, self.inputs[0], "input"),) if is_one else _named(function, self.inputs, "input")
        return type(self)(inputs, _named(of_targets, self.targets, "target"))

    def named(self) -> List[Tuple[str, Any]]:
        """Returns the arrays, each with its name."""
        found: List[Tuple[str, Any]] = []

        def add(part, name):
            found.append((name, part))

        self.each(add, add)
        return found

    def __getitem__(self, rows: Any) -> Any:
        """Returns these rows of each array."""
        return type(self)(sliced(self.inputs, rows), sliced(self.targets, rows))


class Batch(_Pair):
    """Inputs and targets of some rows, as tensors."""

    def output(self, module: torch.nn.Module) -> Any:
        """Calls a module with the inputs: by name if they are a dict, one after the other if they are a tuple."""
        return module(**self.inputs) if isinstance(self.inputs, dict) else module(*self.inputs)

    def loss(self, loss: Callable[[Any, Any], torch.Tensor], output: Any) -> torch.Tensor:
        """Computes a loss of a module's output and the targets."""
        return loss(output, self.targets)

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {list(part.shape)} of {str(part.dtype).removeprefix('torch.')}" for name, part in self.named()
        )


class InMemory(_Pair):
    """Rows in arrays."""

    def batch(self) -> Batch:
        """Returns the rows as tensors, which share the arrays' memory."""
        return Batch(mapped(_shared, self.inputs), mapped(_shared, self.targets))

    def compared(self) -> List[np.ndarray]:
        """Returns the arrays, by which workers see that they have the same rows."""
        return [part for _, part in self.named()]


class Fetched:
    """Rows that a function gets by their indices."""

    def __init__(self, fetch: Callable[[np.ndarray], Any], indices: Any, name: str):
        self._fetch, self._indices, self._name = fetch, np.asarray(indices), name

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, rows: Any) -> "Fetched":
        return Fetched(self._fetch, self._indices[rows], self._name)

    def batch(self) -> Batch:
        """Calls the function, and returns the rows as tensors."""
        given = self._fetch(self._indices)
        if not isinstance(given, (tuple, list)) or len(given) < 2:
            raise Problem(f"{self._name}: expected (input, target) of rows; found {type(given).__name__}")
        tensors = _split(Batch, given, self._name).each(
            lambda part, which: _tensor(f"{self._name}: {which}", part, _input_type),
            lambda part, which: _tensor(f"{self._name}: {which}", part, _target_type),
        )
        lengths = [(which, len(part) if part.dim() > 0 else 0) for which, part in tensors.named()]
        if {length for _, length in lengths} != {len(self)}:
            found = ", ".join(f"{length} of {which}" for which, length in lengths)
            raise Problem(f"{self._name}: asked for {len(self)} rows; found {found}: return a row for each index")
        return tensors

    def compared(self) -> List[np.ndarray]:
        """Returns the indices, by which alone workers compare rows that are fetched."""
        return [self._indices]


class Batches:
    """Rows as a program has them: workers cut them into partitions, and take batches of these as tensors."""

    def __init__(self, data: Any, name: str):
        """data: a tuple of arrays or tensors, (inputs, targets) with tuples or dicts of such, a Dataset or a list of such
        pairs, or a function of an array of indices with the number of rows, as (function, 60000)."""
        self._name = name
        self.rows = _rows(data, name)
        if isinstance(self.rows, InMemory):
            lengths = [(part, len(array)) for part, array in self.rows.named()]
            if len({length for _, length in lengths}) > 1:
                found = ", ".join(f"{length} rows of {part}" for part, length in lengths)
                raise ValueError(f"{name}: expected arrays of equal length; found {found}")
        self.count = len(self.rows)
        if self.count == 0:
            raise ValueError(f"{name}: expected rows; found none")

    def not_finite(self) -> Optional[str]:
        """Returns in words where an array has a number that is not finite; None if there is none, or rows are no arrays."""
        for part, array in self.rows.named() if isinstance(self.rows, InMemory) else ():
            for start in range(0, self.count if array.dtype.kind == "f" else 0, _SEARCHED):
                bad = np.argwhere(~np.isfinite(array[start : start + _SEARCHED]))
                if len(bad):
                    row, *column = (int(index) for index in bad[0])
                    place = f"row {row + start}" + (f", column {', '.join(map(str, column))}" if column else "")
                    return f"{self._name}: {part} has {array[(row + start, *column)]} in {place}, from 0"
        return None

    @property
    def has_classes(self) -> bool:
        """Tells whether the target of each row is the number of its class."""
        return are_classes(self.first(1).targets)

    def all(self, size: int) -> Iterator[Batch]:
        """Yields all rows, ``size`` rows at a time."""
        for start in range(0, self.count, size):
            yield self.rows[start : start + size].batch()

    def first(self, number: int) -> Batch:
        """Returns the first rows."""
        return self.rows[:number].batch()

    def sample(self, number: int) -> Batch:
        """Returns some rows from anywhere, the same ones each time. For each array of integer targets in memory, as many
        rows whose targets differ are added."""
        draw = np.random.default_rng(_SEED)
        rows = draw.choice(self.count, min(self.count, number), replace=False, shuffle=False)
        targets: List[np.ndarray] = []
        if isinstance(self.rows, InMemory):
            mapped(targets.append, self.rows.targets)
        for array in targets:
            if array.dtype.kind in "iub" and array.size:
                rows = np.union1d(rows, _different(array, number, draw))
        return self.rows[np.unique(rows)].batch()


def are_classes(targets: Any) -> bool:
    """Tells whether targets are one number of a class each."""
    return isinstance(targets, torch.Tensor) and targets.dtype == torch.int64 and targets.dim() == 1


def _different(array, number, draw):
    """Returns some rows that differ by their least number or, of a mask, by how many are set."""
    rows = np.arange(len(array)) if len(array) <= _SEARCHED else np.unique(draw.integers(len(array), size=_SEARCHED))
    of_row = array[0].size
    parts = (array[some].reshape(len(some), of_row) for some in np.array_split(rows, 64))
    found = np.concatenate([part.sum(axis=1) if array.dtype.kind == "b" else part.min(axis=1) for part in parts])
    _, first = np.unique(found, return_index=True)
    # The least and the greatest are among them.
    return rows[first[np.linspace(0, len(first) - 1, min(len(first), number)).astype(np.int64)]]


def _rows(data, name):
    """Returns rows as a program gives them as those in memory, or as fetched ones."""
    if isinstance(data, (str, os.PathLike)):
        raise TypeError(f"{name}: expected rows, as in (x, y); found the name of a file, {data}: load it first")
    if isinstance(data, torch.utils.data.DataLoader):
        raise TypeError(f"{name}: expected rows; found a DataLoader: give loader.dataset, and batch={data.batch_size}")
    if isinstance(data, torch.utils.data.TensorDataset):
        data = data.tensors
    if isinstance(data, (tuple, list)) and len(data) == 2 and callable(data[0]) and isinstance(data[1], numbers.Integral):
        return Fetched(data[0], range(data[1]), name)
    if isinstance(data, list) and data and isinstance(data[0], tuple):
        return Fetched(functools.partial(_collate, data), range(len(data)), name)
    if isinstance(data, (tuple, list)):
        if len(data) < 2:
            raise TypeError(f"{name}: expected inputs and targets, as in (x, y); found {len(data)} array")
        return _split(InMemory, data, name).each(
            lambda part, which: _array(f"{name}: {which}", part, _input_type),
            lambda part, which: _array(f"{name}: {which}", part, _target_type),
        )
    if callable(data) and hasattr(data, "__len__"):
        return Fetched(data, range(len(data)), name)
    is_dataset = hasattr(data, "__getitem__") and hasattr(data, "__len__")
    if is_dataset and not hasattr(data, "dtype") and not isinstance(data, Mapping):
        return Fetched(functools.partial(_collate, data), range(len(data)), name)
    raise TypeError(
        f"{name}: expected (x, y), a Dataset, a list of pairs, or (function of indices, number of rows); "
        f"found {type(data).__name__}"
    )


def _split(kind, given, name):
    """Returns a pair of inputs, all but the last of those given, or the tuple or dict before it, and of targets, the last."""
    *inputs, targets = given
    are_inside = len(inputs) == 1 and isinstance(inputs[0], (tuple, Mapping))
    pair = kind(inputs[0] if are_inside else tuple(inputs), targets)
    found = [which.split()[0] for which, _ in pair.named()]
    for which in ("input", "target"):
        if which not in found:
            raise TypeError(f"{name}: expected at least one array as {which}; found none")
    return pair


def _collate(dataset, indices):
    indices = indices.tolist()
    rows = dataset.__getitems__(indices) if hasattr(dataset, "__getitems__") else [dataset[i] for i in indices]
    return _as_tuples(torch.utils.data.default_collate(rows))


def _as_tuples(collated):
    """Returns a structure with tuples again, of which PyTorch makes lists."""
    if isinstance(collated, list):
        return tuple(map(_as_tuples, collated))
    return {key: _as_tuples(part) for key, part in collated.items()} if isinstance(collated, Mapping) else collated


def _input_type(dtype):
    return np.dtype(np.float32) if dtype.kind == "f" else dtype.newbyteorder("=")


def _target_type(dtype):
    return np.dtype(np.int64) if dtype.kind in "iu" else _input_type(dtype)


def _array(name, given, wanted):
    """Returns an array of the wanted type, without a copy if it is one; memory-mapped ones then stay what they are."""
    if isinstance(given, torch.Tensor):
        given = given.detach().cpu()
        given = (given.float() if given.is_floating_point() else given).numpy()
    array = given if type(given) is np.memmap else np.asarray(given)
    if array.dtype.kind not in "fiub" or array.ndim == 0:
        raise TypeError(f"{name}: expected an array of numbers; found {array.dtype} of shape {list(array.shape)}")
    dtype = wanted(array.dtype)
    return array if array.dtype == dtype and array.flags.c_contiguous else np.ascontiguousarray(array, dtype)


def _tensor(name, given, wanted):
    if not isinstance(given, torch.Tensor):
        return _shared(_array(name, given, wanted))
    if given.is_floating_point():
        return given.float()
    return given.long() if wanted is _target_type and given.dtype in _INTEGERS else given


def _shared(array):
    """Returns a tensor in the memory of an array; nothing writes into it, so that it may be read-only."""
    if array.flags.writeable:
        return torch.from_numpy(array)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)

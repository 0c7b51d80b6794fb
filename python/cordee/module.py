"""PyTorch modules as gradient functions."""

import contextlib
import copy
import functools
import inspect
import math
import numbers
import os
import platform
import random
import zlib

import numpy as np
import torch

from cordee.problem import Problem

# Weights on which workers compare their arithmetic: so many, over and over.
_WEIGHTS = 1 << 16
# How many rows' targets are searched for different ones.
_SEARCHED = 1 << 20
# How far the mean may be from the losses that it is of, relative to their size, by rounding.
_TOLERANCE = 1e-5
_REMEDY = (
    "with class weights or ignored targets, return the sum, by reduction='sum'. For the weighted mean, scale the weights to "
    "a mean of 1 over all rows"
)
_INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


class Batches:
    """Rows as a program has them: what a worker cuts into partitions, and batches of these as tensors.

    ``data`` is a tuple of arrays or tensors, a Dataset, or a function of an array of indices with the number of rows, as
    (function, 60000). Each batch is a tuple: the module's arguments, then the target.
    """

    def __init__(self, data, name):
        self._name = name
        if isinstance(data, (str, os.PathLike)):
            raise TypeError(f"{name}: expected rows, as in (x, y); found the name of a file, {data}: load it first")
        if isinstance(data, torch.utils.data.DataLoader):
            raise TypeError(f"{name}: expected rows; found a DataLoader: give loader.dataset, and batch={data.batch_size}")
        if isinstance(data, torch.utils.data.TensorDataset):
            data = data.tensors
        if isinstance(data, (tuple, list)) and len(data) == 2 and callable(data[0]) and isinstance(data[1], numbers.Integral):
            self.rows = _Fetched(data[0], range(data[1]), name)
        elif isinstance(data, list) and data and isinstance(data[0], tuple):
            self.rows = _Fetched(functools.partial(_collate, data), range(len(data)), name)
        elif isinstance(data, (tuple, list)):
            if len(data) < 2:
                raise TypeError(f"{name}: expected inputs and targets, as in (x, y); found {len(data)} array")
            *inputs, targets = data
            self.rows = (*(_array(name, part) for part in inputs), _array(name, targets, _target_type))
        elif callable(data) and hasattr(data, "__len__"):
            self.rows = _Fetched(data, range(len(data)), name)
        elif hasattr(data, "__getitem__") and hasattr(data, "__len__") and not hasattr(data, "dtype"):
            self.rows = _Fetched(functools.partial(_collate, data), range(len(data)), name)
        else:
            raise TypeError(
                f"{name}: expected (x, y), a Dataset, a list of pairs, or (function of indices, number of rows); "
                f"found {type(data).__name__}"
            )
        lengths = {len(part) for part in self.rows} if isinstance(self.rows, tuple) else {len(self.rows)}
        if len(lengths) > 1:
            raise ValueError(f"{name}: expected arrays of equal length; found lengths {sorted(lengths)}")
        self.count = lengths.pop()
        if self.count == 0:
            raise ValueError(f"{name}: expected rows; found none")

    def not_finite(self):
        """Returns in words where an array has a number that is not finite; None if there is none, or rows are no arrays."""
        for number, array in enumerate(self.rows if isinstance(self.rows, tuple) else ()):
            for start in range(0, self.count if array.dtype.kind == "f" else 0, _SEARCHED):
                bad = np.argwhere(~np.isfinite(array[start : start + _SEARCHED]))
                if len(bad):
                    row, *column = (int(index) for index in bad[0])
                    what = "target" if number == len(self.rows) - 1 else "input"
                    place = f"row {row + start}" + (f", column {', '.join(map(str, column))}" if column else "")
                    return f"{self._name}: {what} has {array[(row + start, *column)]} in {place}, from 0"
        return None

    @property
    def has_classes(self):
        """Tells whether the target of each row is the number of its class."""
        target = self.first(1)[-1]
        return target.dtype == torch.int64 and target.dim() == 1

    def all(self, size):
        """Yields all rows as tensors, ``size`` rows at a time."""
        for start in range(0, self.count, size):
            yield _tensors(_cut(self.rows, slice(start, start + size)))

    def first(self, count):
        """The first rows, as tensors."""
        return _tensors(_cut(self.rows, slice(0, count)))

    def sample(self, count):
        """Some rows from all over, as tensors. Of integer targets in memory, as many rows whose targets differ are added."""
        rows = _spread(self.count, count)
        if isinstance(self.rows, tuple) and self.rows[-1].dtype.kind in "iu" and self.rows[-1].size:
            step = -(-self.count // _SEARCHED)
            targets = self.rows[-1][::step]
            _, different = np.unique(targets.reshape(len(targets), -1).min(axis=1), return_index=True)
            rows = np.union1d(rows, step * different[_spread(len(different), count)])
        return _tensors(_cut(self.rows, rows))


class _Fetched:
    """Rows that a function gets by their indices."""

    def __init__(self, fetch, indices, name):
        self._fetch, self._indices, self._name = fetch, np.asarray(indices), name

    def __len__(self):
        return len(self._indices)

    def __getitem__(self, some):
        return _Fetched(self._fetch, self._indices[some], self._name)

    def __array__(self, dtype=None, copy=None):
        return self._indices

    def tensors(self):
        given = self._fetch(self._indices)
        if not isinstance(given, (tuple, list)) or len(given) < 2:
            raise Problem(f"{self._name}: expected (input, target) of rows; found {type(given).__name__}")
        *inputs, target = given
        batch = (*(_tensor(self._name, part) for part in inputs), _tensor(self._name, target, _target_type))
        counts = [len(part) if part.dim() > 0 else 0 for part in batch]
        if set(counts) != {len(self)}:
            *inputs, target = counts
            raise Problem(
                f"{self._name}: asked for {len(self)} rows; found {' and '.join(map(str, inputs))} inputs and {target} "
                f"targets: return a row for each index"
            )
        return batch


def _tensors(rows):
    return tuple(map(torch.from_numpy, rows)) if isinstance(rows, tuple) else rows.tensors()


def _spread(total, count):
    """At most so many indices, at equal distances from the first to the last."""
    return np.linspace(0, total - 1, min(total, count)).astype(np.int64)


def _cut(rows, part):
    return tuple(array[part] for array in rows) if isinstance(rows, tuple) else rows[part]


def _collate(dataset, indices):
    indices = indices.tolist()
    rows = dataset.__getitems__(indices) if hasattr(dataset, "__getitems__") else [dataset[i] for i in indices]
    return torch.utils.data.default_collate(rows)


def _type(kind, size):
    """Of inputs: float32 instead of other floats."""
    return np.float32 if kind == "f" and size != 4 else None


def _target_type(kind, size):
    return np.int64 if kind in "iu" and size != 8 else _type(kind, size)


def _array(name, given, wanted=_type):
    if isinstance(given, torch.Tensor):
        given = given.detach().cpu()
        given = (given.float() if given.is_floating_point() else given).numpy()
    array = np.asarray(given)
    if array.dtype.kind not in "fiub" or array.ndim == 0:
        raise TypeError(f"{name}: expected arrays of numbers; found {array.dtype} of shape {list(array.shape)}")
    dtype = wanted(array.dtype.kind, array.dtype.itemsize) or array.dtype.newbyteorder("=")
    return np.ascontiguousarray(array, dtype)


def _tensor(name, given, wanted=_type):
    if not isinstance(given, torch.Tensor):
        return torch.from_numpy(_array(name, given, wanted))
    if given.is_floating_point():
        return given.float()
    return given.long() if wanted is _target_type and given.dtype in _INTEGERS else given


def summed(loss, module, batch):
    """The loss as a function whose value is a sum over rows, whichever of both it is."""
    *inputs, target = batch
    with torch.no_grad(), every_part(module, False):
        output = module(*inputs)
        usual = _reduction(loss)
        if usual in ("mean", "sum"):
            each, total = _with(loss, "none"), _with(loss, "sum")
            losses = each(output, target)
            if losses.dim() > 0 and len(losses) == len(target) and _is_sum(total, losses, output, target):
                if usual == "sum":
                    return total
                of_rows = functools.partial(_total_of_mean, loss, each, total, losses.numel() // len(target))
                of_rows(output, target)
                return of_rows
        if not isinstance(output, torch.Tensor):
            alone = [_number(loss(module(*_rows(inputs, row)), target[row : row + 1])) for row in range(len(target))]
            return _by_rows(loss, _number(loss(output, target)), alone)
        # Rows that are much alike would not show whether a loss is a sum over them.
        output = output * torch.linspace(1, 0.1, len(output)).view(-1, *[1] * (output.dim() - 1))
        alone = [_number(loss(output[row : row + 1], target[row : row + 1])) for row in range(len(target))]
        return _by_rows(loss, _number(loss(output, target)), alone)


def _rows(inputs, row):
    return (part[row : row + 1] for part in inputs)


def _is_sum(total, each, output, target):
    """Whether it adds up losses of rows, each of which depends on its row alone."""
    first = total(output[:1], target[:1])
    return torch.isclose(total(output, target), each.sum()) and torch.isclose(first, each[0].sum())


def _total_of_mean(mean, each, total, of_row, output, target):
    """The sum over rows of so many losses each.

    Raises Problem if the mean divides by another number: then no sum over parts gives the mean over all rows.
    """
    value, rows = total(output, target) / of_row, len(target)
    with torch.no_grad():
        expected, found = value.item() / rows, _number(mean(output, target))
        if math.isfinite(expected) and not math.isclose(found, expected, rel_tol=_TOLERANCE):
            scale = each(output, target).abs().mean().item()
            # Losses that nearly cancel are rounded by their own size.
            if not abs(found - expected) <= _TOLERANCE * scale:
                raise Problem(f"loss: expected the mean over {rows} rows, {expected:g}; found {found:g}: {_REMEDY}")
    return value


def _by_rows(loss, whole, alone):
    """The loss as a sum, by its value for several rows and for each of them alone."""
    count = len(alone)
    if count < 2:
        raise Problem("loss: expected at least two rows, to see whether it is a mean or a sum over them; found one")
    total, tolerance = sum(alone), _TOLERANCE * sum(map(abs, alone))
    if abs(whole * count - total) <= tolerance:
        return lambda output, target: loss(output, target) * len(target)
    if abs(whole - total) <= tolerance:
        return loss
    raise Problem(
        f"loss: expected the mean or the sum over rows, {total / count:g} or {total:g} by their losses one by one; found "
        f"{whole:g}: make each row's loss depend on this row alone; {_REMEDY}"
    )


def _number(loss):
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        found = f"shape {list(loss.shape)}" if isinstance(loss, torch.Tensor) else type(loss).__name__
        raise Problem(f"loss: expected one number, the mean over the rows; found {found}")
    return loss.item()


def _reduction(loss):
    """What the loss does with the rows if it is not told; None if it cannot be told."""
    if isinstance(loss, torch.nn.Module):
        return getattr(loss, "reduction", None)
    try:
        parameter = inspect.signature(loss).parameters.get("reduction")
    except ValueError:
        return None
    return parameter and parameter.default


def _with(loss, reduction):
    if isinstance(loss, torch.nn.Module):
        loss = copy.copy(loss)
        loss.reduction = reduction
        return loss
    return functools.partial(loss, reduction=reduction)


def materialize(module, batch, seed):
    """Gives lazy layers their shapes and weights; these are drawn from the seed, whatever has been drawn before."""
    if not any(map(torch.nn.parameter.is_lazy, module.parameters())):
        return
    with torch.random.fork_rng(devices=[]), torch.no_grad(), every_part(module, False):
        torch.manual_seed(seed)
        module(*batch[:-1])


@contextlib.contextmanager
def every_part(module, training):
    """A module with all its parts in training mode, or in evaluation mode; None for as they are."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        for part, mode in modes:
            part.training = mode if training is None else training
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def check(module, batch):
    """Raises Problem unless the module is one that a team can train."""
    for name, parameter in module.named_parameters():
        if parameter.dtype != torch.float32 or parameter.device.type != "cpu":
            raise Problem(
                f"model: expected float32 parameters on the CPU; found {name} as {parameter.dtype} on "
                f"{parameter.device}: call module.float().cpu() before"
            )
        if any(stride == 0 and size > 1 for stride, size in zip(parameter.stride(), parameter.shape)):
            raise Problem(f"model: {name} is expanded: its elements are one number, which cannot be set apart; clone it")
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise Problem("model: expected a parameter to train; found none with requires_grad")
    before = {name: buffer.clone() for name, buffer in module.named_buffers()}
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        try:
            module(*batch[:-1])
            _require_constant(module, before)
        finally:
            for name, buffer in module.named_buffers():
                buffer.copy_(before[name])


def _require_constant(module, before):
    for name, buffer in module.named_buffers():
        same = (buffer == before[name]) | (buffer.isnan() & before[name].isnan())
        if same.all():
            continue
        owner = name.rpartition(".")[0]
        part = module.get_submodule(owner)
        where = f"model.get_submodule({owner!r})" if owner else "model"
        raise Problem(
            f"model: {type(part).__name__} {owner!r} changes its buffer {name} in training, where each worker would have "
            f"another; take torch.nn.GroupNorm or LayerNorm, a batch norm with track_running_stats=False, or freeze it by "
            f"{where}.eval()"
        )


class ModuleFunction:
    """A module's gradient function, for one thread of a process of its own: it takes the module over."""

    def __init__(self, module, loss, trained, micro_batch):
        """trained: the names of the parameters that are trained, in the order of the vector."""
        self._module, self._loss, self._micro_batch = module, loss, micro_batch
        parameters = dict(module.named_parameters())
        sizes = [parameters[name].numel() for name in trained]
        self._weights, self._gradient = (torch.zeros(sum(sizes)) for _ in range(2))
        at = 0
        for name, size in zip(trained, sizes):
            parameter = parameters[name]
            parameter.data = self._weights[at : at + size].view(parameter.shape)
            parameter.grad = self._gradient[at : at + size].view(parameter.shape)
            at += size
        self._modes = [(part, part.training) for part in module.modules()]
        self._at = None

    def gradient(self, parameters, rows, noise):
        """For ``cordee.work``."""
        for part, training in self._modes:
            part.training = training
        self._gradient.zero_()
        loss, *counts = self._sums(parameters, rows, noise, lambda loss: loss.backward())
        return loss, self._gradient.numpy(), *counts

    @torch.no_grad()
    def measure(self, parameters, rows):
        """For ``cordee.work``."""
        for part, _ in self._modes:
            part.training = False
        return self._sums(parameters, rows, 0, lambda loss: None)

    def _sums(self, parameters, rows, noise, then):
        """The loss of these rows, and how many are right where that has a meaning; then is called for micro-batches."""
        if parameters is not self._at:
            self._weights.numpy()[:] = parameters.vector
            self._at = parameters
        loss, correct = 0.0, 0
        for start in range(0, len(rows[0] if isinstance(rows, tuple) else rows), self._micro_batch):
            _seed(noise + start)
            of_some, right = self._forward(_tensors(_cut(rows, slice(start, start + self._micro_batch))))
            then(of_some)
            loss += of_some.item()
            correct = None if right is None else correct + right
        return (loss,) if correct is None else (loss, correct)

    def _forward(self, batch):
        *inputs, target = batch
        output = self._module(*inputs)
        return self._loss(output, target), correct(output, target)

    def arithmetic(self, batch):
        """What decides a gradient's bits here: versions, and a checksum of the gradient of some rows, by fixed weights."""
        weights = np.random.default_rng(1).standard_normal(_WEIGHTS, np.float32) / 16
        self._weights.numpy()[:] = np.resize(weights, len(self._weights))
        self._gradient.zero_()
        _seed(1)
        self._forward(batch)[0].backward()
        checksum = zlib.crc32(self._gradient.numpy().tobytes())
        return f"torch {torch.__version__} on {platform.machine()}, gradient {checksum:08x}"


def _seed(number):
    """For dropout, and whatever else a module or data set draws."""
    number &= (1 << 63) - 1
    torch.default_generator.manual_seed(number)
    np.random.seed(number & 0xFFFFFFFF)
    random.seed(number)


def correct(output, target):
    """How many rows are right; None where that has no meaning."""
    if target.dtype != torch.int64 or target.dim() != 1 or not isinstance(output, torch.Tensor) or output.dim() != 2:
        return None
    return int((output.argmax(dim=1) == target).sum()) if output.shape[1] > 1 else None

"""PyTorch modules as gradient functions."""

import contextlib
import copy
import functools
import inspect
import math
import platform
import random
import zlib
from typing import Any, Callable, Iterator, Optional, Sequence, Tuple, Union

import numpy as np
import torch

from cordee.batches import Batch, Fetched, InMemory, are_classes, count, sliced
from cordee.parameters import Parameters
from cordee.problem import Problem

# The number of weights on which workers compare their arithmetic, over and over.
_WEIGHTS = 1 << 16
# The greatest distance of the mean from the losses that it is of, relative to their size, by rounding.
_TOLERANCE = 1e-5
_REMEDY = (
    "with class weights, masks or ignored targets, return the sum, by reduction='sum'. For the weighted mean, scale the "
    "weights to a mean of 1 over all rows"
)
_ONE = slice(0, 1)

# A function of a module's output and targets.
Loss = Callable[[Any, Any], torch.Tensor]
Rows = Union[InMemory, Fetched]


def summed(loss: Loss, module: torch.nn.Module, batch: Batch) -> Loss:
    """Returns the loss as a function whose value is a sum over rows, be it that or their mean."""
    with torch.no_grad(), every_part(module, False):
        output, targets = batch.output(module), batch.targets
        usual = _reduction(loss)
        if usual in ("mean", "sum") and isinstance(output, torch.Tensor):
            each, total = _with(loss, "none"), _with(loss, "sum")
            losses = each(output, targets)
            if _are_of_rows(losses, len(batch)) and _is_sum(total, losses, output, targets):
                if usual == "sum":
                    return total
                of_rows = functools.partial(_total_of_mean, loss, each, total, losses.numel() // len(batch))
                of_rows(output, targets)
                return of_rows
        rows = [slice(row, row + 1) for row in range(len(batch))]
        if not isinstance(output, torch.Tensor):
            alone = [_number(batch[row].loss(loss, batch[row].output(module))) for row in rows]
        else:
            # Rows that are much alike would not show whether a loss is a sum over them.
            output = output * torch.linspace(1, 0.1, len(output)).view(-1, *[1] * (output.dim() - 1))
            alone = [_number(batch[row].loss(loss, output[row])) for row in rows]
        return _by_rows(loss, _number(batch.loss(loss, output)), alone)


def _are_of_rows(losses, rows):
    return isinstance(losses, torch.Tensor) and losses.dim() > 0 and len(losses) == rows


def _is_sum(total, each, output, targets):
    """Tells whether a loss adds up losses of rows, each of which depends on its row alone."""
    first = total(output[_ONE], sliced(targets, _ONE))
    return torch.isclose(total(output, targets), each.sum()) and torch.isclose(first, each[0].sum())


def _total_of_mean(mean, each, total, of_row, output, targets):
    """Returns the sum over rows of so many losses each.

    Raises Problem if the mean divides by another number: then no sum over parts gives the mean over all rows.
    """
    value, rows = total(output, targets) / of_row, count(targets)
    with torch.no_grad():
        expected, found = value.item() / rows, _number(mean(output, targets))
        if math.isfinite(expected) and not math.isclose(found, expected, rel_tol=_TOLERANCE):
            scale = each(output, targets).abs().mean().item()
            # Losses that nearly cancel are rounded by their own size.
            if not abs(found - expected) <= _TOLERANCE * scale:
                raise Problem(f"loss: expected the mean over {rows} rows, {expected:g}; found {found:g}: {_REMEDY}")
    return value


def _by_rows(loss, whole, alone):
    """Returns the loss as a sum, by its value for several rows and for each of them alone."""
    rows = len(alone)
    if rows < 2:
        raise Problem("loss: expected at least two rows, to see whether it is a mean or a sum over them; found one")
    total, size = sum(alone), sum(map(abs, alone))
    if size == 0 and whole == 0:
        raise Problem(
            f"loss: expected losses other than 0, to see whether it is a mean or a sum over rows; found 0 for each of {rows} "
            f"rows: leave out rows that have none, as by a mask of zeros, or give the loss a parameter reduction, as those of "
            f"torch.nn.functional have"
        )
    tolerance = _TOLERANCE * size
    if abs(whole * rows - total) <= tolerance:
        return functools.partial(_times_rows, loss)
    if abs(whole - total) <= tolerance:
        return loss
    raise Problem(
        f"loss: expected the mean or the sum over rows, {total / rows:g} or {total:g} by their losses one by one; found "
        f"{whole:g}: make each row's loss depend on this row alone; {_REMEDY}"
    )


def _times_rows(mean, output, targets):
    return mean(output, targets) * count(targets)


def _number(loss):
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        found = f"shape {list(loss.shape)}" if isinstance(loss, torch.Tensor) else type(loss).__name__
        raise Problem(f"loss: expected one number, the mean over the rows; found {found}")
    return loss.item()


def _reduction(loss):
    """Returns a loss's own ``reduction``; None if it has none."""
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


def materialize(module: torch.nn.Module, batch: Batch, seed: int) -> None:
    """Gives lazy layers their shapes and weights; these are drawn from the seed, whatever has been drawn before."""
    if not any(map(torch.nn.parameter.is_lazy, module.parameters())):
        return
    with torch.random.fork_rng(devices=[]), torch.no_grad(), every_part(module, False):
        torch.manual_seed(seed)
        batch.output(module)


@contextlib.contextmanager
def every_part(module: torch.nn.Module, training: Optional[bool]) -> Iterator[None]:
    """Keeps all parts of a module in training mode, or in evaluation mode; None for as they are."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        for part, mode in modes:
            part.training = mode if training is None else training
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def check(module: torch.nn.Module, batch: Batch) -> None:
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
            batch.output(module)
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

    def __init__(self, module: torch.nn.Module, loss: Loss, trained: Sequence[str], micro_batch: int):
        """loss: the sum over rows; trained: the names of the parameters that are trained, in the order of the vector."""
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

    def gradient(self, parameters: Parameters, rows: Rows, noise: int) -> Tuple[Any, ...]:
        """Returns the loss of rows, its gradient and, if they are counted, how many are right."""
        for part, training in self._modes:
            part.training = training
        self._gradient.zero_()
        loss, *counts = self._sums(parameters, rows, noise, lambda loss: loss.backward())
        return loss, self._gradient.numpy(), *counts

    @torch.no_grad()
    def measure(self, parameters: Parameters, rows: Rows) -> Tuple[Any, ...]:
        """Returns the loss of rows and, if they are counted, how many are right."""
        for part, _ in self._modes:
            part.training = False
        return self._sums(parameters, rows, 0, lambda loss: None)

    def _sums(self, parameters, rows, noise, then):
        """Returns the loss of rows and, if they are counted, how many are right; calls ``then`` with each micro-batch's loss."""
        if parameters is not self._at:
            self._weights.numpy()[:] = parameters.vector
            self._at = parameters
        loss, right = 0.0, 0
        for start in range(0, len(rows), self._micro_batch):
            _seed(noise + start)
            of_some, right_ones = self._forward(rows[start : start + self._micro_batch].batch())
            then(of_some)
            loss += of_some.item()
            right = None if right_ones is None else right + right_ones
        return (loss,) if right is None else (loss, right)

    def _forward(self, batch):
        output = batch.output(self._module)
        return batch.loss(self._loss, output), correct(output, batch.targets)

    def arithmetic(self, batch: Batch) -> str:
        """Names all that decides a gradient's bits: versions, and a checksum of the gradient of some rows, by fixed weights."""
        weights = np.random.default_rng(1).standard_normal(_WEIGHTS, np.float32) / 16
        self._weights.numpy()[:] = np.resize(weights, len(self._weights))
        self._gradient.zero_()
        _seed(1)
        self._forward(batch)[0].backward()
        checksum = zlib.crc32(self._gradient.numpy().tobytes())
        return f"torch {torch.__version__} on {platform.machine()}, gradient {checksum:08x}"


def _seed(number):
    """Seeds all that a module, as by dropout, or a data set draws from."""
    number &= (1 << 63) - 1
    torch.default_generator.manual_seed(number)
    np.random.seed(number & 0xFFFFFFFF)
    random.seed(number)


def correct(output: Any, targets: Any) -> Optional[int]:
    """Counts rows whose greatest output is that of their class; returns None where these are no outputs by class."""
    if not are_classes(targets) or not isinstance(output, torch.Tensor) or output.dim() != 2:
        return None
    return int((output.argmax(dim=1) == targets).sum()) if output.shape[1] > 1 else None

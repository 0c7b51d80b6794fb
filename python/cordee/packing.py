"""Objects on their way to function processes: by cloudpickle, with what arrays and tensors hold in a file that all map."""

import functools
import inspect
import json
import mmap
import os
import pickle
import sys
import traceback
import types
from pathlib import Path
from typing import Any, Dict, Optional

import cloudpickle
import numpy as np

from cordee.problem import Problem

_PROTOCOL = 5
_ALIGNMENT = 64
_OBJECTS, _VALUES, _FAILURE = "objects.pickle", "values", "failure.json"


class _Pickler(cloudpickle.Pickler):
    def reducer_override(self, given):
        if type(given) is np.memmap:
            place = _place(given)
            return (np.memmap, place) if place else (np.asarray, (np.asarray(given, order="C"),))
        torch = sys.modules.get("torch")
        if torch and type(given) is torch.Tensor and _is_plain(given):
            return torch.from_numpy, (given.numpy(),)
        return super().reducer_override(given)


def _place(array):
    """Returns the arguments of np.memmap for an array in a file, with its changes written; None if it is not in one."""
    whole = array
    while type(whole.base) is np.memmap:
        whole = whole.base
    # Changes in mode "c" are this process's alone.
    if not isinstance(whole.base, mmap.mmap) or whole.mode == "c" or not array.flags.c_contiguous:
        return None
    if whole.filename is None or not os.path.exists(whole.filename):
        return None
    if whole.mode != "r":
        whole.flush()
    offset = whole.offset + array.ctypes.data - whole.ctypes.data
    return str(whole.filename), array.dtype, "r", offset, array.shape


def _is_plain(tensor):
    return tensor.device.type == "cpu" and tensor.layout.__str__() == "torch.strided" and not tensor.requires_grad


def pack(folder: Path, objects: "Dict[str, Any]", parts: "Optional[Dict[str, Any]]" = None) -> None:
    """Writes objects by name; raises Problem for one that cannot be sent, and says which part of it.

    parts: objects by name within those, for the words of the Problem.
    """
    buffers = []
    with open(folder / _OBJECTS, "wb") as file:
        try:
            _Pickler(file, _PROTOCOL, buffer_callback=buffers.append).dump(objects)
        except Exception as e:
            raise _problem({**(parts or {}), **objects}, e) from e
    sizes = []
    with open(folder / _VALUES, "wb") as file:
        for buffer in buffers:
            with buffer.raw() as raw:
                sizes.append(raw.nbytes)
                file.write(raw)
                file.write(bytes(-raw.nbytes % _ALIGNMENT))
    (folder / "sizes").write_text(" ".join(map(str, sizes)))


def unpack(folder: Path) -> "Dict[str, Any]":
    """Returns the objects of a folder. Their arrays are read-only and take no memory of this process's own."""
    buffers, at = [], 0
    if os.path.getsize(folder / _VALUES):
        with open(folder / _VALUES, "rb") as file:
            values = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        for size in map(int, (folder / "sizes").read_text().split()):
            buffers.append(values[at : at + size])
            at += size + -size % _ALIGNMENT
    with open(folder / _OBJECTS, "rb") as file:
        return pickle.load(file, buffers=buffers)


def tell(folder: Path, message: str, cause: "Optional[BaseException]") -> None:
    """Leaves word, in a function process, of a function that failed."""
    trace = "" if cause is None else "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))
    draft = folder / f"failure.{os.getpid()}"
    draft.write_text(json.dumps({"message": message, "trace": trace}), encoding="utf-8")
    os.replace(draft, folder / _FAILURE)


def failure(folder: Path) -> "Optional[Dict[str, str]]":
    """Returns the failure that a function process has left word of; None without one."""
    try:
        return json.loads((folder / _FAILURE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _problem(objects, error):
    for name, given in objects.items():
        reason = _reason(given)
        if reason:
            where, why = _innermost(name, given, reason, set()) or (name, reason)
            return Problem(
                f"{where} cannot be sent to the processes that compute: {why}; make it where it is used, or leave it out of "
                f"what is pickled by __getstate__"
            )
    return Problem(f"objects for the processes that compute cannot be sent to them: {error}")


def _innermost(name, given, reason, seen):
    """Returns the name of the part that cannot be sent, though all of its own parts can, and the reason; None if all that
    cannot be sent are among those seen before, which are parts of each other."""
    seen.add(id(given))
    is_innermost = True
    for key, part in _parts(given).items():
        why = _reason(part)
        if why:
            is_innermost = False
            found = id(part) not in seen and _innermost(f"{name}.{key}", part, why, seen)
            if found:
                return found
    return (name, reason) if is_innermost else None


def _parts(given):
    """Returns the objects that one is made of, by the names that a program knows them by."""
    if isinstance(given, functools.partial):
        return _arguments(given)
    if isinstance(given, types.FunctionType):
        others = {name: given.__globals__[name] for name in given.__code__.co_names if name in given.__globals__}
        return {**others, **inspect.getclosurevars(given).nonlocals}
    if isinstance(given, types.MethodType):
        return _parts(given.__self__)
    if isinstance(given, dict):
        return {str(key): value for key, value in given.items()}
    if isinstance(given, (tuple, list)):
        return {str(number): value for number, value in enumerate(given)}
    parts = dict(getattr(given, "__dict__", {}))
    # A module of PyTorch calls its parts by these names.
    modules = parts.pop("_modules", {})
    return {**parts, **modules} if isinstance(modules, dict) else parts


def _arguments(given):
    """Returns the function and the arguments of a functools.partial, by the names of the function's parameters."""
    try:
        bound = inspect.signature(given.func).bind_partial(*given.args, **given.keywords)
    except (TypeError, ValueError):
        return {"func": given.func, **{str(number): value for number, value in enumerate(given.args)}, **given.keywords}
    return {"func": given.func, **bound.arguments}


class _Nowhere:
    def write(self, written):
        return len(written)


def _reason(given):
    """Returns why an object cannot be sent; None if it can."""
    try:
        _Pickler(_Nowhere(), _PROTOCOL, buffer_callback=lambda buffer: None).dump(given)
        return None
    except Exception as e:
        return f"{type(e).__name__}: {e}"

"""Objects on their way to function processes: by cloudpickle, with what arrays and tensors hold in a file that all map."""

import json
import mmap
import os
import pickle
import sys
import traceback
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
        if type(given) is np.memmap and given.base is not None and isinstance(given.base, mmap.mmap):
            if given.flags.c_contiguous and given.filename:
                return np.memmap, (given.filename, given.dtype, "r", given.offset, given.shape)
        torch = sys.modules.get("torch")
        if torch and type(given) is torch.Tensor and _is_plain(given):
            return torch.from_numpy, (given.numpy(),)
        return super().reducer_override(given)


def _is_plain(tensor):
    return tensor.device.type == "cpu" and tensor.layout.__str__() == "torch.strided" and not tensor.requires_grad


def pack(folder: Path, objects: "Dict[str, Any]") -> None:
    """Writes objects by name; raises Problem for one that cannot be sent, and says which part of it."""
    buffers = []
    with open(folder / _OBJECTS, "wb") as file:
        try:
            _Pickler(file, _PROTOCOL, buffer_callback=buffers.append).dump(objects)
        except Exception as e:
            raise _problem(objects, e) from e
    sizes = []
    with open(folder / _VALUES, "wb") as file:
        for buffer in buffers:
            with buffer.raw() as raw:
                sizes.append(raw.nbytes)
                file.write(raw)
                file.write(bytes(-raw.nbytes % _ALIGNMENT))
    (folder / "sizes").write_text(" ".join(map(str, sizes)))


def unpack(folder: Path) -> "Dict[str, Any]":
    """The objects of a folder. Their arrays are read-only and take no memory of this process's own."""
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
    """In a function process: leaves word of a function that failed."""
    trace = "" if cause is None else "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))
    draft = folder / f"failure.{os.getpid()}"
    draft.write_text(json.dumps({"message": message, "trace": trace}), encoding="utf-8")
    os.replace(draft, folder / _FAILURE)


def failure(folder: Path) -> "Optional[Dict[str, str]]":
    """What a function process has left word of."""
    try:
        return json.loads((folder / _FAILURE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _problem(objects, error):
    for name, given in objects.items():
        if not _can_be_sent(given):
            where, why = _innermost(name, given, error)
            return Problem(
                f"{where} cannot be sent to the processes that compute: {why}; make it where it is used, or leave it out of "
                f"what is pickled by __getstate__"
            )
    return Problem(f"what the processes compute with cannot be sent to them: {error}")


def _innermost(name, given, error):
    """The part that cannot be pickled, though all of its own parts can."""
    try:
        parts = dict(vars(given))
    except TypeError:
        parts = {}
    if isinstance(given, dict):
        parts = {str(key): value for key, value in given.items()}
    for key, part in parts.items():
        if part is not given and not _can_be_sent(part):
            return _innermost(f"{name}.{key}", part, error)
    try:
        cloudpickle.dumps(given)
    except Exception as e:
        error = e
    return name, f"{type(error).__name__}: {error}"


def _can_be_sent(given):
    try:
        cloudpickle.dumps(given)
        return True
    except Exception:
        return False

"""Runs: training them, what is in their folders, and what their models make of rows."""

import csv
import html
import json
import numbers
import os
import re
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Union

import numpy as np
import yaml

from cordee import java, safetensors
from cordee.folders import temporary_folder
from cordee.problem import Problem
from cordee.progress import Progress

_FOLDER = re.compile(r"^run folder (.*?)(?:; resume it with .*)?$", re.MULTILINE)
# Columns that are texts, even where they look like numbers.
_TEXTS = ("digest", "label")

# The file in a run of cordee.fit with the module's tensors that are not trained, as torch.save writes it.
CONSTANTS = "constants.pt"

Table = Dict[str, np.ndarray]


class Run:
    """A run's folder, as ``cordee.train`` and the command line make it. Files are read when they are first asked for."""

    def __init__(self, folder: "Union[str, os.PathLike]"):
        self.folder = Path(folder).absolute()
        if self.folder.name == "last" and self.folder.is_symlink():
            self.folder = self.folder.parent / os.readlink(self.folder)  # later, the link may lead to another run
        if not (self.folder / "job.yaml").is_file():
            raise Problem(f"{folder}: expected the folder of a run, with job.yaml in it; found none")

    def __repr__(self):
        return f"Run({str(self.folder)!r})"

    def __fspath__(self):
        return str(self.folder)

    def _repr_html_(self):
        """The report, in a notebook."""
        if not self.report.exists():
            return None
        page = html.escape(self.report.read_text(encoding="utf-8"))
        return f'<iframe srcdoc="{page}" width="100%" height="600" style="border: 0"></iframe>'

    @cached_property
    def metrics(self) -> Table:
        """The columns of metrics.csv by name, with an element per round: numbers, NaN where a row has none; digests as
        texts. Element 0 is of the first weights, the last one of the saved model."""
        with open(self.folder / "metrics.csv", encoding="utf-8", newline="") as file:
            return _columns(file)

    @property
    def digest(self) -> str:
        """The digest of weights and optimizer state after the last round; equal ones mean equal runs."""
        return next((digest for digest in self.metrics["digest"][::-1] if digest), "")

    def state_dict(self, best: bool = False) -> Table:
        """The last weights, float32 arrays by name; or ``best`` ones, on the validation rows. Of a run of ``cordee.fit``,
        tensors of all that the module has, for ``module.load_state_dict``.

        Raises Problem if the run has kept none.
        """
        file = self.folder / ("best.safetensors" if best else "model.safetensors")
        if not file.exists():
            why = "a job with validation rows keeps the best weights" if best else "it ended before its first round"
            raise Problem(f"{file}: no such file; {why}")
        weights = safetensors.load(file)
        constants = self.folder / CONSTANTS
        if not constants.exists():
            return weights
        import torch

        trained = {name: torch.tensor(array) for name, array in weights.items()}
        others = torch.load(constants, weights_only=True)
        # A parameter may have several names.
        return {**trained, **{name: trained[own] if isinstance(own, str) else own for name, own in others.items()}}

    @property
    def report(self) -> Path:
        """The page with curves and figures."""
        return self.folder / "report.html"

    @property
    def outcome(self) -> str:
        """How the training ended: ``completed`` or ``failed``; ``open`` while it has not, or was interrupted."""
        try:
            return json.loads((self.folder / "run.json").read_text(encoding="utf-8"))["end"]["kind"]
        except FileNotFoundError:
            return "open"


def load(path: "Union[str, os.PathLike]") -> "Union[Run, Table]":
    """The run in a folder; or the tensors of a safetensors file of float32 tensors, by name, in the order of their data."""
    return Run(path) if Path(path).is_dir() else safetensors.load(path)


def train(
    job: "Union[str, os.PathLike, Mapping[str, Any], None]" = None,
    *,
    optimizer: Optional[str] = None,
    rounds: Optional[int] = None,
    epochs: Optional[int] = None,
    batch: "Union[int, str, None]" = None,
    seed: Optional[int] = None,
    set: Optional[Mapping[str, Any]] = None,
    data: "Union[str, os.PathLike, None]" = None,
    workers: Optional[int] = None,
    threads: Optional[int] = None,
    shards: "Union[int, str, None]" = None,
    out: "Union[str, os.PathLike, None]" = None,
    resume: "Union[Run, str, os.PathLike, None]" = None,
    tensorboard: "Union[str, os.PathLike, None]" = None,
    quiet: bool = False,
) -> Run:
    """Trains a job on this machine and returns its run, as ``cordee train`` does.

    ``job`` is a job file, or the same as a mapping; without it, the digits that ship with Cordee are trained. ``set``
    changes keys of the job, as in ``{"optimizer.learning_rate": 0.1}``; ``optimizer``, ``rounds``, ``epochs``, ``batch`` and
    ``seed`` are short for some of these. ``data`` is the folder of the job's files, ``out`` that of the run (default:
    runs/TIME-JOB), ``resume`` a run to continue.

    With ``workers`` or ``shards``, servers and workers are processes; without, threads of one Java process, which later
    calls use again. ``threads`` is how many compute for each worker (default: the processors, shared by the workers).
    The digests are the same.

    Progress is printed unless ``quiet``. Raises Problem, in the words of the command line, if the job is wrong or fails.
    Ctrl-C raises KeyboardInterrupt, after the weights have been saved; ``resume`` continues from there.
    """
    options = {
        "optimizer": optimizer,
        "rounds": rounds,
        "epochs": epochs,
        "batch": batch,
        "seed": seed,
        "data": data,
        "workers": workers,
        "threads": threads,
        "shards": shards,
        "out": out,
        "resume": resume,
        "tensorboard": tensorboard,
    }
    with ExitStack() as stack:
        arguments = ["train", *_options(options)]
        arguments += [f"--set={key}={as_text(value)}" for key, value in (set or {}).items()]
        if workers is None and shards is None:
            arguments.append("--in-process")
        if isinstance(job, Mapping):
            file = _temporary(stack) / "job.yaml"
            file.write_text(yaml.safe_dump(plain(job), sort_keys=False), encoding="utf-8")
            arguments.append(file)
        elif job is not None:
            arguments.append(os.fspath(job))
        printed = java.checked(arguments, None if quiet else Progress())
    folder = out or resume or _FOLDER.findall(printed)[-1]
    return Run(folder)


def evaluate(
    run: "Union[Run, str, os.PathLike]",
    data: Any = None,
    *,
    labels: Any = None,
    targets: Any = None,
    part: Optional[str] = None,
    threshold: Optional[float] = None,
) -> "Dict[str, Any]":
    """Returns how good a run's model is (by the best weights, if it keeps them), as ``cordee evaluate --json`` says it.

    Without ``data``, on a ``part`` of the job's rows: "train", "validation" or "test" (default: the last of these that it
    has). Else on other rows: a file in the job's format, a frame for a job with a table, or an array [rows, …] for one
    with npy files, with ``labels`` [rows] or ``targets`` [rows, outputs].
    """
    if hasattr(run, "evaluated"):
        _refuse(labels=labels, targets=targets, threshold=threshold)
        return run.evaluated(data, part)
    with ExitStack() as stack:
        options = _rows(stack, run, data, labels=labels, targets=targets, part=part, threshold=threshold)
        return json.loads(java.checked(["evaluate", "--json", *options]))


def predict(
    run: "Union[Run, str, os.PathLike]",
    data: Any = None,
    *,
    part: Optional[str] = None,
    threshold: Optional[float] = None,
) -> Table:
    """What a run's model makes of rows, which are given as for ``evaluate``: arrays [rows] by column.

    These are ``row``; for a classifier ``class``, and ``label`` if classes have names; and the outputs: ``output_NAME``
    for each class, or ``output0``, ``output1`` and so on.
    """
    if hasattr(run, "predicted"):
        _refuse(part=part, threshold=threshold)
        return run.predicted(data)
    with ExitStack() as stack:
        options = _rows(stack, run, data, part=part, threshold=threshold)
        return _columns(java.checked(["predict", *options]).splitlines())


def _refuse(**given):
    """Raises Problem for arguments that do not apply to a run that ``fit`` has returned."""
    found = [name for name, value in given.items() if value is not None]
    if found:
        raise Problem(f"{', '.join(found)}: not for a run that fit has returned; give it rows as to fit, as in (x, y)")


def _rows(stack, run, data, **options):
    if _format(run) == "external":
        raise Problem(
            f"{os.fspath(run)}: its module computes in the program that trained it, and its folder has the weights alone; load "
            f"cordee.load(...).state_dict(best=True) into the module, or use the run that fit has returned"
        )
    given = {"model": run, "data": data, **options}
    return _options({name: _file(stack, run, name, value) for name, value in given.items()})


def _file(stack, run, name, value):
    """Rows in memory as a file; anything else as it is."""
    if isinstance(value, (str, os.PathLike, numbers.Real, type(None))):
        return value
    folder = _temporary(stack)
    kind = _format(run)
    if name == "data" and kind == "digits":
        np.savetxt(folder / "data.csv", value, fmt="%.9g", delimiter=",")
        return folder / "data.csv"
    if name == "data" and kind != "npy" and not hasattr(value, "to_csv"):
        raise Problem(f"data: expected a file, or a frame with the columns of the job's {kind} file; found an array")
    if hasattr(value, "to_csv"):
        value.to_csv(folder / f"{name}.csv", index=False)
        return folder / f"{name}.csv"
    np.save(folder / f"{name}.npy", np.ascontiguousarray(value))
    return folder / f"{name}.npy"


def _format(run):
    """The format of a run's rows; None if that is not known, as of a model's file alone."""
    job = Path(run) / "job.yaml"
    return yaml.safe_load(job.read_text(encoding="utf-8"))["data"]["train"].get("format") if job.is_file() else None


def _temporary(stack):
    return stack.enter_context(temporary_folder())


def _options(values):
    return [f"--{name}={as_text(value)}" for name, value in values.items() if value is not None]


def as_text(value: Any) -> str:
    """Writes a value as on the command line."""
    value = plain(value)
    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, width=float("inf"))
    return text.removesuffix("\n").removesuffix("\n...")


def plain(value: Any) -> Any:
    """Turns a value into one of the types that YAML knows."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (str, bool, type(None))):
        return value
    if isinstance(value, numbers.Real):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    raise TypeError(f"a job holds texts, numbers, lists and mappings; found {value!r}, a {type(value).__name__}")


def _columns(lines):
    rows = csv.reader(lines)
    names = next(rows)
    columns = list(zip(*rows)) or [()] * len(names)
    return {name: _array(name, cells) for name, cells in zip(names, columns)}


def _array(name, cells):
    if name not in _TEXTS:
        for kind in (np.int64, np.float64):
            try:
                return np.array([cell or "nan" for cell in cells], kind)
            except ValueError:
                continue
    return np.array(cells, str)

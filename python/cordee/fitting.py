"""Trains PyTorch modules by a team of processes."""

import ctypes
import numbers
import os
import re
import sys
import tempfile
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Union

import torch
import yaml

from cordee import java, safetensors
from cordee.children import fork_server
from cordee.function import Function
from cordee.module import Batches, ModuleFunction, check, every_part, materialize, summed
from cordee.packing import failure, pack
from cordee.problem import Problem
from cordee.progress import Progress
from cordee.run_folder import Run, plain
from cordee.processes import Deaths, Remote, how, terminating
from cordee.team import Place, Team

# Rows on which module and loss are tried, and those that show a worker's arithmetic.
_SAMPLED, _SHOWN = 8, 4
_GATHER = 60
# Of the C library's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


class Fit(Run):
    """The run of a training by ``cordee.fit``."""

    def __init__(self, folder: "Union[str, os.PathLike]", module: torch.nn.Module):
        super().__init__(folder)
        self._state = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}

    def state_dict(self, best: bool = True) -> Dict[str, torch.Tensor]:
        """The trained module's, for ``module.load_state_dict``: with the best weights, or the last ones."""
        if best:
            return dict(self._state)
        last = super().state_dict()
        return {name: torch.tensor(last[name]) if name in last else kept for name, kept in self._state.items()}


def fit(
    model: torch.nn.Module,
    data: Any,
    *,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    rule: "Union[str, Mapping[str, Any]]" = "rprop",
    rounds: Optional[int] = None,
    workers: int = 1,
    validation: Any = None,
    test: Any = None,
    patience: "Union[int, str, None]" = None,
    batch: "Union[int, str, Mapping[str, Any]]" = "full",
    partitions: Optional[int] = None,
    out: "Union[str, os.PathLike, None]" = None,
    seed: int = 1,
    micro_batch: int = 256,
    name: str = "fit",
    quiet: bool = False,
    **settings: Any,
) -> Fit:
    """Trains a PyTorch module by a server and workers on this machine, and returns its run. The module then has the best
    weights on the validation rows; without these, the last ones.

    The digest, and so the weights to the last bit, depends on neither the number of workers nor on which of them died; nor
    do they on restarts of the server. It holds for one version of PyTorch on one kind of processor.

    Arguments:
        model: with float32 parameters on the CPU. Those with requires_grad are trained. Lazy layers get their shapes from
            the first rows, and weights drawn from ``seed``; other weights are as they are, so call torch.manual_seed
            before the module is made for the same digest again. Parts in evaluation mode stay in it, unless all are.
        data: the rows to train on: (x, y), arrays or tensors of shapes [rows, …] and [rows, …]; (x1, x2, y) for
            model(x1, x2); a Dataset of pairs; or (function, rows), a function of an array of indices that returns such
            arrays, and the number of rows. Floats are taken as float32, integer targets as int64.
        loss: a function or module, (output, target) → the mean over the rows, as those of torch.nn.functional; or the sum.
            A mean that divides by anything but the number of rows, as with class weights or ``ignore_index``, is refused:
            give the sum (``reduction="sum"``).
        rule: the update rule by its name, or with settings: {"name": "adam", "learning_rate": 0.001}.
        rounds: at most so many (100). A round is a step by all rows, or by a batch.
        workers: processes that compute, each on one thread. Under cordee-run, those of each process.
        validation, test: rows like ``data``, evaluated every ``evaluate_every`` rounds (10).
        patience: epochs (or "20 rounds") without improvement on the validation rows after which training ends.
        batch: rows of a round, all together; "full" for all there are.
        partitions: parts of the rows that gradients are computed of (32, or as many as there are rows). Another number gives
            other bits; more workers than that have nothing to do.
        out: the folder of the run (runs/TIME-NAME), a new one.
        seed: of batches, dropout, lazy layers. Random numbers of PyTorch, NumPy and ``random`` are seeded from it, round,
            partition and row.
        micro_batch: rows that go through the module at a time. More take more memory; another number gives other bits.
        name: of the run.
        quiet: nothing is printed but warnings.
        settings: any other key of a job file, such as ``uplink="int8"``, ``stop={"minutes": 5}`` or
            ``local={"steps": 10, "batch": 32, "rule": {"name": "adam"}}``.

    Integer targets [rows] of outputs [rows, classes] have their accuracy reported.

    Raises Problem, in the server's words, if a setting is wrong, the module fails or the training does; it names round and
    partition. Ctrl-C raises KeyboardInterrupt, once the
    weights so far are saved in the run's folder. Neither leaves a process behind, or the module changed, but for the shapes
    of lazy layers.
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module; found {type(model).__name__}")
    if not callable(loss):
        raise TypeError(f"loss: expected a function of output and target; found {type(loss).__name__}")
    for key, number in (("workers", workers), ("micro_batch", micro_batch)):
        if not isinstance(number, numbers.Integral) or number < 1:
            raise ValueError(f"{key}: expected a number of at least 1; found {number!r}")
    if not hasattr(torch.utils, "deterministic"):
        raise Problem(f"fit needs PyTorch 2.2 or later; found {torch.__version__}")
    if not hasattr(os, "fork"):
        raise Problem("fit forks its workers, which this system cannot; use Linux, or WSL on Windows")
    place = Place()
    if place.is_told and not out:
        raise Problem("with CORDEE_SERVER, expected out=, a folder that all processes see; found none")
    given = {"train": data, "validation": validation, "test": test}
    batches = {
        part: Batches(rows, "data" if part == "train" else part) for part, rows in given.items() if rows is not None
    }
    sample = batches["train"].sample(_SAMPLED)
    with every_part(model, None if any(part.training for part in model.modules()) else True):
        total = _tried(model, loss, sample, seed)
        trained = {key: parameter for key, parameter in model.named_parameters() if parameter.requires_grad}
        has_classes = sample[-1].dtype == torch.int64 and sample[-1].dim() == 1

        def job(folder):
            safetensors.save(folder / "first.safetensors", trained)
            stop = {"rounds": rounds, "patience": patience, **settings.get("stop", {})}
            description = {
                "name": name,
                "model": {"parameters": str(folder / "first.safetensors"), "seed": seed},
                "data": {part: {"format": "external", "name": part, "labels": has_classes} for part in batches},
                "rule": rule,
                "batch": {"rows": batch, "seed": seed} if isinstance(batch, numbers.Integral) else batch,
                "partitions": partitions or min(32, batches["train"].count),
                # A worker that is lost or fails before the first round is not waited for.
                "team": {"gather": _GATHER},
                **settings,
                "stop": {key: value for key, value in stop.items() if value is not None},
            }
            file = folder / "job.yaml"
            file.write_text(yaml.safe_dump(plain(description), sort_keys=False), encoding="utf-8")
            return file

        run = _run_folder(place, name, out)
        make = partial(_function, model, total, list(trained), micro_batch, batches)
        folder = _train(make, job, place, workers, run, quiet)
    _load(model, folder)
    return Fit(folder, model)


def _tried(model, loss, sample, seed):
    """The loss as a sum, once module and loss have been tried on some rows."""
    try:
        materialize(model, sample, seed)
        check(model, sample)
        return summed(loss, model, sample)
    except Problem:
        raise
    except Exception as e:
        *inputs, target = (f"{list(part.shape)} of {str(part.dtype).removeprefix('torch.')}" for part in sample)
        raise Problem(
            f"model or loss fails on some rows, inputs {', '.join(inputs)} and targets {target}: {type(e).__name__}: {e}"
        ) from e


def _run_folder(place, name, out):
    """The first process's choice; None where another one's is not known yet."""
    if out or place.rank == 0:
        return Path(out or f"runs/{time.strftime('%Y%m%d-%H%M%S')}-{re.sub('[^A-Za-z0-9._-]', '-', name)}").absolute()
    return None


def _load(model, folder):
    best = folder / "best.safetensors"
    weights = safetensors.load(best if best.exists() else folder / "model.safetensors")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in weights:
                parameter.copy_(torch.tensor(weights[name]))


def _train(make, job, place, workers, run, quiet):
    """Trains by function processes of this program, alone or with others, and returns the run's folder."""
    with tempfile.TemporaryDirectory(prefix="cordee-") as name, terminating():
        folder = Path(name)
        (folder / "path").write_text("\n".join(sys.path), encoding="utf-8")
        pack(folder, {"make": make})
        function = fork_server().command(folder)
        try:
            if place.world > 1:
                return Team(place, workers, function, folder, quiet).run(job, run)
            _train_here(job(folder), [f"--threads={workers}", f"--function={function}"], run, quiet)
            return run
        except Problem as e:
            said = _with_trace(e, folder)
            raise said from said.__cause__


def _train_here(job, options, run, quiet):
    """Trains by one Java process. One that is killed is started again, on the run as far as it is kept."""
    deaths = Deaths()
    arguments = [job, f"--out={run}"]
    while True:
        try:
            java.checked(["train", "--in-process", *options, *arguments], None if quiet else Progress())
            return
        except java.Death as e:
            if not e.was_killed:
                raise _told_to_end(e, run) from None
            deaths.count(run, f"the server {how(e.code)}", "resuming its run", str(e))
            if (run / "job.yaml").exists():
                arguments = [f"--resume={run}"]


def _told_to_end(death, run):
    """What is said where somebody else has ended the Java process."""
    if not (run / "metrics.csv").exists():
        return death
    rounds = (run / "metrics.csv").read_text().splitlines()[-1].partition(",")[0]
    return Problem(
        f"interrupted after {rounds} rounds: the server was asked to end; cordee.load({str(run)!r}) has the weights so far"
    )


def _with_trace(problem, folder):
    """A problem with the traceback of the function that it is about, without lines of a log, the name of a worker, and a place
    in a job that nobody has written."""
    told = failure(folder)
    words = re.sub(r"(?m)^\d\d:\d\d:\d\d\.\d{3} .*\n", "", str(problem))
    said = Problem(re.sub(r"(?m)^(failed: )?(worker-\d+: )?(\S*job\.yaml:\d+: )?", "", words))
    said.__cause__ = problem.__cause__
    if told and told["trace"]:
        said.__cause__ = Remote(told["trace"])
    return said


def _function(model, loss, trained, micro_batch, batches):
    """In a function process: what it computes."""
    # Sums depend on how many threads share them.
    torch.set_num_threads(1)
    _use_one_thread_of_openblas()
    _keep_freed_memory()
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    function = ModuleFunction(model, loss, trained, micro_batch)
    rows = {part: each.rows for part, each in batches.items()}
    return Function(function.gradient, function.measure, rows, function.arithmetic(batches["train"].first(_SHOWN)))


def _keep_freed_memory():
    """What a round frees, the next one wants again; from the system it would come page by page."""
    if hasattr(ctypes.CDLL(None), "mallopt"):
        for setting, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1)):
            ctypes.CDLL(None).mallopt(setting, value)


def _use_one_thread_of_openblas():
    """What OPENBLAS_NUM_THREADS does for a process that has not loaded it yet."""
    try:
        loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "openblas" in line}
    except OSError:
        return
    for file in loaded:
        library = ctypes.CDLL(file)
        for name in ("openblas_set_num_threads", "openblas_set_num_threads64_", "scipy_openblas_set_num_threads64_"):
            if hasattr(library, name):
                getattr(library, name)(1)

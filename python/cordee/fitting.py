"""Trains PyTorch modules by a team of processes."""

import contextlib
import ctypes
import itertools
import numbers
import os
import re
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Union

import numpy as np
import torch
import yaml

from cordee import java, safetensors
from cordee.batches import Batches, count
from cordee.children import fork_server
from cordee.folders import temporary_folder
from cordee.function import Function
from cordee.module import Loss, ModuleFunction, check, correct, every_part, materialize, summed
from cordee.packing import failure, pack
from cordee.problem import Problem
from cordee.progress import Progress, Rounds
from cordee.run_folder import CONSTANTS, Run, as_text, plain
from cordee.processes import Deaths, Remote, how, terminating
from cordee.team import Place, Team

# The numbers of rows on which module and loss are tried, and that show a worker's arithmetic.
_SAMPLED, _SHOWN = 8, 4
_GATHER = 60
# Rows that are evaluated or predicted at a time.
_EVALUATED = 1024
# Replacements that turn messages about a job into messages about the arguments of fit.
_WORDS = {
    r"(?m)^(failed: )?(worker-\d+: )?(\S*job\.yaml:\d+: )?": "",
    r"\bstop\.(rounds|epochs|patience)\b": r"\1",
    r"choose another folder, or resume it with --resume": "give another folder as out, or go on with it as resume",
    r"add data\.validation or data\.split\.validation": "give validation=(x, y)",
    r"take random numbers from the rows' noise and keep nothing between calls, or set model\.exact: false": (
        "draw random numbers from PyTorch, NumPy or random alone, and keep nothing in the module between calls"
    ),
    r"gradient function of \S+ gives no curvature, .*": "no optimizer that needs second derivatives can train a module; use another",
}
# PyTorch's names of optimizers.
_OPTIMIZERS = {"sgd": "gd", "adamw": {"name": "adam", "decay": "decoupled"}}
# Sections of a job that may change when a run is resumed, beside the stop conditions.
_CHANGEABLE = ("checkpoint", "team", "keep")
# Constants of the C library's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


class Fit(Run):
    """The run of a training by ``cordee.fit``."""

    def __init__(self, folder: "Union[str, os.PathLike]", module: torch.nn.Module, loss: Loss, batches: Dict[str, Batches]):
        """loss: the sum over rows."""
        super().__init__(folder)
        self._state = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
        self._module, self._loss, self._batches = module, loss, batches

    def state_dict(self, best: bool = True) -> Dict[str, torch.Tensor]:
        """Returns the trained module's state, for ``module.load_state_dict``: with the best weights, or the last ones."""
        return dict(self._state) if best else super().state_dict()

    def evaluated(self, data: Any, part: Optional[str]) -> Dict[str, Any]:
        """Evaluates rows by the best weights or, if none were kept, the last ones; for ``cordee.evaluate``."""
        part = part or next(each for each in ("test", "validation", "train") if each in self._batches)
        if data is None and part not in self._batches:
            raise Problem(f"part: expected {' or '.join(self._batches)}, which fit was given; found {part!r}")
        rows = self._batches[part] if data is None else Batches(data, "data")
        total, right = 0.0, 0
        with self._by_own_weights():
            for batch in rows.all(_EVALUATED):
                output = batch.output(self._module)
                total += batch.loss(self._loss, output).item()
                right_ones = correct(output, batch.targets)
                right = None if right_ones is None else right + right_ones
        figures = {"rows": rows.count, "loss": total / rows.count}
        return figures if right is None else {**figures, "accuracy": right / rows.count}

    def predicted(self, data: Any) -> Dict[str, np.ndarray]:
        """Computes the outputs for inputs, [rows, …] or a tuple or dict of such; for ``cordee.predict``."""
        if data is None:
            raise Problem("predict: expected the inputs of rows, as in predict(run, x); found none")
        inputs = tuple(data) if isinstance(data, list) else data
        # Targets are not used here, but belong to rows.
        rows = Batches((inputs, np.zeros(count(inputs))), "data")
        with self._by_own_weights():
            outputs = [batch.output(self._module) for batch in rows.all(_EVALUATED)]
        if not isinstance(outputs[0], torch.Tensor):
            raise Problem(f"predict: expected a module that returns a tensor; found {type(outputs[0]).__name__}: call it")
        outputs = torch.cat(outputs).numpy()
        columns = {"row": np.arange(rows.count)}
        if outputs.ndim != 2:
            return {**columns, "output": outputs}
        if self._batches["train"].has_classes and outputs.shape[1] > 1:
            columns["class"] = outputs.argmax(axis=1)
        return {**columns, **{f"output{number}": column for number, column in enumerate(outputs.T)}}

    @contextlib.contextmanager
    def _by_own_weights(self):
        """Lends the module this run's weights, in evaluation mode, and gives back its own at the end."""
        kept = {name: tensor.clone() for name, tensor in self._module.state_dict().items()}
        with torch.no_grad(), every_part(self._module, False):
            try:
                self._module.load_state_dict(self._state)
                yield
            finally:
                self._module.load_state_dict(kept)


def fit(
    model: torch.nn.Module,
    data: Any,
    *,
    loss: Loss,
    optimizer: "Union[str, Mapping[str, Any], None]" = None,
    rounds: Optional[int] = None,
    epochs: Optional[int] = None,
    workers: int = 1,
    validation: Any = None,
    test: Any = None,
    patience: "Union[int, str, None]" = None,
    batch: "Union[int, str, Mapping[str, Any], None]" = None,
    partitions: Optional[int] = None,
    out: "Union[str, os.PathLike, None]" = None,
    resume: "Union[Run, str, os.PathLike, None]" = None,
    callback: "Optional[Callable[[int, Dict[str, float]], None]]" = None,
    seed: int = 1,
    micro_batch: int = 256,
    name: str = "fit",
    quiet: bool = False,
    optimizer: Optional[str] = None,
    lr: Optional[float] = None,
    weight_decay: Optional[float] = None,
    batch_size: Optional[int] = None,
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
            model(x1, x2); (inputs, targets) with arrays in tuples and dicts, the inputs for model(*inputs) or
            model(**inputs); a Dataset or list of such pairs of one row each; or (function, rows), a function of an array of
            indices that returns such arrays, and the number of rows. Floats are taken as float32, integer targets as int64.
        loss: a function or module, (output, targets) → the mean over the rows, as those of torch.nn.functional; or the sum.
            Targets come as ``data`` has them. A mean that divides by anything but the number of rows, as with class weights,
            masks or ``ignore_index``, is refused: give the sum (``reduction="sum"``).
        optimizer: the optimizer by its name ("rprop"), or with settings: {"name": "adam", "learning_rate": 0.001}.
        rounds, epochs: training ends after so many, if not before (100 rounds). In a round the optimizer takes one step, by all
            rows or by a batch.
        workers: processes that compute, each on one thread. Under cordee-run, those of each process.
        validation, test: rows like ``data``, evaluated every ``evaluate_every`` rounds (10).
        patience: epochs (or "20 rounds") without improvement on the validation rows after which training ends.
        batch: how many rows all workers together take in a round; "full", as by default, for all.
        partitions: parts of the rows that gradients are computed of (32, or as many as there are rows). Another number gives
            other bits; more workers than that have nothing to do.
        out: the folder of the run, a new one (runs/TIME-NAME, or runs/TIME-NAME-2 if there is that one, and so on).
        resume: a run of ``fit`` to continue until it has ``rounds`` or ``epochs`` in all. Optimizer, batch and seed are the run's;
            give the same model, loss, data and ``micro_batch``.
        callback: a function that is called soon after each round, with its number and its figures, {"loss": 0.2, …}.
            Several programs (cordee-run) take neither ``resume`` nor ``callback``.
        seed: of batches, dropout, lazy layers. Random numbers of PyTorch, NumPy and ``random`` are seeded from it, round,
            partition and row.
        micro_batch: rows that go through the module at a time. More take more memory; another number gives other bits.
        name: of the run.
        quiet: nothing is printed but warnings.
        optimizer, lr, weight_decay, batch_size: PyTorch's words: the optimizer ("sgd", "adamw", …), two of its settings, and
            ``batch``.
        settings: any other key of a job file, such as ``compression.gradients="int8"``, ``stop={"minutes": 5}`` or
            ``local={"steps": 10, "batch": 32, "optimizer": {"name": "adam"}}``.

    Integer targets [rows] of outputs [rows, classes] have their accuracy reported.

    Raises Problem, in the server's words, if a setting is wrong, the module fails or the training does; it names round and
    partition. Ctrl-C raises KeyboardInterrupt, once the weights so far are saved in the run's folder. Neither leaves a
    process behind, or the module changed, but for the shapes of lazy layers.
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
    if place.world > 1 and (resume or callback):
        raise Problem("several programs train together, which takes neither resume nor callback; leave them out")
    if batch_size is not None and batch is not None:
        raise TypeError("batch_size is another word for batch; give one of them")
    batch = batch if batch_size is None else batch_size
    optimizer = _optimizer(optimizer, optimizer, lr, weight_decay)
    given = {"train": data, "validation": validation, "test": test}
    batches = {
        part: Batches(rows, "data" if part == "train" else part) for part, rows in given.items() if rows is not None
    }
    sample = batches["train"].sample(_SAMPLED)
    stop = {"rounds": rounds, "epochs": epochs, "patience": patience, **settings.pop("stop", {})}
    stop = {key: value for key, value in stop.items() if value is not None}
    with every_part(model, None if any(part.training for part in model.modules()) else True):
        total = _tried(model, loss, sample, seed)
        trained = {key: parameter for key, parameter in model.named_parameters() if parameter.requires_grad}
        if resume is not None:
            own = {"optimizer": optimizer, "batch": batch, "partitions": partitions, "out": out, **settings}
            job, run = _resumed(Run(resume), trained, own, stop), Run(resume).folder
        else:
            description = {
                "name": name,
                "model": {"seed": seed},
                "data": {
                    part: {"format": "external", "name": part, "labels": batches["train"].has_classes} for part in batches
                },
                "optimizer": optimizer or "rprop",
                "batch": {"rows": batch, "seed": seed} if isinstance(batch, numbers.Integral) else batch or "full",
                "partitions": partitions or min(32, batches["train"].count),
                # A worker that is lost or fails before the first round is not waited for.
                "team": {"gather": _GATHER},
                **settings,
                "stop": stop,
            }
            job, run = partial(_job_file, plain(description), trained), _run_folder(place, name, out)
        make = partial(_function, model, total, list(trained), micro_batch, batches)
        parts = {"model": model, "loss": loss, "data": data, "validation": validation, "test": test}
        has_rounds = run is not None and (run / "metrics.csv").exists()
        try:
            folder = _train(make, parts, job, place, workers, run, callback, quiet)
        except Problem as e:
            found = [each.not_finite() for each in batches.values()] if "not finite" in str(e) else []
            if any(found):
                raise Problem(f"{e}; {next(filter(None, found))}") from e.__cause__
            raise
        finally:
            # Java refuses the folder of another run, which stays as it is.
            if place.rank == 0 and (resume is not None or not has_rounds):
                _keep_constants(model, trained, run)
            if place.rank == 0 and resume is None and not out:
                # A folder that nothing has come of is empty.
                with contextlib.suppress(OSError):
                    run.rmdir()
    _load(model, folder)
    return Fit(folder, model, total, batches)


def _optimizer(optimizer, optimizer, lr, weight_decay):
    """Returns the optimizer as a job has it; None if fit was told nothing of it."""
    if optimizer is not None and optimizer is not None:
        raise TypeError("optimizer is another word for optimizer; give one of them")
    if optimizer is not None:
        optimizer = _OPTIMIZERS.get(optimizer.lower(), optimizer.lower())
    settings = {"learning_rate": lr, "weight_decay": weight_decay}
    settings = {key: value for key, value in settings.items() if value is not None}
    if not settings:
        return optimizer
    if optimizer is None:
        raise TypeError("lr and weight_decay: expected the optimizer, too, as in optimizer='adam'; found none")
    return {**({"name": optimizer} if isinstance(optimizer, str) else optimizer), **settings}


def _job_file(description, trained, folder):
    """Writes a job with its first weights into a folder, and returns its file."""
    safetensors.save(folder / "first.safetensors", trained)
    model = {"parameters": str(folder / "first.safetensors"), **description["model"]}
    file = folder / "job.yaml"
    file.write_text(yaml.safe_dump({**description, "model": model}, sort_keys=False), encoding="utf-8")
    return file


def _resumed(run, trained, own, stop):
    """Returns the changes of a run's job, as options; raises Problem if what is given is of another one."""
    given = [key for key, value in own.items() if value is not None and key not in _CHANGEABLE]
    if given:
        raise Problem(f"resume: the run has its own {', '.join(given)}; leave them out, or start another run")
    # Texts stay as they are written: names may look like numbers.
    model = yaml.load((run.folder / "job.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)["model"]
    expected = {key: list(map(int, shape)) for key, shape in model.get("tensors", {}).items()}
    found = {key: list(parameter.shape) for key, parameter in trained.items()}
    if expected != found:
        key = next(key for key in {**expected, **found} if expected.get(key) != found.get(key))
        raise Problem(
            f"resume: the run in {run.folder} is of another model: expected the parameter {key} of shape {expected.get(key)}; "
            f"found {found.get(key)}"
        )
    changes = {**{f"stop.{key}": value for key, value in stop.items()}, **{key: own[key] for key in _CHANGEABLE if key in own}}
    return [f"--set={key}={as_text(value)}" for key, value in changes.items()]


def _keep_constants(model, trained, run):
    """Saves, for ``Run.state_dict``, a module's tensors that are not trained, and second names of those that are."""
    if (run / "metrics.csv").exists() and not (run / CONSTANTS).exists():
        names = {id(parameter): name for name, parameter in trained.items()}
        shared = dict(model.named_parameters(remove_duplicate=False))
        constants = {
            name: names.get(id(shared.get(name)), tensor)
            for name, tensor in model.state_dict().items()
            if name not in trained
        }
        torch.save(constants, run / CONSTANTS)


def _tried(model, loss, sample, seed):
    """Tries module and loss on some rows, and returns the loss as a sum."""
    try:
        materialize(model, sample, seed)
        check(model, sample)
        return summed(loss, model, sample)
    except Problem:
        raise
    except Exception as e:
        raise Problem(f"model or loss fails on some rows, {sample}: {type(e).__name__}: {e}") from e


def _run_folder(place, name, out):
    """Returns the folder of the run, as the first process chooses it; None where another one's choice is not known yet."""
    if out:
        return Path(out).absolute()
    if place.rank > 0:
        return None
    return _new_folder(Path("runs").absolute(), f"{time.strftime('%Y%m%d-%H%M%S')}-{re.sub('[^A-Za-z0-9._-]', '-', name)}")


def _new_folder(runs, name):
    """Makes a folder that no other training has, which may begin in the same second."""
    runs.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        with contextlib.suppress(FileExistsError):
            folder = runs / (name if number == 1 else f"{name}-{number}")
            folder.mkdir()
            return folder


def _load(model, folder):
    best = folder / "best.safetensors"
    weights = safetensors.load(best if best.exists() else folder / "model.safetensors")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in weights:
                parameter.copy_(torch.tensor(weights[name]))


def _train(make, parts, job, place, workers, run, callback, quiet):
    """Trains by function processes of this program, alone or with others, and returns the run's folder.

    parts: the arguments of fit that ``make`` holds, by their names.
    job: writes a job into a folder and returns its file; or the options by which a run is resumed.
    """
    with temporary_folder() as folder, terminating():
        (folder / "path").write_text("\n".join(sys.path), encoding="utf-8")
        pack(folder, {"make": make}, parts)
        function = fork_server().command(folder)
        try:
            if place.world > 1:
                return Team(place, workers, function, folder, quiet).run(job, run)
            arguments = [f"--resume={run}", *job] if isinstance(job, list) else [str(job(folder)), f"--out={run}"]
            options = [f"--threads={workers}", f"--function={function}"]
            _train_here(arguments, options, run, callback, quiet)
            return run
        except Problem as e:
            said = _with_trace(e, folder)
            raise said from said.__cause__


def _train_here(arguments, options, run, callback, quiet):
    """Trains by one Java process. One that is killed is started again, on the run as far as it is kept."""
    deaths = Deaths()
    rounds = callback and Rounds(run, callback)
    is_resumed = arguments[0].startswith("--resume")
    while True:
        try:
            java.checked(["train", "--in-process", *options, *arguments], None if quiet else Progress(), rounds)
            if rounds:
                rounds()
            return
        except java.Death as e:
            if not e.was_killed:
                raise _told_to_end(e, run) from None
            deaths.count(run, f"the server {how(e.code)}", "resuming its run", str(e))
            # The changes of a resumed run may not be in its job yet.
            if not is_resumed and (run / "job.yaml").exists():
                arguments = [f"--resume={run}"]


def _told_to_end(death, run):
    """Returns the Problem to raise if somebody else has ended the Java process."""
    metrics = run / "metrics.csv"
    *_, last = ["", *metrics.read_text().splitlines()] if metrics.exists() else [""]
    rounds = last.partition(",")[0]
    if not rounds.isdecimal():
        return death
    return Problem(
        f"interrupted after {rounds} rounds: the server was asked to end; cordee.load({str(run)!r}) has the weights so far"
    )


def _with_trace(problem, folder):
    """Returns a problem with the traceback of the function that it is about, and in words of fit: without lines of a log, the
    name of a worker, and a place in a job that nobody has written."""
    told = failure(folder)
    words = re.sub(r"(?m)^\d\d:\d\d:\d\d\.\d{3} .*\n?", "", str(problem)).strip()
    for theirs, ours in _WORDS.items():
        words = re.sub(theirs, ours, words)
    said = Problem(words)
    said.__cause__ = problem.__cause__
    if told and told["trace"]:
        said.__cause__ = Remote(told["trace"])
    return said


def _function(model, loss, trained, micro_batch, batches):
    """Makes the function of a function process, in this."""
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
    """Has the C library keep the memory that a round frees for the next one: the system would give it page by page."""
    if hasattr(ctypes.CDLL(None), "mallopt"):
        for setting, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1)):
            ctypes.CDLL(None).mallopt(setting, value)


def _use_one_thread_of_openblas():
    """Limits OpenBLAS to one thread, as OPENBLAS_NUM_THREADS does in a process that has not loaded it yet."""
    try:
        loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "openblas" in line}
    except OSError:
        return
    for file in loaded:
        library = ctypes.CDLL(file)
        for name in ("openblas_set_num_threads", "openblas_set_num_threads64_", "scipy_openblas_set_num_threads64_"):
            if hasattr(library, name):
                getattr(library, name)(1)

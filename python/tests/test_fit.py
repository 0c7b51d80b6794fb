"""PyTorch modules trained by cordee.fit, with real processes."""

import atexit
import concurrent.futures
import contextlib
import errno
import functools
import importlib.util
import io
import json
import os
import random
import signal
import socket
import sys
import threading
import types
import unittest
import warnings
from pathlib import Path
from unittest import mock

import numpy as np
import yaml

import cordee
from cordee import packing
from cordee.children import fork_server
from cordee.java import Death
from cordee.parameters import Layout, Parameters
from cordee.problem import Problem
from cordee.team import Place, Team
from tests.processes import DEADLINE, ROOT, ProcessTest, metrics, wait_until

EXAMPLE = ROOT / "examples/python/transformer.py"
PROGRAM = Path(__file__).with_name("fit_program.py")
HAS_TORCH = importlib.util.find_spec("torch")
if HAS_TORCH:
    import torch
    from torch.nn import functional

    from cordee import fitting
    from cordee.batches import Batch, Batches, mapped, sliced
    from cordee.fitting import _train_here
    from cordee.module import ModuleFunction, check, every_part, materialize, summed

ROUNDS = 120


class _Pairs:
    """A data set of pairs of an input and a target."""

    def __init__(self, x, y):
        self._x, self._y = x, y

    def __len__(self):
        return len(self._x)

    def __getitem__(self, row):
        return self._x[row], int(self._y[row])


def _as_lists(structure):
    return mapped(lambda part: part.tolist(), structure)


def processes_below(process):
    """The commands of all that a process has started, and these have, by number."""
    found = {}
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        try:
            found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found |= processes_below(child)
        except FileNotFoundError:
            pass
    return found


def function_processes(process):
    """Those that a clean process has forked."""
    (server,) = [int(number) for number, command in processes_below(process).items() if _is_fork_server(process, number, command)]
    return list(processes_below(server))


def _is_fork_server(process, number, command):
    return "cordee.forkserver" in command and parent(number) == process


def parent(process):
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def java(process):
    """The Java process, which does nothing but train."""
    (found,) = [number for number, command in processes_below(process).items() if "cli.Main" in command]
    return found


def is_gone(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


@unittest.skipUnless(HAS_TORCH, "needs PyTorch")
class FitTest(ProcessTest):
    reference = []

    def fit(self, workers=1, rounds=ROUNDS, what="usual", **environment):
        process = self.begin(workers, rounds, what, **environment)
        self.expect_exit(0, process)
        return self.result(process)

    def begin(self, workers=1, rounds=ROUNDS, what="usual", **environment):
        run = self.folder / f"{self.started}.run"
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        process = self.start(sys.executable, PROGRAM, run, workers, rounds, what, TMPDIR=str(temporary), **environment)
        process.run = run
        return process

    def result(self, process):
        lines = [line for line in self.output(process).splitlines() if line.startswith("result ")]
        self.assertEqual(os.listdir(self.folder / "temporary"), [])
        return types.SimpleNamespace(**json.loads(lines[0].removeprefix("result ")))

    def expect_reference(self, result):
        """What one worker that nothing happens to arrives at."""
        if not self.reference:
            self.reference.append(self.fit())
        self.assertEqual((result.digest, result.weights), (self.reference[0].digest, self.reference[0].weights))

    def test_digests_and_weights_are_those_of_any_team(self):
        result = self.fit(workers=2)
        self.expect_reference(result)
        self.expect_reference(self.fit(workers=4))
        self.assertEqual(list(result.weights), ["0.weight", "0.bias", "3.weight", "3.bias"])
        saved = cordee.load(Path(result.folder) / "model.safetensors")
        for name, tensor in saved.items():
            self.assertEqual(float(tensor.astype(float).sum()), result.weights[name])

    def test_killed_processes_cannot_show(self):
        process = self.begin(workers=2)
        wait_until(lambda: len(metrics(process.run)) > 10, "the first rounds")
        functions = function_processes(process.pid)
        self.assertEqual(len(functions), 2)
        os.kill(functions[0], signal.SIGKILL)
        log = process.run / "run.log"
        wait_until(lambda: "a function process ended, with exit code 1; starting another" in log.read_text(), "it is missed")
        os.kill(java(process.pid), signal.SIGKILL)
        self.expect_exit(0, process)
        self.assertIn("the server was killed by signal 9; resuming its run", self.output(process))
        self.expect_reference(self.result(process))

    def test_whatever_ends_it_leaves_no_process_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                process = self.begin(workers=2, rounds=100_000)
                wait_until(lambda: len(metrics(process.run)) > 5, "the first rounds")
                started = list(processes_below(process.pid))
                process.send_signal(number)
                code = process.wait(DEADLINE)
                wait_until(lambda: all(map(is_gone, started)), "all processes have ended")
                self.assertTrue((process.run / "model.safetensors").exists())
                if number != signal.SIGKILL:
                    self.assertEqual(os.listdir(self.folder / "temporary"), [])
                if number == signal.SIGINT:
                    self.assertIn("KeyboardInterrupt", self.output(process))
                self.assertEqual(code, {signal.SIGTERM: 143}.get(number, -number))

    def test_a_server_that_is_told_to_end_interrupts_the_training(self):
        process = self.begin(workers=2, rounds=100_000)
        wait_until(lambda: len(metrics(process.run)) > 5, "the first rounds")
        started = processes_below(process.pid)
        os.kill(java(process.pid), signal.SIGTERM)
        self.expect_exit(1, process)
        said = self.output(process)
        self.assertRegex(said, r"(?m)^Problem: interrupted after \d+ rounds: the server was asked to end; ")
        self.assertNotIn("resuming its run", said)
        self.assertTrue(all(map(is_gone, started)))
        self.assertTrue((process.run / "model.safetensors").exists())
        self.assertEqual(os.listdir(self.folder / "temporary"), [])

    def test_a_training_whose_workers_were_interrupted_does_not_wait_for_others(self):
        """A server that is killed after it has said that the job is interrupted resumes a run that nobody works for."""
        team = Team(Place(), 1, "true", self.folder, quiet=True)
        team._run = self.folder / "run"
        team._worker = types.SimpleNamespace(
            poll=lambda: 130, end=lambda: cordee.End("interrupted", "interrupted after 7 rounds")
        )
        team._server = types.SimpleNamespace(
            show=lambda: None, poll=lambda: None, address=self.folder / "none", words=""
        )
        with self.assertRaisesRegex(Problem, "^interrupted after 7 rounds: .*/run.* has the weights so far$"):
            team._supervise()

    def test_settings_may_be_numbers_of_numpy(self):
        self.fit(what="numpy")

    def test_other_jobs(self):
        for what in ("local", "batches"):
            with self.subTest(what):
                self.assertEqual(self.fit(1, 6, what).digest, self.fit(3, 6, what).digest)

    def test_failures_are_said_once_by_an_exception(self):
        for what, says in (
            ("wrong", 'Problem: optimizer.name: expected one of .* found "rpropp"; did you mean "rprop"?'),
            (
                "failing",
                "Problem: round 1, partition .: the gradient function failed: LookupError: no such word: gradeint",
            ),
        ):
            with self.subTest(what):
                process = self.begin(2, 5, what)
                self.expect_exit(1, process)
                said = self.output(process)
                self.assertRegex(said, f"(?m)^{says}")
                if what == "failing":
                    self.assertIn("in forward", said)
                self.assertEqual(os.listdir(self.folder / "temporary"), [])

    def test_the_example(self):
        text = self.folder / "text"
        text.write_text("a rope, a wall and a row of climbers. " * 200)
        run = self.folder / "run"
        process = self.start(sys.executable, EXAMPLE, "--text", text, "--rounds", 1, "--workers", 2, "--out", run)
        self.expect_exit(0, process)
        before, after = (float(row["validation_loss"]) for row in metrics(run))
        self.assertLess(after, before / 2)
        self.assertIn("curve: " + str(run / "report.html"), self.output(process))

    def test_several_processes_of_one_program(self):
        process = self.start(
            *(sys.executable, "-m", "cordee.run", "--workers", 3, PROGRAM, self.folder / "run", 1, ROUNDS),
            TMPDIR=str(self.folder),
        )
        self.expect_exit(0, process)
        found = [json.loads(line[7:]) for line in self.output(process).splitlines() if line.startswith("result ")]
        self.assertEqual(len(found), 3)
        for result in found:
            self.expect_reference(types.SimpleNamespace(**result))

    def test_several_processes_that_are_told_where_the_server_is(self):
        told = {"CORDEE_SERVER": f"127.0.0.1:{free_port()}", "WORLD_SIZE": "2"}
        run = self.folder / "run"
        both = [self.start(sys.executable, PROGRAM, run, 1, ROUNDS, RANK=str(rank), **told) for rank in range(2)]
        self.expect_exit(0, *both)
        for process in both:
            line = next(line for line in self.output(process).splitlines() if line.startswith("result "))
            self.expect_reference(types.SimpleNamespace(**json.loads(line[7:])))


@unittest.skipUnless(HAS_TORCH, "needs PyTorch")
class RunTest(ProcessTest):
    """What is done with a run, by the program that trains it."""

    def setUp(self):
        super().setUp()
        draw = np.random.default_rng(1)
        x = draw.random((64, 4), dtype=np.float32)
        self.rows = x, (x.sum(axis=1) * 1.5).astype(int) % 3

    @staticmethod
    def module():
        torch.manual_seed(3)
        module = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3))
        module[0].bias.requires_grad_(False)
        module.register_buffer("classes", torch.arange(3))
        return module

    def fit(self, **settings):
        settings = {"out": self.folder / "run", **settings} if "resume" not in settings else settings
        return cordee.fit(self.module(), self.rows, loss=functional.cross_entropy, quiet=True, **settings)

    def test_a_run_goes_on_to_the_bits_of_one_run(self):
        first = self.fit(rounds=5)
        told = []
        resumed = self.fit(resume=first, rounds=12, workers=2, callback=lambda number, figures: told.append(number))
        self.assertEqual(resumed.digest, self.fit(rounds=12, out=self.folder / "whole").digest)
        self.assertEqual(told, list(range(6, 13)))
        for settings, says in (
            ({"optimizer": "adam"}, "the run has its own optimizer"),
            ({"rounds": 3}, "already has 12 rounds"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                self.fit(resume=first, **settings)
        with self.assertRaisesRegex(Problem, "expected the parameter 0.weight of shape .5, 4.; found .7, 4."):
            cordee.fit(torch.nn.Sequential(torch.nn.Linear(4, 7)), self.rows, loss=functional.cross_entropy, resume=first)

    def test_a_saved_run_is_loaded_into_the_module(self):
        run = self.fit(rounds=5)
        module = self.module()
        module.load_state_dict(cordee.load(run.folder).state_dict())
        for name, tensor in run.state_dict().items():
            self.assertTrue(torch.equal(module.state_dict()[name], tensor), name)
        tied = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4))
        tied[2].weight = tied[0].weight
        empty = self.folder / "empty"
        empty.mkdir()
        trained = cordee.fit(tied, self.rows, loss=functional.cross_entropy, rounds=5, out=empty, quiet=True)
        for name, tensor in cordee.load(empty).state_dict().items():
            self.assertTrue(torch.equal(trained.state_dict()[name], tensor), name)
        with self.assertRaisesRegex(Problem, "the weights alone; load"):
            cordee.evaluate(run.folder)
        other = self.folder / "other"
        other.mkdir()
        (other / "mine").write_text("kept")
        with self.assertRaises(Problem):
            self.fit(rounds=5, out=other)
        self.assertEqual(os.listdir(other), ["mine"])

    def test_a_run_is_evaluated_and_predicts(self):
        run = self.fit(rounds=5, validation=self.rows)
        found = cordee.evaluate(run, part="train")
        metrics = run.metrics
        self.assertAlmostEqual(found["loss"], np.nanmin(metrics["validation_loss"]), 5)
        predicted = cordee.predict(run, self.rows[0])
        self.assertEqual(found["accuracy"], np.mean(predicted["class"] == self.rows[1]))
        self.assertEqual(list(predicted), ["row", "class", "output0", "output1", "output2"])
        for call in (
            lambda: cordee.predict(run),
            lambda: cordee.predict(run, part="train"),
            lambda: cordee.evaluate(run, self.rows[0], labels=self.rows[1]),
        ):
            with self.assertRaises(Problem):
                call()

    def test_a_callback_is_given_each_round_and_may_end_the_training(self):
        told = []

        def callback(number, figures):
            told.append((number, figures["loss"]))
            if number == 4:
                raise KeyError("enough")

        with self.assertRaisesRegex(KeyError, "enough"):
            self.fit(rounds=100_000, callback=callback)
        self.assertEqual([number for number, _ in told], [0, 1, 2, 3, 4])
        self.assertTrue((self.folder / "run/model.safetensors").exists())

    def test_a_process_that_was_forked_leaves_its_parents_processes(self):
        digest = self.fit(rounds=5).digest
        server = fork_server()
        process = os.fork()
        if process == 0:
            code = 1
            try:
                # As a program that forks, trains and ends. PyTorch itself may hang in it, so nothing is computed.
                code = 0 if fork_server() is not server else 2
                atexit._run_exitfuncs()
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(process, 0)[1], 0)
        self.assertIs(fork_server(), server)
        self.assertEqual(self.fit(rounds=5, out=self.folder / "next").digest, digest)

    def test_modules_may_return_tuples(self):
        class Two(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.part = torch.nn.Linear(4, 3)

            def forward(self, x):
                return self.part(x), {"norm": x.norm()}

        for reduction in ("mean", "sum"):

            def loss(output, target):
                return functional.cross_entropy(output[0], target, reduction=reduction)

            torch.manual_seed(3)
            run = cordee.fit(Two(), self.rows, loss=loss, rounds=3, out=self.folder / reduction, quiet=True)
            self.assertAlmostEqual(cordee.evaluate(run)["loss"], run.metrics["loss"][-1], 5)
        digests = {cordee.load(self.folder / reduction).digest for reduction in ("mean", "sum")}
        self.assertEqual(len(digests), 1)

    def test_inputs_by_name_and_targets_with_a_mask(self):
        class Scaled(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.part = torch.nn.Linear(4, 3)

            def forward(self, x, scale):
                return self.part(x) * scale

        def loss(output, targets):
            return ((output - targets["y"]) ** 2 * targets["mask"]).sum()

        x, classes = self.rows
        inputs = {"scale": classes[:, None] + 1.0, "x": x}
        targets = {"y": x[:, :3], "mask": x[:, :3] > 0.3}
        digests = set()
        dataset = [(sliced(inputs, row), sliced(targets, row)) for row in range(64)]
        for workers, data in ((1, (inputs, targets)), (2, (inputs, targets)), (2, dataset)):
            torch.manual_seed(3)
            out = self.folder / f"run-{len(os.listdir(self.folder))}"
            run = cordee.fit(Scaled(), data, loss=loss, rounds=3, workers=workers, validation=data, out=out, quiet=True)
            digests.add(run.digest)
            self.assertEqual(list(cordee.predict(run, inputs)), ["row", "output0", "output1", "output2"])
            self.assertAlmostEqual(cordee.evaluate(run, part="train")["loss"], run.metrics["loss"][-1], 5)
        self.assertEqual(len(digests), 1)
        inputs["x"][7, 2] = np.nan
        with self.assertRaisesRegex(Problem, "not finite.*; data: input 'x' has nan in row 7, column 2, from 0$"):
            cordee.fit(Scaled(), (inputs, targets), loss=loss, out=self.folder / "run", quiet=True)

    def test_trainings_that_begin_in_the_same_second_have_folders_of_their_own(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        with mock.patch("cordee.fitting.time.strftime", return_value="now"):
            with concurrent.futures.ThreadPoolExecutor() as threads:
                settings = {"loss": functional.cross_entropy, "rounds": 3, "quiet": True}
                modules = [self.module() for _ in range(3)]
                runs = [threads.submit(cordee.fit, module, self.rows, **settings) for module in modules]
                digests = {run.result().digest for run in runs}
            self.assertEqual(len(digests), 1)
            with self.assertRaises(Problem):
                self.fit(optimizer="rpropp", out=None)
        self.assertEqual(set(os.listdir("runs")), {"now-fit", "now-fit-2", "now-fit-3", "last"})

    def test_a_resumed_run_whose_server_is_killed_keeps_its_changes(self):
        resumed, begun = ["--resume=run", "--set=stop.rounds=9"], ["job.yaml", "--out=run"]
        (self.folder / "job.yaml").touch()
        for first, again in ((resumed, resumed), (begun, [f"--resume={self.folder}"])):
            killed = Death("Java was killed", -signal.SIGKILL)
            with mock.patch("cordee.java.checked", side_effect=[killed, ""]) as checked:
                with contextlib.redirect_stderr(io.StringIO()):
                    _train_here(first, ["--threads=1"], self.folder, None, True)
            commands = [call.args[0] for call in checked.call_args_list]
            self.assertEqual(commands, [["train", "--in-process", "--threads=1", *given] for given in (first, again)])

    def test_memory_mapped_rows_stay_in_their_file(self):
        x, y = self.rows
        np.save(self.folder / "x.npy", x)
        sizes = []

        def pack(folder, *objects):
            packing.pack(folder, *objects)
            sizes.append((folder / "values").stat().st_size)

        with mock.patch("cordee.fitting.pack", pack):
            expected = self.fit(rounds=3, out=self.folder / "memory").digest
            for mode in ("r", "r+"):
                self.rows = np.load(self.folder / "x.npy", mmap_mode=mode), y
                self.assertEqual(self.fit(rounds=3, out=self.folder / mode).digest, expected)
        self.assertEqual(sizes, [sizes[0], sizes[0] - x.nbytes, sizes[0] - x.nbytes])

    def test_what_cannot_be_sent_is_named(self):
        class Holding:
            def __init__(self, data):
                self.data, self.lock = data, threading.Lock()

            def __len__(self):
                return len(self.data)

            def __getitem__(self, row):
                return self.data[row]

            def loss(self, output, target):
                return functional.cross_entropy(output, target)

        holding = Holding(list(zip(*self.rows)))
        module = self.module()
        module[0].lock = holding.lock
        losses = [functools.partial(holding.loss), holding.loss, lambda *given: holding.loss(*given)]
        for arguments, says in (
            ((module, self.rows, functional.cross_entropy), "model.0.lock"),
            ((self.module(), holding, functional.cross_entropy), "data.lock"),
            *(((self.module(), self.rows, loss), r"loss\S*\.lock") for loss in losses),
        ):
            model, data, loss = arguments
            with self.subTest(says), self.assertRaisesRegex(Problem, f"^{says} cannot be sent to the processes"):
                cordee.fit(model, data, loss=loss, out=self.folder / "run", quiet=True)
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_is_not_finite_in_the_rows_is_named(self):
        x, y = self.rows
        x[7, 2] = np.nan
        with self.assertRaisesRegex(Problem, "not finite.*; data: input has nan in row 7, column 2, from 0$"):
            self.fit(rounds=3)

    def test_errors_name_the_arguments_of_fit(self):
        class Drifting(torch.nn.Linear):
            calls = 0

            def forward(self, x):
                self.calls += 1
                return super().forward(x) * self.calls

        drifting = Drifting(4, 3)
        for module, settings, says in (
            (self.module(), {"patience": 3}, "^patience: needs validation rows; give validation=.x, y.$"),
            (self.module(), {"rounds": -1}, "^rounds: expected a whole number of at least 1; found -1$"),
            (self.module(), {"optimizer": "newton"}, "^no optimizer that needs second derivatives can train a module; use another$"),
            (drifting, {}, "deterministic: .*; draw random numbers from PyTorch, NumPy or random alone, and keep nothing in"),
        ):
            settings = {"rounds": 3, "out": self.folder / says[1:9], "quiet": True, **settings}
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                cordee.fit(module, self.rows, loss=functional.cross_entropy, **settings)
        self.fit(rounds=3)
        with self.assertRaisesRegex(Problem, "holds a run already .*; give another folder as out, or go on with it as resume"):
            self.fit(rounds=3)

    def test_errors_have_no_lines_of_the_log(self):
        line = "04:05:54.723 train WARN  [compute-1] refused somebody"
        for text in (f"{line}\nno such optimizer", f"no such optimizer\n{line}", f"no such optimizer\n{line}\n"):
            self.assertEqual(str(fitting._with_trace(Problem(text), self.folder)), "no such optimizer")

    def test_words_of_pytorch_are_understood(self):
        run = self.fit(optimizer="AdamW", lr=0.01, weight_decay=0.1, batch_size=16, epochs=2)
        job = yaml.safe_load((run.folder / "job.yaml").read_text())
        self.assertEqual([job["optimizer"][key] for key in ("name", "decay", "learning_rate")], ["adam", "decoupled", 0.01])
        self.assertEqual((job["batch"]["rows"], len(run.metrics["loss"])), (16, 9))
        for settings in ({"optimizer": "sgd", "optimizer": "gd"}, {"batch": 8, "batch_size": 8}, {"lr": 0.1}):
            with self.subTest(settings), self.assertRaises(TypeError):
                self.fit(**settings)

    def test_without_a_console_nothing_is_printed(self):
        program = f"import sys; sys.stdout = sys.stderr = None; sys.argv[1:] = [{str(self.folder / 'run')!r}, '1', '2']; "
        program += f"exec(open({str(PROGRAM)!r}).read())"
        self.expect_exit(0, self.start(sys.executable, "-c", program))


def free_port():
    """One that the system gives to no connection, so that it is still free a moment later."""
    while True:
        try:
            with socket.create_server(("127.0.0.1", random.randrange(10_000, 32_768))) as free:
                return free.getsockname()[1]
        except OSError as e:
            if e.errno != errno.EADDRINUSE:
                raise


if HAS_TORCH:

    class _InTuple(torch.nn.Module):
        """Returns a module's output in a tuple."""

        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, x):
            return (self.module(x),)


@unittest.skipUnless(HAS_TORCH, "needs PyTorch")
class ModuleTest(unittest.TestCase):
    X, Y = np.random.default_rng(1).random((6, 4), np.float32), np.array([0, 1, 2, 0, 1, 2])

    def setUp(self):
        torch.manual_seed(1)
        self.batch = Batches((self.X, self.Y), "data").first(6)
        (self.x,), self.y = self.batch.inputs, self.batch.targets

    def test_losses_become_sums(self):
        linear, target = torch.nn.Linear(4, 3), torch.nn.functional.one_hot(self.y, 3).float()
        output = linear(self.x)
        mean = functional.cross_entropy(output, self.y).item()
        weights = torch.tensor([1.0, 2.0, 3.0])
        weighted_sum = functional.cross_entropy(output, self.y, weights, reduction="sum").item()
        for loss, expected in (
            (functional.cross_entropy, 6 * mean),
            (torch.nn.CrossEntropyLoss(), 6 * mean),
            (torch.nn.CrossEntropyLoss(reduction="sum"), 6 * mean),
            (lambda output, target: functional.cross_entropy(output, target), 6 * mean),
            (lambda output, target: functional.cross_entropy(output, target, reduction="sum"), 6 * mean),
            (torch.nn.CrossEntropyLoss(weight=weights, reduction="sum"), weighted_sum),
            (lambda output, target: functional.cross_entropy(output, target, weights, reduction="sum"), weighted_sum),
        ):
            self.assertAlmostEqual(summed(loss, linear, self.batch)(output, self.y).item(), expected, 4)
        squared = summed(functional.mse_loss, linear, Batch((self.x,), target))(output, target).item()
        self.assertAlmostEqual(squared, 6 * functional.mse_loss(output, target).item(), 4)

    def test_losses_that_are_neither_mean_nor_sum(self):
        for loss, says in (
            (lambda output, target: functional.cross_entropy(output, target).sqrt(), "the mean or the sum over rows"),
            (lambda output, target: output[:, 0], r"one number, .*; found shape \[6\]"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                summed(loss, torch.nn.Linear(4, 3), self.batch)

    def test_a_loss_that_mixes_rows_is_none(self):
        class Wrapped(torch.nn.Module):
            """Its reduction does nothing."""

            reduction = "mean"

            def forward(self, output, target):
                return functional.cross_entropy(output, target).sqrt()

        # Targets [rows] beside outputs [rows, 1]: PyTorch takes all pairs of rows.
        pairs = Batch((self.x,), self.y.float())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for loss, outputs, batch in ((functional.mse_loss, 1, pairs), (Wrapped(), 3, self.batch)):
                with self.subTest(loss), self.assertRaisesRegex(Problem, "the mean or the sum over rows"):
                    summed(loss, torch.nn.Linear(4, outputs), batch)

    def test_a_mean_that_divides_by_other_than_the_rows_is_refused(self):
        linear = torch.nn.Linear(4, 3)
        for settings in ({"weight": torch.tensor([1.0, 2.0, 3.0])}, {"ignore_index": 2}):
            for loss in (
                torch.nn.CrossEntropyLoss(**settings),
                functools.partial(functional.cross_entropy, **settings),
                lambda output, target: functional.cross_entropy(output, target, **settings),
                lambda output, target: functional.nll_loss(output.log_softmax(1), target, **settings),
            ):
                with self.subTest(settings, loss=loss), self.assertRaisesRegex(Problem, "^loss: .*class weights"):
                    summed(loss, linear, self.batch)
                with self.subTest(settings, loss=loss), self.assertRaisesRegex(Problem, "^loss: .*class weights"):
                    cordee.fit(linear, (self.X, self.Y), loss=loss)

    def test_rows_that_are_met_later_are_checked_too(self):
        """Of a data set, few rows are seen at the start."""
        linear = torch.nn.Linear(4, 3)
        output = linear(self.x)
        targets = self.y
        for loss, target in (
            (torch.nn.CrossEntropyLoss(), torch.where(targets == 2, -100, targets)),
            (torch.nn.CrossEntropyLoss(), torch.full([6], -100)),
            (torch.nn.CrossEntropyLoss(weight=torch.tensor([0.5, 1.0, 1.5])), torch.full([6], 2)),
        ):
            of_rows = summed(loss, linear, self.batch)
            with self.subTest(target), self.assertRaisesRegex(Problem, "expected the mean over 6 rows, .*; found "):
                of_rows(output, target)

    def test_scaled_weights_and_a_sum_train_by_the_weighted_mean(self):
        output = torch.nn.Linear(4, 3)(self.x)
        target = torch.tensor([0, 0, 0, 1, 1, 2])
        weights = torch.tensor([1.0, 2.0, 3.0])
        scaled = weights / weights[target].mean()
        total = torch.nn.CrossEntropyLoss(weight=scaled, reduction="sum")(output, target).item()
        self.assertAlmostEqual(total / 6, functional.cross_entropy(output, target, weights).item(), 5)

    def test_honest_means_are_accepted_at_any_size(self):
        draw = torch.Generator().manual_seed(5)
        classes = torch.randint(0, 50, [1000], generator=draw)
        shares = torch.rand(1000, 50, generator=draw)
        tokens = torch.randint(0, 50, [1000, 7], generator=draw)
        logits = 100 * torch.randn(1000, 50, generator=draw)
        of_tokens = 30 * torch.randn(1000, 50, 7, generator=draw)
        smooth = functools.partial(functional.cross_entropy, label_smoothing=0.1)
        for loss, output, target in (
            (functional.cross_entropy, logits, classes),
            (smooth, logits, classes),
            (functional.cross_entropy, logits, shares / shares.sum(dim=1, keepdim=True)),
            (functional.cross_entropy, of_tokens, tokens),
            (lambda output, target: functional.cross_entropy(output, target), logits, classes),
            (functional.multi_margin_loss, logits, classes),
            (torch.nn.BCEWithLogitsLoss(weight=shares[0], pos_weight=3 * shares[1]), logits, shares),
            (functional.mse_loss, 1e4 + logits, shares),
            (functional.l1_loss, logits, shares),
            (functional.huber_loss, logits, shares),
            # Positive and negative losses that nearly cancel.
            (functional.poisson_nll_loss, logits / 50, 1 + shares),
            (functional.kl_div, logits - logits.mean(), shares),
            (lambda output, target: (output - output.mean() * 0 - target).mean(), logits - logits.mean(), shares),
        ):
            of_rows = summed(loss, torch.nn.Identity(), Batch((output[:10],), target[:10]))
            for rows in (1, 2, 3, 16, 255, 256, 1000):
                self.assertTrue(of_rows(output[:rows], target[:rows]).isfinite())

    def test_a_sample_has_rows_from_all_over_and_different_classes(self):
        def rows(data):
            return Batches(data, "data").sample(4).inputs[0].tolist()

        x, y = np.arange(1000, dtype=np.float32), np.zeros(1000, int)
        y[[371, 372, 999]] = 3, -100, 7
        drawn = rows((lambda indices: (x[indices], y[indices]), 1000))
        self.assertEqual(len(drawn), 4)
        self.assertEqual(rows((x, y)), sorted({*drawn, 0, 371, 372, 999}))
        tokens = np.ones((1000, 5), int)
        tokens[50, 3] = -100
        mask = np.ones((1000, 5), bool)
        mask[70, 4] = False
        self.assertLessEqual({*drawn, 50, 70}, set(rows((x, {"tokens": tokens, "mask": mask}))))
        self.assertEqual(rows((x[:2], y[:2])), [0, 1])

    def test_a_sample_of_periodic_rows_has_different_ones(self):
        x = np.arange(8 * 64, dtype=np.float32) % 64
        self.assertGreater(len(Batches((x, x), "data").sample(8).inputs[0].unique()), 4)

    def test_a_function_of_indices_has_to_return_as_many_rows(self):
        for inputs, targets in ((5, 5), (7, 7), (6, 5), (5, 6)):
            data = Batches((lambda indices: (np.zeros((inputs, 4)), np.zeros(targets)), 6), "validation")
            says = f"^validation: asked for 6 rows; found {inputs} of input, {targets} of target: return"
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                data.first(6)

    def test_what_fails_on_some_rows_is_said_with_their_shapes(self):
        says = r"some rows, input \[6, 4\] of float32, target \[6\] of int64: RuntimeError: mat1 and mat2"
        with self.assertRaisesRegex(Problem, says):
            cordee.fit(torch.nn.Linear(5, 3), (self.X, self.Y), loss=functional.cross_entropy)

    def test_lazy_layers_are_drawn_from_the_seed(self):
        weights = []
        for drawn, seed in ((0, 1), (5, 1), (0, 2)):
            module = torch.nn.Sequential(torch.nn.LazyLinear(3), torch.nn.LazyBatchNorm1d())
            torch.rand(drawn)
            state = torch.get_rng_state()
            materialize(module, self.batch, seed)
            self.assertTrue(torch.equal(torch.get_rng_state(), state))
            self.assertEqual(module[1].num_batches_tracked, 0)
            weights.append(module[0].weight)
        self.assertTrue(torch.equal(weights[0], weights[1]))
        self.assertFalse(torch.equal(weights[0], weights[2]))

    def test_modules_that_no_team_can_train(self):
        linear, norm = torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3)
        frozen = torch.nn.Sequential(linear, torch.nn.BatchNorm1d(3))
        frozen[1].eval()
        frozen.register_buffer("nothing", torch.tensor([torch.nan]))
        check(frozen, self.batch)
        check(torch.nn.Sequential(linear, torch.nn.BatchNorm1d(3, track_running_stats=False)), self.batch)
        expanded = torch.nn.Linear(4, 3)
        expanded.weight = torch.nn.Parameter(torch.zeros(1, 1).expand(3, 4))
        for module, says in (
            (torch.nn.Sequential(linear, norm), "BatchNorm1d '1' changes its buffer 1.running_mean in training"),
            (torch.nn.Linear(4, 3).double(), "found weight as torch.float64 on cpu: call module.float"),
            (torch.nn.Linear(4, 3).requires_grad_(False), "found none with requires_grad"),
            (expanded, "weight is expanded"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                check(module, self.batch)
        self.assertEqual(norm.running_mean.abs().sum(), 0)

    def test_rows_of_any_kind(self):
        x, y = torch.from_numpy(self.X), torch.from_numpy(self.Y)
        for data in (
            (x, y),
            [self.X.astype(np.float64), self.Y.astype(np.uint8)],
            torch.utils.data.TensorDataset(x, y),
            _Pairs(self.X, self.Y),
            list(zip(self.X, self.Y)),
            (lambda indices: (self.X[indices], self.Y[indices]), 6),
        ):
            batches = Batches(data, "data")
            self.assertEqual(batches.count, 6)
            for found, expected in zip(batches.first(4).named(), self.batch[:4].named()):
                self.assertEqual((found[0], found[1].dtype), (expected[0], expected[1].dtype))
                self.assertTrue(torch.equal(found[1], expected[1]))

    def test_read_only_rows_are_used_without_a_warning(self):
        x = self.X.copy()
        x.flags.writeable = False
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(Batches((x, self.Y), "data").first(2).inputs[0].data_ptr(), x.ctypes.data)

    def test_inputs_and_targets_may_be_in_tuples_and_dicts(self):
        mask = self.Y > 0
        pair, named = (self.X, mask), {"x": self.X, "mask": mask}
        rows = [({"x": x, "mask": m}, (y, m)) for x, y, m in zip(self.X, self.Y, mask.tolist())]
        for data, inputs, targets in (
            ((*pair, self.Y), pair, self.Y),
            ((pair, self.Y), pair, self.Y),
            ((named, pair), named, pair),
            ((self.X, named), (self.X,), named),
            (((self.X, {"deep": pair}), self.Y), (self.X, {"deep": pair}), self.Y),
            (rows, named, (self.Y, mask)),
            ([(x, *row) for x, row in zip(self.X, rows)], (self.X, named), (self.Y, mask)),
            ((lambda some: ((self.X[some], mask[some]), {"y": self.Y[some]}), 6), pair, {"y": self.Y}),
        ):
            found = Batches(data, "data").first(6)[2:5]
            self.assertEqual(_as_lists(found.inputs), _as_lists(mapped(lambda part: part[2:5], inputs)))
            self.assertEqual(_as_lists(found.targets), _as_lists(mapped(lambda part: part[2:5], targets)))
            self.assertEqual(len(found), 3)

    def test_modules_and_losses_are_called_with_the_structure(self):
        named = Batches(({"x": self.X, "mask": self.Y > 0}, {"y": self.Y}), "data").first(6)
        self.assertEqual(sorted(named.output(lambda **given: given)), ["mask", "x"])
        self.assertEqual(named.loss(lambda output, targets: (output, list(targets)), 5), (5, ["y"]))
        pair = Batches(((self.X, self.Y), self.Y), "data").first(6)
        self.assertTrue(torch.equal(pair.output(lambda x, y: y), self.y))

    def test_losses_with_a_mask_become_sums(self):
        def sums(output, targets):
            return ((output - targets["y"]) ** 2 * targets["mask"]).sum()

        def weighted(output, targets):
            return sums(output, targets) / targets["mask"].sum()

        y, mask = self.X[:, :3] * 2, np.arange(18).reshape(6, 3) % 4 > 0
        batch = Batches((self.X, {"y": y, "mask": mask}), "data").first(6)
        linear = torch.nn.Linear(4, 3)
        output = linear(self.x)
        expected = sums(output, batch.targets).item()
        for loss in (sums, lambda output, targets: sums(output, targets) / len(output)):
            found = batch.loss(summed(loss, linear, batch), output).item()
            self.assertAlmostEqual(found, expected, 4)
            several = Batch(batch.inputs, (batch.targets, batch.targets))
            found = summed(lambda output, both: loss(output[0], both[1]), _InTuple(linear), several)
            self.assertAlmostEqual(several.loss(found, (output,)).item(), expected, 4)
        with self.assertRaisesRegex(Problem, "^loss: expected the mean or the sum over rows, .* return the sum"):
            summed(weighted, linear, batch)
        batch.targets["mask"][:] = False
        with self.assertRaisesRegex(Problem, "^loss: expected losses other than 0, .*; found 0 for each of 6 rows: leave out"):
            summed(sums, linear, batch)

    def test_rows_that_are_none(self):
        for data, says in (
            (self.X, "found ndarray"),
            ((self.X,), "found 1 array"),
            ("rows.csv", "found the name of a file, rows.csv: load it first"),
            (
                torch.utils.data.DataLoader(_Pairs(self.X, self.Y), batch_size=2),
                "found a DataLoader: give loader.dataset, and batch=2",
            ),
            ((self.X, self.Y[:5]), r"equal length; found 6 rows of input, 5 rows of target"),
            ((self.X[:0], self.Y[:0]), "expected rows; found none"),
            ((self.X, {"y": self.Y, "mask": self.Y[:5]}), "6 rows of input, 6 rows of target 'y', 5 rows of target 'mask'"),
            (({"x": self.X, "mask": "all"}, self.Y), "input 'mask': expected an array of numbers; found <U3 of shape"),
            ({"x": self.X, "y": self.Y}, "expected .x, y., .*; found dict"),
            (({}, self.Y), "expected at least one array as input; found none"),
            ((self.X, np.array(["a"] * 6)), "target: expected an array of numbers; found <U1"),
        ):
            with self.subTest(says), self.assertRaisesRegex((TypeError, ValueError), "validation: .*" + says):
                Batches(data, "validation")

    def test_gradients_are_those_of_autograd(self):
        module = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3))
        functional.cross_entropy(module(self.x), self.y, reduction="sum").backward()
        expected = torch.cat([parameter.grad.flatten() for parameter in module.parameters()]).numpy()
        names = [name for name, _ in module.named_parameters()]
        layout = Layout([(name, parameter.shape) for name, parameter in module.named_parameters()])
        vector = torch.cat([parameter.detach().flatten() for parameter in module.parameters()]).numpy()
        function = ModuleFunction(module, summed(functional.cross_entropy, module, self.batch), names, 4)
        rows = Batches((self.X, self.Y), "data").rows
        for _ in range(2):
            _, gradient, correct = function.gradient(Parameters(layout, vector.copy()), rows, 7)
            np.testing.assert_allclose(gradient, expected, atol=1e-6)
            self.assertTrue(0 <= correct <= 6)

    def test_modes_come_back(self):
        module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout())
        module[1].eval()
        with every_part(module, True):
            self.assertTrue(module[1].training)
        self.assertEqual([part.training for part in module.modules()], [True, True, False])

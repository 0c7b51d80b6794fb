"""Trainings and their runs from Python, in real Java processes."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

import cordee
from cordee import java
from tests.processes import DEADLINE, ROOT, ProcessTest, wait_until

ENDLESS = "import cordee; cordee.train(rounds=10**6, out='run')"


def is_gone(process):
    """Whether a process has ended, be it that nobody has asked how."""
    try:
        return re.search(r"\) [ZX] ", Path(f"/proc/{process}/stat").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return True


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TrainTest(ProcessTest):

    def train(self, name, *job, **options):
        return cordee.train(*job, out=self.folder / name, quiet=True, **options)

    def printed(self, stream, **options):
        with contextlib.redirect_stdout(stream):
            cordee.train(rounds=5, **options)
        return stream.getvalue()

    def test_the_run_is_that_of_any_team(self):
        run = self.train("threads", rounds=20)
        processes = self.train("processes", rounds=20, workers=2, threads=1)
        peers = self.train("peers", rounds=20, workers=2, shards="each", set={"name": "digits"})
        self.assertRegex(run.digest, "^[0-9a-f]{16}$")
        self.assertEqual({run.digest}, {processes.digest, peers.digest})
        self.assertEqual((run.folder, run.outcome), (self.folder / "threads", "completed"))
        self.assertTrue(run.report.exists())
        self.assertIn("srcdoc", run._repr_html_())
        self.assertEqual(run.metrics["round"].tolist(), list(range(21)))
        self.assertLess(run.metrics["loss"][-1], run.metrics["loss"][0])
        self.assertTrue(np.isnan(run.metrics["validation_loss"]).all())
        weights = run.state_dict()
        self.assertEqual([*weights], ["layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias"])
        self.assertEqual((weights["layer1.weight"].shape, weights["layer1.weight"].dtype), ((32, 64), np.float32))
        with self.assertRaisesRegex(cordee.Problem, "best.safetensors: no such file; a job with validation rows"):
            run.state_dict(best=True)
        loaded = cordee.load(run.folder)
        self.assertEqual(loaded.digest, run.digest)
        np.testing.assert_array_equal(
            cordee.load(run.folder / "model.safetensors")["layer2.bias"], weights["layer2.bias"]
        )

    def test_a_mapping_is_a_job_and_keys_can_be_set(self):
        rng = np.random.default_rng(1)
        x = rng.normal(size=(90, 3))
        np.save(self.folder / "x.npy", x)
        np.save(self.folder / "y.npy", x @ [1.0, -2.0, 0.5])
        job = {
            "model": {"layers": np.array([3, 1]), "output": "linear"},
            "data": {
                "train": {"format": "npy", "features": Path("x.npy"), "targets": "y.npy"},
                "split": {"validation": np.float32(0.25)},
            },
            "optimizer": "rprop",
            "stop": {"rounds": np.int64(60)},
        }
        run = self.train("run", job, data=self.folder, set={"optimizer": {"name": "irprop+"}, "optimizer.min_step": 1e-07})
        self.assertIn("irprop+", (run.folder / "job.yaml").read_text(encoding="utf-8"))
        self.assertLess(run.metrics["validation_rmse"][-1], 0.01)
        np.testing.assert_allclose(run.state_dict(best=True)["layer1.weight"], [[1, -2, 0.5]], atol=0.01)
        new = rng.normal(size=(7, 3)).astype(np.float32)
        predicted = cordee.predict(run, new)
        self.assertEqual(predicted["row"].tolist(), list(range(7)))
        np.testing.assert_allclose(predicted["output0"], new @ [1.0, -2.0, 0.5], atol=0.02)
        figures = cordee.evaluate(run, new, targets=new @ [1.0, -2.0, 0.5])
        self.assertEqual(figures["rows"], 7)
        with self.assertRaisesRegex(TypeError, "a job holds texts, numbers, lists and mappings; found <object .*>"):
            cordee.train({"model": object()})

    def test_rows_are_evaluated_and_predicted(self):
        run = self.train("run", rounds=50)
        figures = cordee.evaluate(run)
        self.assertEqual(figures["rows"], 360)
        self.assertAlmostEqual(figures["accuracy"], run.metrics["test_accuracy"][-1], 6)
        self.assertEqual(cordee.evaluate(str(run.folder), part="train")["rows"], 1437)
        predicted = cordee.predict(run)
        self.assertEqual(
            predicted["class"].tolist(),
            np.argmax([predicted[f"output{digit}"] for digit in range(10)], axis=0).tolist(),
        )
        drawn = np.random.default_rng(1).uniform(0, 16, (3, 64))
        self.assertEqual(len(cordee.predict(run, drawn)["class"]), 3)

    def test_labels_of_a_table_stay_texts(self):
        table = "color,size,kind\n" + "red,1,007\nblue,2,08\n" * 20
        (self.folder / "table.csv").write_text(table, encoding="utf-8")
        job = {
            "model": {"layers": [3, 2]},
            "data": {
                "train": {"format": "csv", "file": "table.csv", "label": "kind"},
                "preprocess": {"categories": ["color"]},
            },
            "stop": {"rounds": 20},
        }
        run = self.train("run", job, data=self.folder)

        class Frame:
            def to_csv(self, path, index):
                Path(path).write_text("size,color\n2,blue\n1,red\n", encoding="utf-8")

        predicted = cordee.predict(run, Frame())
        self.assertEqual(predicted["label"].tolist(), ["08", "007"])
        self.assertEqual(predicted["class"].tolist(), [1, 0])
        with self.assertRaisesRegex(cordee.Problem, "a frame with the columns of the job's csv file; found an array"):
            cordee.predict(run, [["red", 1]])

    def test_errors_have_the_words_of_the_command_line(self):
        self.train("there", rounds=2)
        for arguments, says in (
            ({"optimizer": "adma"}, r'^--set optimizer=adma: .* found "adma"; did you mean "adam"\?$'),
            ({"workers": 0}, "^--workers must be 1 to 256; found 0$"),
            ({"set": {"stop.round": 3}}, "unknown key; did you mean"),
            ({"out": self.folder / "there"}, "^.*/there holds a run already .metrics.csv.; choose another folder"),
            ({"resume": self.folder / "nothing"}, "nothing"),
            ({"job": self.folder / "no.yaml"}, "no.yaml"),
        ):
            with self.subTest(says), self.assertRaisesRegex(cordee.Problem, says):
                cordee.train(**arguments)
        with self.assertRaisesRegex(cordee.Problem, "expected the folder of a run, with job.yaml in it"):
            cordee.load(self.folder)

    def test_a_run_goes_on(self):
        run = self.train("run", rounds=5)
        longer = cordee.train(resume=run, rounds=10, quiet=True)
        self.assertEqual(longer.folder, run.folder)
        self.assertEqual(longer.digest, self.train("whole", rounds=10).digest)

    def test_the_last_run_is_loaded_under_its_own_name(self):
        run = self.train("runs/one", rounds=2)
        loaded = cordee.load(self.folder / "runs/last")
        self.train("runs/two", rounds=3)
        self.assertEqual((loaded.folder, loaded.digest), (run.folder, run.digest))

    def test_progress_is_a_line_that_changes_in_a_terminal_only(self):
        plain = self.printed(io.StringIO(), out=self.folder / "plain")
        self.assertNotIn("\r", plain)
        self.assertRegex(plain, "(?m)^round 5/5  loss ")
        live = self.printed(Terminal(), out=self.folder / "live")
        self.assertRegex(live, r"\r\x1b\[Kround 5/5  loss .*\ncompleted after 5 rounds")
        with contextlib.redirect_stdout(io.StringIO()) as quiet:
            self.train("quiet", rounds=5)
        self.assertEqual(quiet.getvalue(), "")

    def test_calls_share_a_process_until_the_folder_changes(self):
        self.train("a", rounds=2)
        before = [session._process.pid for session in java._all]
        self.train("b", rounds=2)
        self.assertEqual(before, [session._process.pid for session in java._all])
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        run = cordee.train(rounds=2, quiet=True)
        self.assertEqual(run.folder.parent, self.folder / "runs")
        self.assertTrue(all(is_gone(process) for process in before))

    def test_threads_train_side_by_side(self):
        digests = {}

        def train(name):
            digests[name] = self.train(name, rounds=10).digest

        threads = [threading.Thread(target=train, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(digests), 3)
        self.assertEqual(len(set(digests.values())), 1)

    def test_a_forked_process_has_java_of_its_own(self):
        expected = self.train("before", rounds=5).digest
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if self.train("child", rounds=5).digest == expected else 2
                java._close_all()
            finally:
                os._exit(code)
        self.assertEqual(self.train("parent", rounds=5).digest, expected)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.train("after", rounds=5).digest, expected)

    def test_java_that_dies_is_replaced(self):
        self.train("before", rounds=2)
        for session in java._idle:
            os.kill(session._process.pid, signal.SIGKILL)
            session._process.wait()
        self.train("after", rounds=2)
        killer = threading.Timer(1, lambda: [os.kill(session._process.pid, signal.SIGKILL) for session in java._all])
        killer.start()
        with self.assertRaisesRegex(cordee.Problem, "^Java was killed, perhaps as the machine was out of memory; "):
            self.train("killed", rounds=10**6)
        killer.join()
        self.train("again", rounds=2)

    def test_java_without_memory_says_so(self):
        with mock.patch.dict(os.environ, CORDEE_JAVA_OPTS="-Xmx20m"):
            with self.assertRaisesRegex(cordee.Problem, "memory"):
                self.train("small", set={"model.layers": [64, 200_000, 10]})

    def test_what_is_not_found_is_said(self):
        with mock.patch.dict(os.environ, CORDEE_HOME=str(self.folder)):
            with self.assertRaisesRegex(cordee.Problem, f"CORDEE_HOME is {self.folder}, where neither bin/cordee nor"):
                cordee.train()
        with mock.patch.object(java, "_PACKAGE", self.folder / "elsewhere" / "cordee"), mock.patch.dict(os.environ):
            os.environ.pop("CORDEE_HOME", None)
            with self.assertRaisesRegex(cordee.Problem, "install the wheel .*, or set CORDEE_HOME"):
                java.command()
        with mock.patch.dict(os.environ, JAVA_HOME=str(self.folder)):
            with contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaisesRegex(cordee.Problem, "JAVA_HOME is .*; set it to a JDK of version 17 or later"):
                    cordee.train()


class EndTest(ProcessTest):
    """How a training ends before its time."""

    def training(self):
        """Python that trains, and its Java, once that has begun."""
        own = {"PYTHONPATH": str(ROOT / "python")}
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS],
            cwd=self.folder,
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        metrics = self.folder / "run" / "metrics.csv"
        wait_until(lambda: metrics.exists() and metrics.read_text(encoding="utf-8").count("\n") > 10, "ten rounds")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
        self.assertEqual(len(children), 1)
        return process, int(children[0])

    def test_ctrl_c_saves_the_weights_and_ends_java(self):
        process, child = self.training()
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=DEADLINE)[0]
        self.assertIn("KeyboardInterrupt", said)
        self.assertRegex(said, "(?m)^interrupted after .* rounds? in .*")
        self.assertIn("resume it with --resume run", said)
        self.assertTrue(is_gone(child))
        run = cordee.load(self.folder / "run")
        rounds = int(run.metrics["round"][-1]) + 10
        self.assertEqual([*run.state_dict()][0], "layer1.weight")
        resumed = cordee.train(resume=run, rounds=rounds, quiet=True)
        self.assertEqual(resumed.digest, cordee.train(rounds=rounds, out=self.folder / "whole", quiet=True).digest)

    def test_java_does_not_outlive_python(self):
        process, child = self.training()
        process.kill()
        began = time.monotonic()
        wait_until(lambda: is_gone(child), "Java's end")
        self.assertLess(time.monotonic() - began, 15)
        self.assertTrue((self.folder / "run" / "model.safetensors").exists())


if __name__ == "__main__":
    unittest.main()

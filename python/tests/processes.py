"""Servers and workers as processes."""

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORDEE = ROOT / "cordee"
DIGITS_WORKER = Path(__file__).with_name("digits_worker.py")
DEADLINE = 60

# A shell without job control has whatever it starts in the background ignore Ctrl-C, and so would the processes started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_until(condition, what):
    deadline = time.monotonic() + DEADLINE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {DEADLINE} s")
        time.sleep(0.02)
    return found


class ProcessTest(unittest.TestCase):
    """Has a folder of its own, and ends every process that is still there when the test is over."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.started = 0

    def start(self, *command, **environment):
        self.started += 1
        log = open(self.folder / f"{self.started}.log", "w+", encoding="utf-8")
        own = {"PYTHONPATH": str(ROOT / "python"), "OPENBLAS_NUM_THREADS": "1", **environment}
        process = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT
        )
        process.log = log
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        process.log.close()

    def server(self, *options, workers=1, listen="127.0.0.1:0", out=None):
        """A server that listens, with its address and run folder."""
        number = self.started + 1
        announced = self.folder / f"{number}.address"
        folder = out or self.folder / f"{number}.run"
        place = [] if "--resume" in options else ["--out", folder]
        server = self.start(
            CORDEE, "server", "--listen", listen, "--announce", announced, "--workers", workers, *place, *options
        )

        def address():
            self.assertIsNone(server.poll(), self.output(server))
            return announced.exists() and announced.read_text()

        server.address = wait_until(address, "the server listens")
        server.run = folder
        return server

    def worker(self, server, mode="sound", **environment):
        address = server if isinstance(server, str) else server.address
        return self.start(sys.executable, DIGITS_WORKER, mode, address, **environment)

    def java_worker(self, server):
        return self.start(CORDEE, "worker", "--server", server.address)

    def output(self, process):
        process.log.seek(0)
        return process.log.read()

    def expect_exit(self, code, *processes):
        for process in processes:
            self.assertEqual(process.wait(DEADLINE), code, self.output(process))

    def rounds(self, server):
        return len(metrics(server.run))

    def train(self, *options, workers=1, java_workers=0):
        """The run of a job to its end."""
        server = self.server(*options, workers=workers + java_workers)
        team = [self.worker(server) for _ in range(workers)] + [self.java_worker(server) for _ in range(java_workers)]
        self.expect_exit(0, server, *team)
        self.assertNotIn("differs", (server.run / "run.log").read_text())
        return server.run


def metrics(run):
    file = run / "metrics.csv"
    return list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []


def digests(run):
    return [row["digest"] for row in metrics(run)]


def losses(run):
    return [float(row["loss"]) for row in metrics(run)]


def interrupt(process):
    process.send_signal(signal.SIGINT)

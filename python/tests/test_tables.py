"""Tables of ids with workers in Python."""

import random
import sys
import unittest
from fractions import Fraction
from pathlib import Path

import numpy as np

import cordee
from tests.ids_worker import fma
from tests.processes import CORDEE, ProcessTest, digests, wait_until

WORKER = Path(__file__).with_name("ids_worker.py")
JOB = """
data:
  train: {format: csv, file: train.csv, targets: [y]}
  test: {format: csv, file: train.csv, targets: [y]}
  ids:
    words: {dim: 3, split: ' ', pool: mean, hash: 40}
    place: {dim: 2, hash: 30}
model: {inputs: 6, layers: [1], output: linear}
partitions: 7
stop: {rounds: 12}
"""
# Two shards need several chunks.
WIDE = (
    JOB.replace("hash: 30", "hash: 3000")
    .replace("dim: 3", "dim: 33")
    .replace("inputs: 6", "inputs: 36")
)


CSV = "{format: csv, file: train.csv, targets: [y]}"
EXTERNAL = JOB.replace(CSV, "{format: external, name: train, labels: false}")


class TablesTest(ProcessTest):
    def setUp(self):
        super().setUp()
        draw = random.Random(1)
        lines = ["place,words,x,y"]
        for _ in range(300):
            words = " ".join(f"w{draw.randrange(60)}" for _ in range(draw.randrange(5)))
            lines.append(
                f"p{draw.randrange(25)},{words},{draw.gauss(0, 1):.2f},{draw.gauss(0, 1):.3f}"
            )
        self.rows = self.folder / "train.csv"
        self.rows.write_text("\n".join(lines) + "\n")

    def job(self, text=JOB):
        job = self.folder / "job.yaml"
        job.write_text(text)
        return "--job", job

    def python_worker(self, address):
        """One that is given the job's rows."""
        return self.start(sys.executable, WORKER, address, self.folder)

    def worker_with_rows(self, address):
        return self.start(sys.executable, WORKER, address, self.rows)

    def java_worker(self, address):
        return self.start(CORDEE, "worker", "--server", address, "--data", self.folder)

    def digests(self, *options, team):
        """Those of a team, of which each worker is started by a function of the server's address."""
        server = self.server(*options, workers=len(team))
        workers = [start(server.address) for start in team]
        self.expect_exit(0, server, *workers)
        self.assertNotIn("cannot write", self.output(server))
        return digests(server.run)

    def test_digests_are_those_of_a_worker_in_java(self):
        for optimizer in (
            ("batch=full", "optimizer=irprop-"),
            ("batch=full", "optimizer=irprop-", "compression.weights=floats"),
            ("batch=full", "optimizer=signsgd"),
            ("batch=full", "optimizer=lion"),
            ("batch=100", "optimizer=adam"),
            ("batch=5", "optimizer=nesterov"),
        ):
            with self.subTest(optimizer):
                options = [
                    *self.job(),
                    *(part for key in optimizer for part in ("--set", key)),
                ]
                expected = self.digests(*options, team=[self.java_worker])
                self.assertEqual(len(expected), 13)
                self.assertEqual(self.digests(*options, team=[self.python_worker, self.java_worker]), expected)

    def test_shards(self):
        lead = self.server(*self.job(WIDE), "--shard", "0/2")
        other = self.server("--shard", "1/2", "--lead", lead.address)
        worker = self.python_worker(f"{lead.address},{other.address}")
        self.expect_exit(0, lead, other, worker)
        self.assertEqual(digests(lead.run), self.digests(*self.job(WIDE), team=[self.java_worker]))

    def test_rows_of_a_program_give_the_digests_of_those_of_a_file(self):
        expected = self.digests(*self.job(), team=[self.java_worker])
        self.assertEqual(self.digests(*self.job(EXTERNAL), team=[self.worker_with_rows] * 2), expected)

    def test_a_killed_worker_cannot_show(self):
        job = (*self.job(EXTERNAL), "--rounds", 150)
        server = self.server(*job, workers=3)
        killed, *others = [self.worker_with_rows(server.address) for _ in range(3)]
        wait_until(lambda: self.rounds(server) > 20, "the first rounds")
        killed.kill()
        self.expect_exit(0, server, *others)
        self.assertEqual(digests(server.run), self.digests(*job, team=[self.worker_with_rows]))

    def test_a_worker_without_functions_has_no_external_rows(self):
        server = self.server(*self.job(EXTERNAL), "--set", "team.wait=1")
        self.expect_exit(1, server, self.java_worker(server.address))
        self.assertIn("rows train: the job's data are external", self.output(server))

    def test_ids_that_do_not_fit_the_job(self):
        place, words = ["p"] * 300, [["w"]] * 300
        numbered = EXTERNAL.replace("hash: 30", "rows: 30")
        for ids, job, says in (
            ({"place": place}, EXTERNAL, "rows: expected ids of words, as in the job's data.ids; found place"),
            (
                {"place": [30] * 300, "words": words},
                numbered,
                "ids of place: expected numbers of rows from 0 to 29; found 30",
            ),
        ):
            with self.subTest(says):
                server = self.server(*self.job(job), "--set", "team.wait=1")
                rows = cordee.WithIds(
                    (np.zeros((300, 1), np.float32), np.zeros(300, np.float32)), ids
                )
                end = cordee.work(
                    server.address, gradient=len, rows=rows, test=rows, wait=20
                )
                self.expect_exit(1, server)
                self.assertIn(says, end.message)


class ArithmeticTest(unittest.TestCase):
    def test_sums_are_rounded_once(self):
        random = np.random.default_rng(1)
        bits = random.integers(0, 1 << 32, (3, 200_000), np.uint32)
        a, b, c = bits.view(np.float32)
        with np.errstate(all="ignore"):
            c[::2] = -a[::2] * b[::2] * np.float32(1 + 2**-12)  # next to cancelling out
            found = fma(a, b, c)
            sane = np.flatnonzero(
                np.isfinite(a) & np.isfinite(b) & np.isfinite(c) & np.isfinite(found)
            )
        for i in sane[:20_000]:
            exact = Fraction(float(a[i])) * Fraction(float(b[i])) + Fraction(
                float(c[i])
            )
            off = abs(Fraction(float(found[i])) - exact)
            for other in np.nextafter(found[i], np.float32([-np.inf, np.inf])):
                if np.isfinite(other):
                    apart = abs(Fraction(float(other)) - exact)
                    self.assertTrue(
                        off < apart
                        or off == apart
                        and found[i].view(np.uint32) % 2 == 0,
                        (a[i], b[i], c[i]),
                    )

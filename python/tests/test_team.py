"""Workers in Python with real servers, as processes."""

import re
import subprocess

import numpy as np

import cordee
from tests.processes import ProcessTest, digests, interrupt, losses, metrics, wait_until

QUIET_ROUNDS = 250
RPROP = ("--set", "checkpoint.every=20")
LION = ("--optimizer", "lion", "--set", "optimizer.schedule=cosine", "--set", "optimizer.schedule_rounds=20")
BATCHES = ("--batch", 300, "--optimizer", "gd", "--set", "optimizer.learning_rate=0.5")
# Sixteen chunks, and so up to as many shards.
# A job whose only worker has failed waits no longer for another one.
NOBODY_ELSE = ["--set", "team.wait=1"]
LARGE = ("--optimizer", "gd", "--set", "model.layers=[64,1200,10]", "--set", "partitions=3")


class TeamTest(ProcessTest):
    quiet = []

    def test_what_a_function_does_not_measure_is_not_made_up(self):
        row = metrics(self.train("--rounds", 3))[-1]
        self.assertTrue(row["test_loss"] and row["test_accuracy"])
        self.assertEqual([row.get(name, "") for name in ("test_precision", "test_recall", "test_f1", "test_auc")], [""] * 4)

    def test_digests_are_those_of_any_team(self):
        self.expect_quiet_digests(self.train("--rounds", 25, *RPROP, workers=3))
        self.expect_quiet_digests(self.train("--rounds", 25, *RPROP, "--set", "compression.weights=floats", workers=2))

    def test_a_killed_worker_and_one_that_is_interrupted_cannot_show(self):
        server = self.server("--rounds", QUIET_ROUNDS, *RPROP, workers=3)
        killed, interrupted, last = (self.worker(server) for _ in range(3))
        wait_until(lambda: self.rounds(server) > 20, "the first rounds")
        killed.kill()
        wait_until(lambda: self.rounds(server) > 60, "more rounds")
        interrupt(interrupted)
        self.expect_exit(0, server, last)
        self.expect_exit(130, interrupted)
        self.assertEqual(self.output(interrupted), "interrupted by Ctrl-C\n")
        self.expect_quiet_digests(server.run)

    def test_a_worker_outlives_its_server(self):
        server = self.server("--rounds", QUIET_ROUNDS, *RPROP)
        worker = self.worker(server)
        wait_until(lambda: self.rounds(server) > 50, "the first rounds")
        server.kill()
        server.wait()
        again = self.server("--resume", server.run, listen=server.address, out=server.run)
        self.expect_exit(0, again, worker)
        self.assertIn("lost the connection", self.output(worker))
        self.expect_quiet_digests(server.run)

    def expect_quiet_digests(self, run):
        """Those of one worker that nothing happens to."""
        if not self.quiet:
            self.quiet.extend(digests(self.train("--rounds", QUIET_ROUNDS, *RPROP)))
        self.assertEqual(digests(run), self.quiet[: len(digests(run))])

    def test_other_signs_are_replayed_to_the_same_bits(self):
        replayed = digests(self.train("--rounds", 25, *LION, "--set", "compression.check_every=1", workers=2))
        self.assertEqual(digests(self.train("--rounds", 25, *LION, "--set", "compression.weights=floats")), replayed)

    def test_shards(self):
        lead = self.server("--rounds", 3, *LARGE, "--shard", "0/2")
        other = self.server("--shard", "1/2", "--lead", lead.address)
        worker = self.worker(f"{lead.address},{other.address}")
        self.expect_exit(0, lead, other, worker)
        self.assertEqual(digests(lead.run), digests(self.train("--rounds", 3, *LARGE)))

    def test_teams_of_both_kinds(self):
        """Their bits differ, as a BLAS adds in another order than Cordee; so the numbers are close, not equal."""
        java = self.train("--rounds", 20, *BATCHES, workers=0, java_workers=1)
        both = self.train("--rounds", 20, *BATCHES, workers=1, java_workers=1)
        np.testing.assert_allclose(losses(both), losses(java), rtol=1e-4)
        for name, tensor in cordee.load(java / "model.safetensors").items():
            np.testing.assert_allclose(cordee.load(both / "model.safetensors")[name], tensor, atol=1e-5)

    def test_rounded_sums_are_those_of_any_team(self):
        """One worker adds up all by NumPy; of three, the server in Java does the rest."""
        for gradients in ("bfloat16", "int8"):
            with self.subTest(gradients):
                job = ("--rounds", 8, "--optimizer", "adam", "--set", "compression.gradients=" + gradients)
                self.assertEqual(digests(self.train(*job, workers=3)), digests(self.train(*job)))

    def test_an_interrupted_job(self):
        server = self.server("--rounds", 100_000)
        worker = self.worker(server)
        wait_until(lambda: self.rounds(server) > 5, "the first rounds")
        interrupt(server)
        self.expect_exit(130, server, worker)
        self.assertIn("interrupted", self.output(worker))


class FailureTest(ProcessTest):
    """What is wrong with a function is said on both sides, in one line, and ends the job."""

    def test_mistakes_in_a_gradient_function(self):
        for mode, says in {
            "short": "expected a vector of 2410 gradients; found one of shape [2409]",
            "not_finite": "the gradient of layer1.bias is not finite",
            "raising": "the gradient function failed: LookupError: no such word: gradeint",
            "drifting": "the gradient function is not deterministic",
        }.items():
            with self.subTest(mode):
                server = self.server("--rounds", 5, *NOBODY_ELSE)
                worker = self.worker(server, mode)
                self.expect_exit(1, server, worker)
                said, heard = self.output(worker), self.output(server)
                self.assertEqual(said.count(says), 1, said)
                self.assertRegex(said, "(?m)^failed .*" + re.escape(says))
                self.assertRegex(heard, "(?m)^failed: .*" + re.escape(says))
                self.assertEqual("Traceback" in said, mode == "raising")
                self.assertNotIn("Traceback", heard)

    def test_an_optimizer_that_needs_second_derivatives(self):
        server = self.server("--rounds", 5, "--optimizer", "newton", *NOBODY_ELSE)
        worker = self.worker(server)
        self.expect_exit(1, server, worker)
        self.assertIn("gives no curvature, which the job's optimizer needs", self.output(server))

    def test_nobody_answers(self):
        with self.assertLogs("cordee", "INFO") as log:
            end = cordee.work("127.0.0.1:1", gradient=len, rows=3, wait=1)
        self.assertEqual(len(log.records), 2)
        self.assertEqual(end.how, "failed")
        self.assertIn("is the server running, and the address right?", end.message)

    def test_plain_text_stays_on_this_machine(self):
        with self.assertRaisesRegex(ValueError, "not a loopback address"):
            cordee.work("192.0.2.1:7311", gradient=len, rows=3)

    def test_arguments_of_the_wrong_kind(self):
        for arguments, says in (
            ({"gradient": {"a": 1}, "rows": 3}, "gradient: expected a function of parameters and rows; found dict"),
            ({"gradient": len, "measure": 0.5, "rows": 3}, "measure: expected a function .*; found float"),
            ({"gradient": len, "rows": 3, "test": 1.5}, "test: expected arrays, .*; found float"),
            ({"gradeint": len, "rows": 3}, "gradeint"),
        ):
            with self.subTest(says), self.assertRaisesRegex(TypeError, says):
                cordee.work("127.0.0.1:1", wait=0, **arguments)


class SecurityTest(ProcessTest):
    """Mutual TLS and a token."""

    def setUp(self):
        super().setUp()
        self.certify("ca", "-x509", "-subj", "/CN=authority")
        for name in ("server", "worker"):
            self.certify(
                name,
                "-x509",
                "-subj",
                f"/CN={name}",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-CA",
                self.file("ca.pem"),
                "-CAkey",
                self.file("ca-key.pem"),
            )
        self.file("token").write_text("a-token-of-the-team\n")
        self.file("token").chmod(0o600)
        self.tls = {
            "CORDEE_TLS_CA": self.file("ca.pem"),
            "CORDEE_TLS_CERT": self.file("worker.pem"),
            "CORDEE_TLS_KEY": self.file("worker-key.pem"),
            "CORDEE_TOKEN_FILE": self.file("token"),
        }
        self.secured = self.server(
            "--rounds",
            5,
            "--tls-ca",
            self.file("ca.pem"),
            "--tls-cert",
            self.file("server.pem"),
            "--tls-key",
            self.file("server-key.pem"),
            "--token-file",
            self.file("token"),
        )

    def file(self, name):
        return self.folder / name

    def certify(self, name, *options):
        subprocess.run(
            [
                "openssl",
                "req",
                *options,
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-keyout",
                self.file(f"{name}-key.pem"),
                "-out",
                self.file(f"{name}.pem"),
            ],
            check=True,
            capture_output=True,
        )
        self.file(f"{name}-key.pem").chmod(0o600)

    def refused(self, without=(), **other):
        shown = {name: str(file) for name, file in (self.tls | other).items() if name not in without}
        worker = self.worker(self.secured, **shown)
        self.expect_exit(1, worker)
        return self.output(worker)

    def test_who_is_let_in(self):
        own = ("CORDEE_TLS_CERT", "CORDEE_TLS_KEY")
        self.assertIn("CERTIFICATE_REQUIRED", self.refused(without=own).upper().replace(" ", "_"))
        self.assertIn("speaks TLS, this side plain text", self.refused(without=("CORDEE_TLS_CA", *own)))
        self.assertRegex(self.refused(CORDEE_TLS_CA=self.file("worker.pem")), "the server .* is not trusted: unable to find")
        self.assertIn("this server requires a token", self.refused(without=("CORDEE_TOKEN_FILE",)))
        worker = self.worker(self.secured, **{name: str(file) for name, file in self.tls.items()})
        self.expect_exit(0, worker, self.secured)

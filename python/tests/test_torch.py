"""The example whose gradients are PyTorch's."""

import importlib.util
import os
import subprocess
import sys
import unittest

import cordee
from tests.processes import ROOT, ProcessTest, digests

EXAMPLE = ROOT / "examples/python"


@unittest.skipUnless(importlib.util.find_spec("torch"), "needs PyTorch")
class TorchTest(ProcessTest):
    def test_digests_are_those_of_any_team(self):
        first = self.folder / "init.safetensors"
        environment = os.environ | {"PYTHONPATH": str(ROOT / "python")}
        subprocess.run([sys.executable, EXAMPLE / "torch_worker.py", "--save", first], check=True, env=environment)
        self.assertEqual([array.shape for array in cordee.load(first).values()], [(8, 1, 3, 3), (8,), (10, 288), (10,)])
        self.job = self.folder / "torch.yaml"
        self.job.write_text((EXAMPLE / "torch.yaml").read_text())
        self.assertEqual(digests(self.torch_run(workers=1)), digests(self.torch_run(workers=2)))

    def torch_run(self, workers):
        server = self.server("--job", self.job, "--rounds", 10, workers=workers)
        team = [self.start(sys.executable, EXAMPLE / "torch_worker.py", server.address) for _ in range(workers)]
        self.expect_exit(0, server, *team)
        return server.run

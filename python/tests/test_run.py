"""cordee-run as a task of Slurm, without Slurm."""

import os
import sys
import unittest

from tests.processes import ProcessTest


class SlurmTest(ProcessTest):
    """All tasks of a step meet in a folder that its user alone can read."""

    def setUp(self):
        super().setUp()
        self.program = self.folder / "program.py"
        self.program.write_text("import os; print('met in', os.environ['CORDEE_MEETING'])")
        self.meeting = self.folder / "runs" / ".slurm-7.0.0"

    def task(self, rank):
        step = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": str(rank)}
        return self.start(
            *(sys.executable, "-m", "cordee.run", self.program), SLURM_SUBMIT_DIR=str(self.folder), **step
        )

    def expect_refusal(self, says):
        task = self.task(1)
        self.expect_exit(1, task)
        self.assertRegex(self.output(task), rf"^cordee-run: .*/runs/\.slurm-7\.0\.0: expected .*; found {says}")
        self.assertNotIn("met in", self.output(task))

    def test_the_first_task_makes_it_and_the_others_find_it(self):
        for rank in (1, 0):
            task = self.task(rank)
            self.expect_exit(0, task)
            self.assertEqual(self.output(task), f"met in {self.meeting}\n")
            if rank == 1:
                self.assertEqual(self.meeting.stat().st_mode & 0o777, 0o700)
        self.assertFalse(self.meeting.exists())

    def test_a_folder_that_others_can_enter_is_refused(self):
        self.meeting.mkdir(parents=True)
        for mode in (0o755, 0o770, 0o701):
            self.meeting.chmod(mode)
            self.expect_refusal(f"mode {mode:o}")

    def test_a_link_to_a_folder_is_refused(self):
        own = self.folder / "own"
        own.mkdir(mode=0o700)
        self.meeting.parent.mkdir()
        self.meeting.symlink_to(own)
        self.expect_refusal("a link or a file")

    @unittest.skipUnless(os.getuid() == 0, "needs root, to give a folder away")
    def test_a_folder_of_another_user_is_refused(self):
        self.meeting.mkdir(mode=0o700, parents=True)
        os.chown(self.meeting, 65534, -1)
        self.expect_refusal("a folder of user 65534")

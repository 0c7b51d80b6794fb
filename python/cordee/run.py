"""cordee-run: starts a program as several processes, whose cordee.fit trains by all of them.

usage: cordee-run [--workers N] PROGRAM.py [ARGUMENT...]
       cordee-run [--workers N] -m MODULE [ARGUMENT...]

On this machine it starts N processes (default: one for each processor); under Slurm, as in srun cordee-run PROGRAM.py, the
tasks are the processes. The first one also has the server of each training.

Otherwise start the program itself, with CORDEE_RANK (from 0), CORDEE_WORLD and CORDEE_SERVER, the HOST:PORT where the first
one's server listens, or by torchrun with CORDEE_SERVER. That server needs the files of docs/security.md, or CORDEE_INSECURE=1
on a network that nobody else is on.
"""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

from cordee.folders import temporary_folder
from cordee.processes import ending_with_this

_PAUSE = 0.05
# For the processes to end by themselves once they have been told.
_LEAVING = 45


def main(arguments: "Optional[list[str]]" = None) -> int:
    """Runs the command, and returns its exit code."""
    workers, program = _parsed(sys.argv[1:] if arguments is None else arguments)
    if program is None:
        print(__doc__.strip())
        return 0
    if int(os.environ.get("SLURM_STEP_NUM_TASKS", "1")) > 1:
        return _as_task_of_slurm(program)
    with temporary_folder() as meeting:
        common = {"CORDEE_WORLD": str(workers), "CORDEE_MEETING": str(meeting), "CORDEE_HOSTS": "1"}
        return _Processes(program, [{**common, "CORDEE_RANK": str(rank)} for rank in range(workers)]).run()


def _parsed(arguments):
    workers = os.cpu_count() or 1
    while arguments and arguments[0].startswith("-") and arguments[0] != "-m":
        option, *arguments = arguments
        if option in ("-h", "--help"):
            return workers, None
        option, equals, value = option.partition("=")
        if option != "--workers":
            sys.exit(f"cordee-run: unknown option {option}; expected --workers N, then a program; see --help")
        if not equals:
            value, arguments = (arguments or [""])[0], arguments[1:]
        if not value.isdecimal() or int(value) < 1:
            sys.exit(f"cordee-run: --workers: expected a number of at least 1; found {value!r}")
        workers = int(value)
    if not arguments or arguments == ["-m"]:
        sys.exit("cordee-run: expected a program, as in cordee-run --workers 4 train.py; found none; see --help")
    return workers, arguments


def _as_task_of_slurm(program):
    """One process. All tasks meet in a folder below that which the job was submitted from."""
    of = os.environ
    number = f"{of['SLURM_JOB_ID']}.{of['SLURM_STEP_ID']}.{of.get('SLURM_RESTART_COUNT', '0')}"
    meeting = _private(Path(of.get("SLURM_SUBMIT_DIR", "."), "runs", f".slurm-{number}").absolute())
    place = {
        "CORDEE_RANK": of["SLURM_PROCID"],
        "CORDEE_WORLD": of["SLURM_STEP_NUM_TASKS"],
        "CORDEE_MEETING": str(meeting),
        "CORDEE_HOSTS": of.get("SLURM_STEP_NUM_NODES", "1"),
    }
    code = _Processes(program, [place]).run()
    # Otherwise others may still read why.
    if of["SLURM_PROCID"] == "0" and code == 0:
        shutil.rmtree(meeting, ignore_errors=True)
    return code


def _private(folder):
    """Makes a folder, or finds the one that another task made. Whoever may enter it can read the tokens in it, or plant some."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    mode = stat.S_IMODE(found.st_mode) & 0o777
    if not stat.S_ISDIR(found.st_mode):
        what = "a link or a file"
    elif found.st_uid != os.getuid():
        what = f"a folder of user {found.st_uid}"
    elif mode != 0o700:
        what = f"mode {mode:o}"
    else:
        return folder
    sys.exit(
        f"cordee-run: {folder}: expected a folder of user {os.getuid()} with mode 700; found {what}: remove it, or submit the "
        f"job from a folder where only you can write"
    )


class _Processes:
    def __init__(self, program, places):
        """places: what is to be added to the environment of each."""
        self._program, self._places = program, places
        self._processes, self._signal = [], None

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._remember)
        try:
            for place in self._places:
                # In a session of its own: at a terminal, Ctrl-C is passed on once, by this process.
                process = subprocess.Popen(
                    [sys.executable, *self._program],
                    env={**os.environ, **place},
                    start_new_session=True,
                    preexec_fn=ending_with_this(signal.SIGTERM),
                )
                self._processes.append(process)
            return self._wait()
        finally:
            self._tell(signal.SIGKILL)

    def _remember(self, number, frame):
        self._signal = number

    def _wait(self):
        """The first process's exit code, or that of one that has failed. What a killed one did, the others do."""
        first, *others = self._processes
        told, deadline, dead = None, None, set()
        while any(process.poll() is None for process in self._processes):
            for process in others:
                if (process.poll() or 0) < 0 and process not in dead and told is None:
                    dead.add(process)
                    rank = self._processes.index(process)
                    print(f"cordee-run: process {rank} was killed by signal {-process.returncode}", file=sys.stderr)
            if first.poll() or any((process.poll() or 0) > 0 for process in others):
                self._signal = self._signal or signal.SIGTERM
            if self._signal and told is None:
                told, deadline = self._signal, time.monotonic() + _LEAVING
                self._tell(told)
            if deadline and time.monotonic() > deadline:
                return 128 + told
            time.sleep(_PAUSE)
        if told == signal.SIGINT:
            return 128 + told
        codes = [first.poll(), *(process.poll() for process in others if process not in dead)]
        code = next((code for code in codes if code), 0)
        return code if code >= 0 else 128 - code

    def _tell(self, number):
        for process in self._processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(number)


if __name__ == "__main__":
    sys.exit(main())

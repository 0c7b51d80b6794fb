"""Workers whose gradients are functions of this program."""

import contextlib
import json
import logging
import os
import platform
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import numpy as np

from cordee.children import FunctionThreads
from cordee.function import Function
from cordee.java import command
from cordee.processes import ending_with_this

log = logging.getLogger("cordee")

_COMPLETED, _INTERRUPTED, _FAILED = "completed", "interrupted", "failed"
_EXIT_CODES = {_COMPLETED: 0, _INTERRUPTED: 130, _FAILED: 1}
# The exit code of a command with wrong options.
_WRONG_USE = 2
# Seconds that a worker has to take leave of its server.
_LEAVING = 10
_LEVELS = {"WARN": logging.WARNING, "DEBUG": logging.DEBUG}


@dataclass(frozen=True)
class End:
    """The end of a job for this worker: completed, interrupted or failed, and a message for people."""

    how: str
    message: str

    @property
    def exit_code(self) -> int:
        """The exit code of ``cordee worker``."""
        return _EXIT_CODES[self.how]


def work(
    server: Optional[str] = None,
    *,
    gradient: Callable,
    rows: Any = None,
    measure: Optional[Callable] = None,
    validation: Any = None,
    test: Any = None,
    threads: int = 1,
    name: Optional[str] = None,
    ca: "Optional[os.PathLike]" = None,
    certificate: "Optional[os.PathLike]" = None,
    key: "Optional[os.PathLike]" = None,
    token: "Optional[os.PathLike]" = None,
    insecure: bool = False,
    wait: int = 600,
    data: "Optional[os.PathLike]" = None,
    arithmetic: Optional[str] = None,
) -> End:
    """Starts ``cordee worker``, which has this process compute gradients until the job is over; returns how it has ended.

    server: HOST:PORT; of a sharded server that of shard 0, or of all shards in order, separated by commas. Or CORDEE_SERVER.
    gradient: a function of parameters and rows that returns (loss, gradients) or (loss, gradients, correct): sums over
        the rows, not means. If it has a parameter named noise, that is what to seed random numbers with. See
        docs/python.md for what it is given and may return.
    rows, validation, test: for a job whose rows are external: a tuple of arrays of equal length, anything that can be
        sliced, or a number, whose rows are indices. For a job with data.ids, WithIds of any of these. Without them, the
        functions are given the job's rows, as (features, targets).
    measure: a function of parameters and rows that returns loss or (loss, correct), for the rows that are evaluated;
        without one, their gradient is computed and dropped.
    threads: partitions computed at a time, each by a thread of this process.
    name: for people; by default, the host and the lowest number that is free there.
    ca, certificate, key, token: PEM files and the file of the team's token; or CORDEE_TLS_CA, CORDEE_TLS_CERT,
        CORDEE_TLS_KEY, CORDEE_TOKEN_FILE.
    insecure: plain text with another machine.
    wait: seconds to go on trying to connect, at first and whenever the connection is lost.
    data: the folder with the job's files (./data).
    arithmetic: what decides the bits of the gradients, in a few words; by default, the library and the processor.

    Returns an End that says what was wrong, if anything was. The worker logs to "cordee"; errors are at level INFO there, as
    they are returned, too, but for the traceback of a function that failed. Ctrl-C raises KeyboardInterrupt; the job goes on
    with the other workers. Raises ValueError if an argument is wrong.
    """
    for argument, given in (("gradient", gradient), ("measure", measure)):
        if not callable(given) and (argument == "gradient" or given is not None):
            raise TypeError(f"{argument}: expected a function of parameters and rows; found {type(given).__name__}")
    function = Function(
        gradient, measure, {"train": rows, "validation": validation, "test": test}, arithmetic or _arithmetic()
    )
    function.on_failure = _log_failure
    options = {
        "server": server,
        "threads": threads,
        "name": name,
        "tls-ca": ca,
        "tls-cert": certificate,
        "tls-key": key,
        "token-file": token,
        "wait": wait,
        "data": data,
    }
    with FunctionThreads(function) as functions:
        given = [f"--{option}={value}" for option, value in options.items() if value is not None]
        worker = WorkerProcess([*given, *["--insecure"] * insecure, f"--function={functions.command}"], _log)
        try:
            end = worker.wait()
        finally:
            worker.stop()
    if worker.poll() == _WRONG_USE:
        raise ValueError(_in_words_of_python(end.message, options))
    return end


def _in_words_of_python(message, options):
    """Puts the names of arguments into a message, for those of the options of ``cordee worker``."""
    arguments = {"tls-ca": "ca", "tls-cert": "certificate", "tls-key": "key", "token-file": "token", "insecure": "insecure"}
    names = {option: option for option in options} | arguments
    return re.sub(r"--([a-z-]+)", lambda found: names.get(found[1], found[0]), message)


def _arithmetic():
    for library in ("torch", "jax", "tensorflow"):
        if library in sys.modules:
            return f"{library} {getattr(sys.modules[library], '__version__', '')} on {platform.machine()}"
    return f"numpy {np.__version__} on {platform.machine()}"


def _log_failure(message, cause):
    if cause is not None:
        log.error("this worker cannot go on", exc_info=cause)


def _log(record):
    # Errors are at level INFO: work returns them, and its caller prints them.
    log.log(_LEVELS.get(record.get("level"), logging.INFO), "%s", record["message"])


class WorkerProcess:
    """A worker in Java, as a child of this process."""

    def __init__(
        self,
        options: Sequence[str],
        show: "Callable[[Dict[str, Any]], None]",
        environment: "Optional[Mapping[str, str]]" = None,
    ):
        """show: a function that a thread of its own calls with each line of the worker's log."""
        self._show = show
        self._errors: "List[str]" = []
        self._end: "Optional[End]" = None
        self._has_begun = self._has_waited = False
        # In a session of its own, so that Ctrl-C at a terminal does not reach it.
        self._process = subprocess.Popen(
            [*command(), "worker", "--log-format=json", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=ending_with_this(signal.SIGTERM),
        )
        self._reader = threading.Thread(target=self._read, name="cordee-worker-log", daemon=True)
        self._reader.start()

    def _read(self):
        with self._process.stderr as lines:
            for line in lines:
                self._take(line)

    def _take(self, line):
        try:
            record = json.loads(line)
            record["message"]
        except (ValueError, TypeError, KeyError):
            # The launcher or a function process has printed it.
            record = {"level": "ERROR", "message": line.rstrip("\n")}
        # Lines without a thread are the launcher's, which may be building Cordee.
        self._has_begun |= "thread" in record
        if record.get("level") == "ERROR":
            self._errors.append(record["message"])
        if record.get("event") == "over":
            self._end = End(record["outcome"], record["message"].removeprefix("the job is over: "))
        try:
            self._show(record)
        except Exception as e:
            log.warning("a line of the worker's log is lost: %s", e)

    def poll(self) -> Optional[int]:
        """Returns the exit code, once it has ended; that of a signal is below 0."""
        code = self._process.poll()
        # A process that it has left behind may hold the log open.
        if code is not None and not self._has_waited:
            self._reader.join(_LEAVING)
            self._has_waited = True
        return code

    def wait(self) -> End:
        """Waits for its end, and returns how it has ended."""
        self._process.wait()
        return self.end()

    def end(self) -> End:
        """Returns how a worker that is gone has ended."""
        code = self.poll()
        if self._end is not None:
            return self._end
        how = next((how for how, own in _EXIT_CODES.items() if own == code), _FAILED)
        said = "\n".join(self._errors[-3:])
        return End(how, said or f"the worker has ended with exit code {code}")

    def stop(self) -> None:
        """Ends it, if it is still there; it takes leave of its server first."""
        try:
            if self.poll() is None:
                self._signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_LEAVING)
        finally:
            self.kill()

    def kill(self) -> None:
        if self.poll() is None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number):
        """Sends a signal to the worker; while the launcher builds, and to kill, to all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            if self._has_begun and number != signal.SIGKILL:
                os.kill(self._process.pid, number)
            else:
                os.killpg(self._process.pid, number)

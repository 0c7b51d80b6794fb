"""The processes of a training by several programs: a server, and a worker in each."""

import contextlib
import itertools
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Optional

from cordee.java import command
from cordee.problem import Problem
from cordee.processes import Deaths, ending_with_this, how
from cordee.worker import WorkerProcess

_PAUSE = 0.02
# For a server to save when it is told to end, or to end by itself, for workers to leave once it has ended, for what another
# process has to do.
_SAVING, _ENDING, _LEAVING, _APPEARING = 30, 1, 10, 600
# Exit codes of a server that was killed, or ran out of memory.
_DEATHS = (3, 134, 137, 139)
# These ask a server to end: its workers leave, and are not there for a resumed run.
_REQUESTS = (signal.SIGINT, signal.SIGTERM)
_SECRETS = ("CORDEE_TLS_CA", "CORDEE_TLS_CERT", "CORDEE_TLS_KEY", "CORDEE_TOKEN_FILE")
_calls = itertools.count()


class Place:
    """The place of this process among those that run one program: alone, or of several, the first of which has the server.

    They meet in a folder that they all see, and nobody else, where the first one leaves a notice for each training; or at
    an address that they have been told.
    """

    def __init__(self):
        """Reads the environment: CORDEE_RANK and CORDEE_WORLD (or torchrun's RANK and WORLD_SIZE), with CORDEE_SERVER; or
        what ``cordee-run`` sets."""
        self.call = next(_calls)
        meeting, self._server = os.environ.get("CORDEE_MEETING"), os.environ.get("CORDEE_SERVER")
        self.meeting = meeting and Path(meeting)
        ranks = [os.environ.get("CORDEE_RANK"), os.environ.get("CORDEE_WORLD")]
        if self._server and ranks == [None, None]:
            ranks = [os.environ.get("RANK"), os.environ.get("WORLD_SIZE")]
        if ranks == [None, None]:
            ranks, self.meeting, self._server = ["0", "1"], None, None
        elif not (all(ranks) and all(map(str.isdecimal, ranks))) or not (meeting or self._server):
            raise Problem(
                f"expected CORDEE_RANK, CORDEE_WORLD and CORDEE_SERVER, the HOST:PORT where the first process's server "
                f"listens; found {ranks[0]}, {ranks[1]} and {self._server}: set all of them, or use cordee-run"
            )
        self.rank, self.world = map(int, ranks)
        self._hosts = int(os.environ.get("CORDEE_HOSTS", "1"))

    @property
    def is_told(self) -> bool:
        """Tells whether the address, and what to show there, come from the environment."""
        return self.meeting is None and self._server is not None

    def address(self) -> str:
        """Returns where the server of this training is: each training of the program has a port of its own."""
        host, _, port = self._server.rpartition(":")
        if not host or not port.isdecimal():
            raise Problem(f"CORDEE_SERVER: expected HOST:PORT; found {self._server!r}")
        return f"{host}:{int(port) + self.call}"

    def notice(self, folder: Path) -> Path:
        """Returns the file that tells the others of this training's server."""
        return (self.meeting or folder) / f"server-{self.call}.json"

    def listen(self, folder: Path) -> "tuple[list[str], list[str]]":
        """Returns options of the server, and those of its workers: for this training alone, a token, and a certificate where there
        are several hosts."""
        if self.is_told:
            insecure = ["--insecure"] * (os.environ.get("CORDEE_INSECURE") == "1")
            return ["--listen", self.address(), *insecure], insecure
        token = self.notice(folder).with_suffix(".token")
        token.touch(0o600)
        token.write_text(secrets.token_hex(32) + "\n")
        options, shown = ["--token-file", str(token)], ["--token-file", str(token)]
        if self._hosts == 1:
            return ["--listen", "127.0.0.1:0", *options], shown
        certificate, key = (str(token.with_suffix(f".{kind}.pem")) for kind in ("certificate", "key"))
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-days", "365", "-subj", "/CN=cordee", "-addext", f"subjectAltName=DNS:{socket.gethostname()}"]
        Path(key).touch(0o600)
        made = subprocess.run([*command, "-keyout", key, "-out", certificate], capture_output=True, text=True)
        if made.returncode:
            raise Problem(f"openssl could not make a certificate for this training: {made.stderr.strip()}")
        options += ["--tls-cert", certificate, "--tls-key", key]
        return ["--listen", "0.0.0.0:0", *options], [*shown, "--tls-ca", certificate]

    def where(self, announced: str) -> str:
        """Returns where workers reach a server that has announced this address."""
        return announced if self._hosts == 1 else f"{socket.gethostname()}:{announced.rpartition(':')[2]}"


class Team:
    """The processes that one of several programs starts: a worker and, in the first program, the server."""

    def __init__(self, place: Place, threads: int, function: str, folder: Path, quiet: bool):
        """function: the command of the worker's function processes; folder: for files of this training."""
        self._place, self._folder, self._quiet = place, folder, quiet
        self._notice = place.notice(folder)
        self._options = [f"--name=worker-{place.rank + 1}", f"--threads={threads}", f"--function={function}"]
        self._server: "Optional[_Server]" = None
        self._worker: "Optional[WorkerProcess]" = None
        self._deaths, self._given_up = Deaths(), None

    def run(self, job: "Callable[[Path], Path]", run: "Optional[Path]") -> Path:
        """Trains until the end of the job, and returns the run's folder.

        job(folder) writes a job and says where it is; that, and the folder of the run, are the first process's.
        """
        self._run = run
        try:
            if self._place.rank == 0:
                self._serve(job(self._folder))
            self._join()
            self._supervise()
        except BaseException as e:
            if self._place.rank == 0 and not self._notice.exists():
                _write(self._notice, {"problem": f"the first process has ended: {type(e).__name__}: {e}"})
            raise
        finally:
            self._end()
        return self._run if self._place.rank == 0 else self._awaited_run()

    def _serve(self, job):
        place = self._place
        listen, self._shown = place.listen(self._folder)
        options = [*listen, "--workers", str(place.world), *["--quiet"] * self._quiet]
        self._server = _Server(options, self._environment(), job, self._run, self._folder / "address")
        self._server.start()

    def _environment(self):
        return {name: value for name, value in os.environ.items() if self._place.is_told or name not in _SECRETS}

    def _join(self):
        """Starts the worker, once it is known where the server is."""
        place = self._place
        if place.is_told:
            self._options += [f"--server={place.address()}", *place.listen(self._folder)[1]]
        else:
            _until(self._is_announced, f"the first process has said in {self._notice} where its server is")
            notice = _read(self._notice)
            if "problem" in notice:
                raise Problem(notice["problem"])
            self._run = Path(notice["run"])
            self._options += [f"--server={notice['address']}", *notice["options"]]
        self._start()

    def _is_announced(self):
        """Tells whether the notice is there, which the first process writes once its server listens.

        Raises Problem if the server ends before.
        """
        if self._server is not None:
            self._server.show()
            if (code := self._server.poll()) is not None:
                raise Problem(self._server.words or f"the server {how(code)}")
            if not self._notice.exists() and self._server.address.exists():
                address = self._place.where(self._server.address.read_text())
                _write(self._notice, {"address": address, "run": str(self._run), "options": self._shown})
        return self._notice.exists()

    def _start(self):
        self._worker = WorkerProcess(self._options, self._log, self._environment())

    def _log(self, record):
        """Writes a line of the worker's log into the run's."""
        if self._run.is_dir():
            known = (record.get("time", "")[11:-1], record.get("process", ""), record["level"], record["message"])
            with open(self._run / "run.log", "a", encoding="utf-8") as log:
                log.write(" ".join(filter(None, known)) + "\n")

    def _supervise(self):
        """Waits until server and worker have ended, and restarts one that is killed."""
        while True:
            if self._server is not None:
                self._server.show()
                code = self._server.poll()
                if code is not None and not _is_death(code):
                    return self._take_leave(code)
                if code is not None:
                    self._deaths.count(self._run, f"the server {how(code)}", "resuming its run", self._server.words)
                    self._server.start()
            code = self._worker.poll()
            if code is not None and _is_death(code):
                self._deaths.count(self._run, f"a worker {how(code)}", "restarting it", "")
                self._start()
            elif code is not None and self._is_given_up(code):
                return self._take_leave(code)
            time.sleep(_PAUSE)

    def _is_given_up(self, code):
        """Tells whether the worker has ended, and the server does not follow."""
        if self._server is None:
            return True
        self._given_up = self._given_up or time.monotonic()
        return code != 0 and time.monotonic() - self._given_up > _ENDING

    def _take_leave(self, code):
        """Waits for the worker to leave once the server has ended; raises Problem if the training has failed."""
        deadline = time.monotonic() + _LEAVING
        while self._worker.poll() is None and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        if code:
            words = "" if self._worker.poll() is None else self._in_words(self._worker.end())
            words = words or (self._server and self._server.words)
            raise Problem(words or f"the training ended with exit code {code}; see run.log")

    def _in_words(self, end):
        if end.how != "interrupted":
            return "" if end.how == "completed" else end.message
        return f"{end.message}: the server was asked to end; cordee.load({str(self._run)!r}) has the weights so far"

    def _awaited_run(self):
        run = self._run
        _until(
            lambda: (_read(run / "run.json") or {}).get("end", {}).get("kind", "open") != "open",
            f"the end of the run is in {run}, which all have to see",
        )
        return run

    def _end(self):
        """Ends what is still there: a server saves first, and tells its workers."""
        was_told = self._server is not None and self._server.end()
        if self._worker is not None:
            deadline = time.monotonic() + (_LEAVING if was_told else 0)
            while self._worker.poll() is None and time.monotonic() < deadline:
                time.sleep(_PAUSE)
            self._worker.stop()


class _Server:
    def __init__(self, options, environment, job, run, address):
        self._options, self._environment, self._job, self._run = options, environment, job, run
        self.address = address
        self._process = None
        self._said = ""

    def start(self):
        """Starts it on the job, or on what has become of it: then at the address that the workers know."""
        if self.address.exists():
            self._options[1] = self.address.read_text()
        is_new = self._process is None or not (self._run / "job.yaml").exists()
        of_run = ["--job", str(self._job), "--out", str(self._run)] if is_new else ["--resume", str(self._run)]
        # In a session of its own, so that Ctrl-C at a terminal reaches this process alone.
        self._process = subprocess.Popen(
            [*command(), "server", *self._options, *of_run, "--announce", str(self.address)],
            env=self._environment,
            stdin=None if _is_real(sys.stdin) else subprocess.DEVNULL,
            stdout=sys.stdout if _is_real(sys.stdout) else subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=ending_with_this(signal.SIGTERM),
        )
        self._pipes = [(self._process.stderr, sys.stderr)]
        if self._process.stdout:
            self._pipes.append((self._process.stdout, sys.stdout))
        for pipe, _ in self._pipes:
            os.set_blocking(pipe.fileno(), False)

    def poll(self):
        code = self._process.poll()
        if code is not None:
            self.show()
        return code

    def show(self):
        """Passes on what it has said."""
        for pipe, to in self._pipes:
            text = (pipe.read() or b"").decode(errors="replace")
            if to is sys.stderr:
                self._said = (self._said + text)[-10_000:]
                # Why it cannot begin is said by an exception.
                text = text if self.address.exists() or text.startswith("cordee: ") else ""
            if text:
                to.write(text)
                to.flush()

    @property
    def words(self):
        """Returns its last words, without the place in a job that nobody has written."""
        return re.sub(r"(?m)^\S*job\.yaml:\d+: ", "", self._said).strip()

    def end(self):
        """Ends it, with time to save; tells whether it was still there."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + _SAVING
        try:
            while self.poll() is None and time.monotonic() < deadline:
                self.show()
                time.sleep(_PAUSE)
        finally:
            self._signal(signal.SIGKILL)
            self._process.wait()
        return True

    def _signal(self, number):
        """Signals it, and what it builds itself with."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _is_death(code):
    """Tells whether a server has ended unasked, so that its run is to be resumed."""
    return code in _DEATHS or code < 0 and -code not in _REQUESTS


def _is_real(stream):
    """Whether a process that is started can use it as well."""
    try:
        stream.fileno()
        return True
    except Exception:
        return False


def _write(file, content):
    draft = file.with_suffix(f".{os.getpid()}.part")
    draft.write_text(json.dumps(content), encoding="utf-8")
    os.replace(draft, file)


def _read(file):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _until(condition, what):
    """Waits for another process."""
    deadline = time.monotonic() + _APPEARING
    while not condition():
        if time.monotonic() > deadline:
            raise Problem(f"waited {_APPEARING} s until {what}; is that process there, and is the folder shared?")
        time.sleep(_PAUSE)

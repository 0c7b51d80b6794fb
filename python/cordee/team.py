"""The processes of a training from Python: a server, and workers, which are forked."""

import contextlib
import ctypes
import itertools
import json
import logging
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from pathlib import Path

from cordee.java import command
from cordee.problem import Problem

_PAUSE = 0.02
# For a server to save when it is told to end, or to end by itself, for workers to leave once it has ended, for what another
# process has to do.
_SAVING, _ENDING, _LEAVING, _APPEARING = 30, 1, 10, 600
_MOST_DEATHS = 5
# Exit codes of a server that was killed, or ran out of memory.
_DEATHS = (3, 134, 137, 139)
# These ask a server to end: its workers leave, and are not there for a resumed run.
_REQUESTS = (signal.SIGINT, signal.SIGTERM)
_SECRETS = ("CORDEE_TLS_CA", "CORDEE_TLS_CERT", "CORDEE_TLS_KEY", "CORDEE_TOKEN_FILE")
_calls = itertools.count()


class Place:
    """Which of the processes this is that run one program: alone, or of several, the first of which has the server.

    They meet in a folder that they all see, and nobody else, where the first one leaves a notice for each training; or at
    an address that they have been told.
    """

    def __init__(self):
        """By the environment: CORDEE_RANK and CORDEE_WORLD (or torchrun's RANK and WORLD_SIZE), with CORDEE_SERVER; or
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
    def is_told(self):
        """Whether the address, and what to show there, come from the environment."""
        return self.meeting is None and self._server is not None

    def address(self):
        """Where the server of this training is: each training of the program has a port of its own."""
        host, _, port = self._server.rpartition(":")
        if not host or not port.isdecimal():
            raise Problem(f"CORDEE_SERVER: expected HOST:PORT; found {self._server!r}")
        return f"{host}:{int(port) + self.call}"

    def notice(self, folder):
        return (self.meeting or folder) / f"server-{self.call}.json"

    def listen(self, folder):
        """Options of the server, and what a worker shows to it: for this training alone, a token, and a certificate where
        there are several hosts."""
        if self.is_told:
            insecure = os.environ.get("CORDEE_INSECURE") == "1"
            return ["--listen", self.address(), *["--insecure"] * insecure], {"insecure": insecure}
        token = self.notice(folder).with_suffix(".token")
        token.touch(0o600)
        token.write_text(secrets.token_hex(32) + "\n")
        options, shown = ["--token-file", str(token)], {"token": str(token)}
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
        return ["--listen", "0.0.0.0:0", *options], {**shown, "ca": certificate}

    def where(self, announced):
        """Where workers reach a server that has announced this address."""
        return announced if self._hosts == 1 else f"{socket.gethostname()}:{announced.rpartition(':')[2]}"


class Team:
    """The processes that one training has here."""

    def __init__(self, place, workers, work, quiet):
        """work(): the arguments of ``cordee.work``; called in each worker's process."""
        self._place, self._work, self._quiet = place, work, quiet
        self._workers = [_Worker(f"worker-{place.rank * workers + n + 1}") for n in range(workers)]
        self._server = None
        self._deaths, self._given_up = Deaths(), None

    def run(self, job, run):
        """Trains until the end of the job, and returns the run's folder.

        job(folder) writes a job and says where it is; that, and the folder of the run, are the first process's.
        """
        with tempfile.TemporaryDirectory(prefix="cordee-") as folder, terminating():
            self._folder, self._run = Path(folder), run
            self._notice = self._place.notice(self._folder)
            try:
                if self._place.rank == 0:
                    self._serve(job(self._folder))
                for worker in self._workers:
                    worker.start(self._folder, self._be_worker)
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
        environment = {name: value for name, value in os.environ.items() if place.is_told or name not in _SECRETS}
        options = [*listen, "--workers", str(place.world * len(self._workers)), *["--quiet"] * self._quiet]
        self._server = _Server(options, environment, job, self._run, self._folder / "address")
        self._server.start()

    def _be_worker(self, worker):
        """What a worker's process does."""
        arguments = self._work()
        if self._place.is_told:
            _, notice = self._place.listen(self._folder)
            notice |= {"address": self._place.address(), "run": str(self._run)}
        else:
            for name in _SECRETS:
                os.environ.pop(name, None)
            notice = _awaited(self._notice)
        if "problem" in notice:
            raise Problem(notice["problem"])
        from cordee.worker import work

        run = Path(notice.pop("run"))
        _until(run.is_dir, f"the first process's server has made {run}")
        _log_into(run / "run.log", worker.name)
        end = work(notice.pop("address"), name=worker.name, on_failure=worker.fail, **notice, **arguments)
        worker.leave(end.how, end.message)

    def _supervise(self):
        """Until all that was started here has ended. Who is killed before is started again."""
        while True:
            if self._run is None and self._notice.exists():
                self._run = Path(_read(self._notice).get("run", ""))
            if self._server:
                self._server.show()
                self._announce()
                code = self._server.poll()
                if code is not None and not _is_death(code):
                    return self._take_leave(code)
                if code is not None:
                    self._deaths.count(self._run, f"the server {how(code)}", "resuming its run", self._server.words)
                    self._server.start()
            for worker in self._workers:
                code = worker.death()
                if code is not None:
                    self._deaths.count(self._run, f"{worker.name} {how(code)}", "restarting it", "")
                    worker.start(self._folder, self._be_worker)
            if self._have_all_given_up():
                raise self._problem("")
            ends = [worker.end for worker in self._workers]
            if self._server is None and all(ends):
                return self._take_leave(0 if ends[0]["how"] == "completed" else 1)
            time.sleep(_PAUSE)

    def _have_all_given_up(self):
        """Whether none of the workers goes on, for longer than the server takes to end if it is to do so."""
        if not all(
            worker.failure or (worker.end or {}).get("how") in ("interrupted", "failed") for worker in self._workers
        ):
            return False
        self._given_up = self._given_up or time.monotonic()
        return self._server is None or time.monotonic() - self._given_up > _ENDING

    def _announce(self):
        if not self._notice.exists() and self._server.address.exists():
            address = self._place.where(self._server.address.read_text())
            _write(self._notice, {"address": address, "run": str(self._run), **self._shown})

    def _take_leave(self, code):
        """The server has ended, or this process's workers have."""
        was_there = self._server is None or self._server.address.exists()
        deadline = time.monotonic() + (_LEAVING if was_there else 0)
        while any(worker.is_alive for worker in self._workers) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        if code:
            raise self._problem(self._server and (self._server.words or f"the server {how(code)}; see run.log"))

    def _problem(self, words):
        """Why the training has failed: as the server has told the workers, or by its last words."""
        failures = [worker.failure for worker in self._workers if worker.failure]
        ends = [self._end_in_words(**worker.end) for worker in self._workers if worker.end]
        told = [failure["message"] for failure in failures]
        problem = Problem(next(filter(None, [*told, *ends, words]), "the training has failed; see run.log"))
        problem.__cause__ = next((Remote(each["trace"]) for each in failures if each["trace"]), None)
        return problem

    def _end_in_words(self, how, message):
        if how != "interrupted":
            return "" if how == "completed" else message
        return f"{message}: the server was asked to end; cordee.load({str(self._run)!r}) has the weights so far"

    def _awaited_run(self):
        run = self._run
        _until(
            lambda: (_read(run / "run.json") or {}).get("end", {}).get("kind", "open") != "open",
            f"the end of the run is in {run}, which all have to see",
        )
        return run

    def _end(self):
        """Ends what is still there: a server saves first, and tells the workers."""
        was_told = self._server is not None and self._server.end()
        deadline = time.monotonic() + (_LEAVING if was_told else 0)
        while any(worker.is_alive for worker in self._workers) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        for worker in self._workers:
            worker.kill()


class Deaths:
    """Counts processes that were killed, and gives up where no round comes of their restarts."""

    def __init__(self):
        self._count, self._rounds = 0, 0

    def count(self, run, what, then, words):
        metrics = run and run / "metrics.csv"
        rounds = metrics.read_bytes().count(b"\n") if metrics and metrics.exists() else 0
        self._count = self._count + 1 if rounds == self._rounds else 1
        self._rounds = rounds
        if self._count > _MOST_DEATHS:
            raise Problem(words or f"{what}, {self._count} times without a finished round; is there enough memory?")
        print(f"{what}; {then}", file=sys.stderr, flush=True)


class _Server:
    def __init__(self, options, environment, job, run, address):
        self._options, self._environment, self._job, self._run = options, environment, job, run
        self.address = address
        self._process = None
        self._said = ""

    def start(self):
        """On the job, or on what has become of it: then at the address that the workers know."""
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
        """Its last ones, without the place in a job that nobody has written."""
        return re.sub(r"(?m)^\S*job\.yaml:\d+: ", "", self._said).strip()

    def end(self):
        """Whether it was still there. It is given time to save."""
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
        """To it, and to what it builds itself with."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


class _Worker:
    def __init__(self, name):
        self.name = name
        self._process = None
        # Of a process that has ended, until it is asked for.
        self._code = None

    def start(self, folder, run):
        self._end_file, self._failure_file = folder / f"{self.name}.end", folder / f"{self.name}.failure"
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        old = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
        try:
            with warnings.catch_warnings():
                # Of threads: those of libraries, which do nothing here in a forked process.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
            if self._process == 0:
                self._run(parent, run, old)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)

    def _run(self, parent, run, mask):
        code = 1
        try:
            ending_with_this(signal.SIGKILL)()
            if os.getppid() != parent:
                return
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            run(self)
            code = 0
        except BaseException as e:
            self.fail(str(e) if isinstance(e, Problem) else f"{type(e).__name__}: {e}", e)
            self.leave("failed", str(e))
            code = 0
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            os._exit(code)

    def fail(self, message, cause):
        """In its process: it cannot go on."""
        trace = (
            ""
            if cause is None or isinstance(cause, Problem)
            else "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))
        )
        _write(self._failure_file, {"message": message, "trace": trace})

    def leave(self, how, message):
        """In its process: the job is over."""
        _write(self._end_file, {"how": how, "message": message})

    @property
    def failure(self):
        return _read(self._failure_file)

    @property
    def end(self):
        return _read(self._end_file)

    @property
    def is_alive(self):
        self._reap(os.WNOHANG)
        return self._process is not None

    def death(self):
        """Its exit code, below 0 that of a signal, if it has ended without a word; then only once."""
        self._reap(os.WNOHANG)
        code, self._code = self._code, None
        return code if code is not None and self.end is None else None

    def kill(self):
        if self.is_alive:
            os.kill(self._process, signal.SIGKILL)
            self._reap(0)

    def _reap(self, options):
        if self._process is not None:
            process, status = os.waitpid(self._process, options)
            if process != 0:
                self._process, self._code = None, os.waitstatus_to_exitcode(status)


class Remote(Exception):
    """A traceback of another process."""

    def __str__(self):
        return "\n" + self.args[0]


def _is_death(code):
    """Whether a server has ended unasked, so that its run is to be resumed."""
    return code in _DEATHS or code < 0 and -code not in _REQUESTS


def how(code):
    return f"was killed by signal {-code}" if code < 0 else f"has ended with exit code {code}"


def _is_real(stream):
    """Whether a process that is started can use it as well."""
    try:
        stream.fileno()
        return True
    except Exception:
        return False


def ending_with_this(number):
    """What a process that is started calls, so that a signal ends it when this one ends, however that happens."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    return lambda: prctl and prctl(1, number)


@contextlib.contextmanager
def terminating():
    """A termination leaves by exception, so that nothing is left behind."""
    is_ours = (
        threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if is_ours:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _log_into(file, name):
    """What a worker logs goes into the run's log."""
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter(f"%(asctime)s %(levelname)s {name} %(message)s"))
    log = logging.getLogger("cordee")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)


def _write(file, content):
    draft = file.with_suffix(f".{os.getpid()}.part")
    draft.write_text(json.dumps(content), encoding="utf-8")
    os.replace(draft, file)


def _read(file):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _awaited(file):
    _until(file.exists, f"the first process has said in {file} where its server is")
    return _read(file)


def _until(condition, what):
    """Waits for another process."""
    deadline = time.monotonic() + _APPEARING
    while not condition():
        if time.monotonic() > deadline:
            raise Problem(f"waited {_APPEARING} s until {what}; is that process there, and is the folder shared?")
        time.sleep(_PAUSE)

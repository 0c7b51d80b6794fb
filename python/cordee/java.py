"""Finds Cordee, and runs its commands in Java processes that live as long as this one."""

import atexit
import codecs
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, NamedTuple, Optional, Sequence

from cordee.problem import Problem

_PACKAGE = Path(__file__).parent
# For a training to be saved after Ctrl-C, and for a process that is not needed any more to end, in seconds.
_SAVING = 15
_LEAVING = 10
# How often at least something else is looked at, in seconds.
_MEANWHILE = 0.1
_OUT_OF_MEMORY = 3
# Exit codes of a process that was killed, or ran out of memory.
_DEATHS = (_OUT_OF_MEMORY, 134, 137, 139)
_BLOCK = 64 * 1024
# What of the environment the commands read.
_VARIABLES = ("JAVA_HOME", "PATH", "TMPDIR", "XDG_CACHE_HOME")


class Death(Problem):
    """A Java process has ended in the middle of a command."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code

    @property
    def was_killed(self) -> bool:
        """Tells whether it has ended unasked, by a signal or for want of memory."""
        return self.code in _DEATHS or self.code < 0 and -self.code not in (signal.SIGINT, signal.SIGTERM)


class Ended(NamedTuple):
    """How a command has ended, and what it has printed on standard output and standard error."""

    code: int
    out: str
    err: str


def command() -> "list[str]":
    """Returns the command line that starts Cordee, which a command's name and arguments are appended to.

    It is that of ``CORDEE_HOME``, the folder of an installation or of a checkout; without that variable, what this
    package carries; else the checkout that this package lies in. Raises Problem if there is none of these.
    """
    home = os.environ.get("CORDEE_HOME")
    places = [Path(home)] if home else [_PACKAGE / "home", _PACKAGE.parent.parent]
    for place in places:
        for launcher in (place / "bin" / "cordee", place / "cordee"):
            if launcher.is_file():
                return ["sh", str(launcher.resolve())]
    if home:
        raise Problem(f"CORDEE_HOME is {home}, where neither bin/cordee nor cordee is; set it to an installed Cordee")
    raise Problem(
        f"Cordee itself is neither in {places[0]} nor in {places[1]}; install the wheel that python/wheel.sh makes, or "
        f"set CORDEE_HOME to an installed Cordee"
    )


def run(
    arguments: Sequence[str],
    show: Optional[Callable[[str], None]] = None,
    meanwhile: Optional[Callable[[], None]] = None,
) -> Ended:
    """Runs a command to its end, in a Java process that may have run others, by one thread at a time.

    ``show`` is given standard output as it comes; ``meanwhile`` is called several times a second. Ctrl-C has the command
    save what it saves, then raises KeyboardInterrupt. Raises Problem, with the last words of Java, if that dies.
    """
    session = _take()
    try:
        ended = session.run([str(argument) for argument in arguments], show, meanwhile)
    except BaseException as e:
        try:
            # Nothing more is shown where that has failed.
            session.interrupt(show if isinstance(e, KeyboardInterrupt) else None)
        finally:
            _forget(session)
        raise
    _give_back(session)
    return ended


def checked(
    arguments: Sequence[str],
    show: Optional[Callable[[str], None]] = None,
    meanwhile: Optional[Callable[[], None]] = None,
) -> str:
    """Runs a command as ``run`` does, and returns its standard output; its warnings go to standard error.

    Raises Problem, with what the command has said, if it fails.
    """
    ended = run(arguments, show, meanwhile)
    if ended.code:
        raise Problem(ended.err.strip() or f"cordee {arguments[0]} has ended with exit code {ended.code}")
    _warn(ended.err)
    return ended.out


def _warn(text):
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


class _Session:
    """A Java process that runs one command after the other."""

    def __init__(self):
        self.key = _key()
        self._codes, theirs = os.pipe()
        try:
            # In a session of its own, so that Ctrl-C at a terminal does not reach it.
            self._process = subprocess.Popen(
                [*command(), "session", f"/dev/fd/{theirs}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=(theirs,),
                start_new_session=True,
            )
        except BaseException:
            os.close(self._codes)
            raise
        finally:
            os.close(theirs)
        self._out, self._err = self._process.stdout.fileno(), self._process.stderr.fileno()
        for pipe in (self._out, self._err):
            os.set_blocking(pipe, False)
        self._is_ready = False

    @property
    def is_alive(self):
        return self._process.poll() is None

    def run(self, arguments, show, meanwhile):
        if not self._is_ready:
            # What the launcher has to say, such as that it builds, is not of a command.
            self._answer(None, _warn)
            self._is_ready = True
        texts = [argument.encode() for argument in arguments]
        line = b"".join([struct.pack(">i", len(texts)), *(struct.pack(">i", len(text)) + text for text in texts)])
        try:
            # Unbuffered, and longer than what a pipe holds perhaps.
            while line:
                line = line[self._process.stdin.write(line) :]
        except BrokenPipeError:
            pass  # said where its end is read
        answer, out, err = self._answer(show, None, meanwhile)
        return Ended(int(answer), out, err)

    def _answer(self, show_out, show_err, meanwhile=None):
        """Returns the next line of answers, and what has been printed before it."""
        texts = {self._out: _Text(show_out), self._err: _Text(show_err)}
        with selectors.DefaultSelector() as waiting:
            for pipe in (*texts, self._codes):
                waiting.register(pipe, selectors.EVENT_READ)
            answer = b""
            while not answer.endswith(b"\n"):
                ready = waiting.select(_MEANWHILE if meanwhile else None)
                if meanwhile:
                    meanwhile()
                for key, _ in ready:
                    if key.fd == self._codes:
                        read = os.read(self._codes, _BLOCK)
                        answer += read or b"died\n"
                    elif not texts[key.fd].read(key.fd):
                        waiting.unregister(key.fd)
        for pipe, text in texts.items():
            while text.read(pipe):
                pass
        out, err = (text.end() for text in texts.values())
        if answer.endswith(b"died\n"):
            words = self._death(err)
            raise Death(words, self._process.returncode)
        return answer.decode(), out, err

    def _death(self, err):
        code = self._process.wait()
        if self._is_ready and code in (_OUT_OF_MEMORY, -signal.SIGKILL):
            how = (
                "is out of memory" if code == _OUT_OF_MEMORY else "was killed, perhaps as the machine was out of memory"
            )
            return f"Java {how}; CORDEE_JAVA_OPTS=-Xmx8g gives it 8 GB, and smaller batches need less".strip()
        return err.strip() or f"Java has ended with exit code {code}; see whether {' '.join(command())} --version runs"

    def interrupt(self, show):
        """Has a command that runs save what it saves, and ends the process."""
        deadline = time.monotonic() + _SAVING
        try:
            if self._is_ready:
                self._process.terminate()
            else:
                os.killpg(self._process.pid, signal.SIGTERM)
            text = _Text(show)
            while self.is_alive and time.monotonic() < deadline:
                if not text.read(self._out):
                    time.sleep(0.02)
                _Text(None).read(self._err)
            while text.read(self._out):
                pass
        except ProcessLookupError:
            pass
        finally:
            self.end()

    def close(self):
        """Ends the process, which does nothing."""
        self._process.stdin.close()
        try:
            self._process.wait(_LEAVING)
        except subprocess.TimeoutExpired:
            pass
        self.end()

    def end(self):
        if self.is_alive:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self.leave()

    def leave(self):
        """Closes what is this process's: a process that was forked from it ends nothing."""
        self._process.returncode = self._process.returncode or 0
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()
        os.close(self._codes)


class _Text:
    """Text that comes through a pipe, shown as it comes."""

    def __init__(self, show):
        self._show = show
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._parts = []

    def read(self, pipe):
        """Reads what there is, and tells whether that was anything."""
        try:
            read = os.read(pipe, _BLOCK)
        except BlockingIOError:
            return False
        text = self._decoder.decode(read)
        self._parts.append(text)
        if self._show and text:
            self._show(text)
        return bool(read)

    def end(self):
        return "".join(self._parts)


def _key():
    """Returns what a Java process is told when it starts; another one is needed when it changes."""
    known = (item for item in os.environ.items() if item[0].startswith("CORDEE_") or item[0] in _VARIABLES)
    return os.getcwd(), tuple(sorted(known))


_lock = threading.Lock()
_all: "list[_Session]" = []
_idle: "list[_Session]" = []


def _take():
    key = _key()
    with _lock:
        unfit = [session for session in _idle if session.key != key or not session.is_alive]
        for session in unfit:
            session.close()
            _idle.remove(session)
            _all.remove(session)
        if _idle:
            return _idle.pop()
        session = _Session()
        _all.append(session)
        return session


def _give_back(session):
    with _lock:
        _idle.append(session)


def _forget(session):
    with _lock:
        _all.remove(session)


def _close_all():
    with _lock:
        for session in _all:
            session.close()
        _all.clear()
        _idle.clear()


def _leave_all():
    """Leaves Java processes, in a process that was forked, to its parent."""
    for session in _all:
        session.leave()
    _all.clear()
    _idle.clear()
    _lock.release()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_leave_all)

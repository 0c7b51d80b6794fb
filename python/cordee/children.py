"""The commands by which a Java worker has a Python program compute: in processes that a clean one forks, or in threads."""

import atexit
import contextlib
import os
import shlex
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Optional, Sequence

from cordee.folders import temporary_folder
from cordee.function import Function, Worker
from cordee.relay import asked

_RELAY = Path(__file__).with_name("relay.py")
_LEAVING = 5


class ForkServer:
    """A process that has loaded some modules, and forks whenever a relay asks; it ends with this one."""

    def __init__(self, modules: Sequence[str]):
        self._folder = contextlib.ExitStack()
        self._path = self._folder.enter_context(temporary_folder()) / "functions"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self._path))
            listening.listen(256)
            places = os.pathsep.join(filter(None, sys.path))
            # In a session of its own, so that Ctrl-C at a terminal does not reach it.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cordee.forkserver", str(listening.fileno()), *modules],
                stdin=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": places},
                pass_fds=(listening.fileno(),),
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def command(self, folder: Path) -> str:
        """Returns the command for ``cordee train --function`` that computes with the objects packed in a folder."""
        return _relaying(self._path, folder)

    def close(self) -> None:
        self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVING)
        if self.is_alive:
            self._process.kill()
            self._process.wait()
        self._folder.close()

    def leave(self) -> None:
        """Closes what a process that was forked from this one has of it; the parent's goes on."""
        self._process.returncode = 0
        self._process.stdin.close()
        self._folder.close()


class FunctionThreads:
    """Threads of this process that compute for a Java worker, in place of processes of their own."""

    def __init__(self, function: Function):
        self._function = function
        self._folder = contextlib.ExitStack()
        path = self._folder.enter_context(temporary_folder()) / "functions"
        self.command = _relaying(path)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(256)
        threading.Thread(target=self._accept, name="cordee-functions", daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        # Shutting down wakes the accepting thread. A serving thread ends when the Java worker closes its connection.
        with contextlib.suppress(OSError):  # some systems refuse it for a socket that listens
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._folder.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="cordee-function", daemon=True).start()

    def _serve(self, connection):
        with connection:
            path, *_ = asked(connection) or [None]
            if path is not None:
                with contextlib.suppress(ConnectionError, FileNotFoundError):
                    Worker(path, self._function).serve()
                    connection.sendall(b"\0")


def _relaying(path, *words):
    """Returns the command of a relay to the socket with this path."""
    return shlex.join([sys.executable, "-I", "-S", str(_RELAY), str(path), *map(str, words)])


_lock = threading.Lock()
_server: Optional[ForkServer] = None


def fork_server() -> ForkServer:
    """Returns this process's fork server, which has PyTorch loaded; starts another one if it was killed."""
    global _server
    with _lock:
        if _server is not None and not _server.is_alive:
            _server.close()
            _server = None
        if _server is None:
            _server = ForkServer(["torch", "cordee.module", "cordee.function"])
        return _server


def _close():
    if _server is not None:
        _server.close()


def _leave():
    """Leaves the fork server, in a process that was forked, to its parent."""
    global _server
    if _server is not None:
        _server.leave()
        _server = None
    _lock.release()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_leave)

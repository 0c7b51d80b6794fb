"""A process that forks function processes. It has loaded PyTorch and computed nothing, so that forking it is safe.

usage: python -m cordee.forkserver LISTENING, with the number of a socket. It ends with its standard input.
"""

import contextlib
import functools
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback
import warnings
from pathlib import Path

from cordee.relay import asked


class ForkLoop:
    """Forks a function process for each relay that connects, and kills it when the relay ends."""

    def __init__(self, listening: socket.socket):
        self._listening = listening
        self._selector = selectors.DefaultSelector()
        # Connections of the relays that asked for them, by the numbers of function processes.
        self._asked: "dict[int, socket.socket]" = {}

    def run(self) -> None:
        """Forks until this process's standard input ends."""
        # A child's end wakes the loop.
        woken, waker = socket.socketpair()
        for end in (woken, waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._selector.register(self._listening, selectors.EVENT_READ, self._accept)
        self._selector.register(woken, selectors.EVENT_READ, self._reap)
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self._end)
        while True:
            for key, _ in self._selector.select():
                key.data(key.fileobj)

    def _end(self, _):
        for process in self._asked:
            _kill(process)
        os._exit(0)

    def _accept(self, listening):
        connection, _ = listening.accept()
        lines = asked(connection)
        if len(lines) != 2:
            connection.close()
            return
        process = os.fork()
        # Both do it, as either may come first: the group is killed with what the child forks.
        with contextlib.suppress(OSError):
            os.setpgid(process, process)
        if process == 0:
            # What it would keep open, a relay waits for the end of.
            for other in (self._selector, self._listening, *self._asked.values()):
                other.close()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            _serve(lines[0], Path(lines[1]), connection)
        self._asked[process] = connection
        self._selector.register(connection, selectors.EVENT_READ, lambda _: self.hung_up(process))

    def hung_up(self, process: int) -> None:
        """Kills a function process whose relay has ended, unless it was reaped a moment ago."""
        if process in self._asked:
            self._forget(process)

    def _forget(self, process):
        connection = self._asked.pop(process)
        self._selector.unregister(connection)
        _kill(process)
        # What the process has forked may hold the connection, too.
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _reap(self, woken):
        woken.recv(4096)
        while True:
            try:
                process, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if process in self._asked:
                self._forget(process)


def _kill(process):
    """Kills a function process, and what it has forked."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def _serve(path, folder, connection):
    """Serves one worker in a function process, and ends this process."""
    code = 1
    try:
        from cordee.function import Worker
        from cordee.packing import tell, unpack

        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        sys.path[:] = (folder / "path").read_text(encoding="utf-8").split("\n")
        function = unpack(folder)["make"]()
        function.on_failure = functools.partial(tell, folder)
        Worker(path, function).serve()
        connection.sendall(b"\0")
        code = 0
    except BrokenPipeError:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for module in sys.argv[2:]:
        importlib.import_module(module)
    ForkLoop(socket.socket(fileno=int(sys.argv[1]))).run()

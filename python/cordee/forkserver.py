"""A process that forks function processes. It has loaded PyTorch and computed nothing, so that forking it is safe.

usage: python -m cordee.forkserver LISTENING, with the number of a socket. It ends with its standard input.
"""

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

    def __init__(self, listening):
        self._listening = listening
        self._selector = selectors.DefaultSelector()
        # Of each function process, by its number: the connection of the relay that asked for it.
        self._asked = {}

    def run(self):
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
            os.kill(process, signal.SIGKILL)
        os._exit(0)

    def _accept(self, listening):
        connection, _ = listening.accept()
        lines = asked(connection)
        if len(lines) != 2:
            connection.close()
            return
        process = os.fork()
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

    def hung_up(self, process):
        """Kills a function process whose relay has ended, unless it was reaped a moment ago."""
        if process in self._asked:
            self._forget(process)
            os.kill(process, signal.SIGKILL)

    def _forget(self, process):
        connection = self._asked.pop(process)
        self._selector.unregister(connection)
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

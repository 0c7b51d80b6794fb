"""A worker: does what its server says until the job is over."""

import logging
import os
import platform
import queue
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np

from cordee import messages
from cordee.access import Access
from cordee.encoding import Uplink
from cordee.gradient import Functions
from cordee.job import Job
from cordee.link import Link, Lost, Refused
from cordee.problem import NotFinite, Problem
from cordee.rows import Parts, Rows
from cordee.tables import HeldVectors
from cordee.text import printable
from cordee.tree import Reduction
from cordee.vectors import vectors_of

log = logging.getLogger("cordee")

COMPLETED, INTERRUPTED, FAILED = "completed", "interrupted", "failed"
_EXIT_CODES = {COMPLETED: 0, INTERRUPTED: 130, FAILED: 1}

_HEARTBEAT_SECONDS = 1
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 0.25
_PATIENCE_SECONDS, _SHORT_PATIENCE_SECONDS = 10, 1
_CHECKSUMS = 8192


@dataclass(frozen=True)
class End:
    """How the job has ended for this worker: completed, interrupted or failed; and what is to be said of it."""

    how: str
    message: str

    @property
    def exit_code(self):
        """What ``cordee worker`` would exit with."""
        return _EXIT_CODES[self.how]


def work(
    server=None,
    *,
    gradient,
    rows,
    measure=None,
    validation=None,
    test=None,
    threads=1,
    name=None,
    ca=None,
    certificate=None,
    key=None,
    token=None,
    insecure=False,
    wait=600,
    arithmetic=None,
    on_failure=None,
):
    """Works for a server until its job is over, and returns how it has ended.

    server: HOST:PORT; of a sharded server the addresses of all shards in order, separated by commas. Or CORDEE_SERVER.
    gradient: a function of parameters and rows that returns (loss, gradients) or (loss, gradients, correct): sums over
        the rows, not means. If it has a parameter named noise, that is what to seed random numbers with. See
        docs/python.md for what it is given and may return.
    rows, validation, test: a tuple of arrays of equal length, anything that can be sliced, or a number, whose rows are
        indices. Those that the job does not ask for are not looked at. For a job with data.ids, WithIds of any of these.
    measure: a function of parameters and rows that returns loss or (loss, correct), for the rows that are evaluated;
        without one, their gradient is computed and dropped.
    threads: partitions computed at a time.
    name: for people; by default, the host and the lowest number that is free there.
    ca, certificate, key, token: PEM files and the file of the team's token; or CORDEE_TLS_CA, CORDEE_TLS_CERT,
        CORDEE_TLS_KEY, CORDEE_TOKEN_FILE.
    insecure: plain text with another machine.
    wait: seconds to go on trying to connect, at first and whenever the connection is lost.
    arithmetic: what decides the bits of the gradients, in a few words; by default, the library and the processor.
    on_failure: a function of a message and an exception (or None), called once if this worker cannot go on.

    What is wrong ends up in what is returned, and in the log at level INFO; the traceback of a function that failed goes
    to the log alone. Ctrl-C breaks the connection off and is raised as always.
    """
    server = server or os.environ.get("CORDEE_SERVER")
    if not server:
        raise ValueError("give the server's address, HOST:PORT, or set CORDEE_SERVER")
    if threads < 1:
        raise ValueError(f"threads must be at least 1; found {threads}")
    _require_function("gradient", gradient)
    if measure is not None:
        _require_function("measure", measure)
    named = {"rows": rows, "validation": validation, "test": test}
    program = _Program(
        gradient=gradient,
        measure=measure,
        rows={key: None if given is None else Rows(given, key) for key, given in named.items()},
        arithmetic=arithmetic or _arithmetic(),
        on_failure=on_failure or (lambda message, cause: None),
        team=_Team(threads),
    )
    access = Access(ca, certificate, key, token, insecure)
    connector = _Connector(server.split(","), access, name or "", threads, wait)
    patience = _PATIENCE_SECONDS
    try:
        return _work(connector, program)
    except Refused as e:
        log.info("%s", e)
        return End(FAILED, str(e))
    except KeyboardInterrupt:
        patience = _SHORT_PATIENCE_SECONDS
        raise KeyboardInterrupt from None
    finally:
        program.team.close(patience)


def _require_function(name, given):
    if not callable(given):
        raise TypeError(f"{name}: expected a function of parameters and rows; found {type(given).__name__}")


def _work(connector, program):
    link, welcome = connector.connect()
    while True:
        session = _Session(link, welcome, program)
        try:
            return session.run()
        except Lost as e:
            if session.failure:
                # If it could not go on before, it would only say so again.
                return End(FAILED, session.failure)
            lost = e
        finally:
            session.close()
        link, welcome = connector.reconnect(lost)


def _arithmetic():
    for library in ("torch", "jax", "tensorflow"):
        if library in sys.modules:
            return f"{library} {getattr(sys.modules[library], '__version__', '')} on {platform.machine()}"
    return f"numpy {np.__version__} on {platform.machine()}"


@dataclass
class _Program:
    """What the program around the worker brings along, and what outlives a connection."""

    gradient: object
    measure: object
    rows: dict
    arithmetic: str
    on_failure: object
    team: object
    is_checked: bool = False


class _Team:
    """The compute threads."""

    def __init__(self, threads):
        self._tasks = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name=f"compute-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self):
        while (task := self._tasks.get()) is not None:
            task()

    def start(self, task):
        self._tasks.put(task)

    def close(self, patience):
        """Gives the threads so many seconds to finish what they are at."""
        for _ in self._threads:
            self._tasks.put(None)
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))


class _Connector:
    """Connects, and tries again where there is no connection, or where it is lost."""

    def __init__(self, addresses, access, name, threads, wait):
        self._addresses, self._access = addresses, access
        self._name, self._threads = name, threads
        self._host = "" if name else socket.gethostname()
        self._wait = wait
        self._succeeded = -_LONGEST_PAUSE
        self._limit = _SHORTEST_PAUSE

    def connect(self):
        try:
            return self._attempt()
        except Lost as e:
            lost = e
        return self.reconnect(lost)

    def reconnect(self, why):
        start = time.monotonic()
        if start - self._succeeded >= _LONGEST_PAUSE:
            self._limit = _SHORTEST_PAUSE
        log.warning("%s; retrying for %s s (a server leaves when its job is over)", why, self._wait)
        while time.monotonic() - start < self._wait:
            # Anything up to the limit, so that a team does not come back all at once.
            time.sleep(random.uniform(0, self._limit))
            self._limit = min(2 * self._limit, _LONGEST_PAUSE)
            try:
                return self._attempt()
            except Lost as e:
                why = e
        raise Refused(f"{why}; gave up after {self._wait} s: is the server running, and the address right?")

    def _attempt(self):
        link = Link(self._addresses, self._access)
        try:
            welcome = link.greet(self._name, self._host, self._threads)
        except BaseException:
            link.close()
            raise
        self._succeeded = time.monotonic()
        if self._host:
            self._name = welcome.name  # when the connection is lost, it asks for the same again
        return link, welcome


class _Session:
    """What a worker does on one connection. What is still computed when it ends goes nowhere."""

    def __init__(self, link, welcome, program):
        self._link = link
        self._welcome = welcome
        self._program = program
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._wanted = 0
        self._waiting = []
        self.failure = None

    def run(self):
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()
        try:
            self._prepare(Job.parse(self._welcome.job))
            return self._train()
        except Refused:
            raise
        except Exception as e:
            self._report(e)
            return self._await_end()

    def close(self):
        self._is_over.set()
        self._link.close()

    def _beat(self):
        while not self._is_over.wait(_HEARTBEAT_SECONDS):
            self._link.heartbeat()

    def _prepare(self, job):
        program = self._program
        self._job = job
        self._parts = Parts(job, *program.rows.values())
        self._functions = Functions(job, self._parts, program.gradient, program.measure)
        self._vectors = HeldVectors(job, self._link.say_to_all) if job.tables else vectors_of(job, job.layout)
        self._prepared = []
        self._uplink = Uplink(job.uplink)
        log.info("job %s as %s", printable(job.name), self._welcome.name)

    def _train(self):
        self._link.listen(self._put)
        train, validation, test = self._parts.counts
        sums = self._parts.checksums()
        for at in range(0, len(sums), _CHECKSUMS):
            self._link.say(row_checksums={"checksums": sums[at : at + _CHECKSUMS]})
        self._link.say(
            data_found={
                "train_rows": train,
                "validation_rows": validation,
                "test_rows": test,
                "arithmetic": self._program.arithmetic,
                # Partitions of others may bring more rows of tables.
                "room": self._job.partitions if self._job.holds_rows else 0,
            }
        )
        while True:
            said = self._link.receive()
            kind = said and said.WhichOneof("body")
            if kind == "prepare":
                self._prepared = list(said.prepare.partitions)
                if self._job.batch is None:
                    self._cover(0, self._prepared, self._parts.slices_of(self._prepared))
                self._link.say(prepared={"plan": said.prepare.plan})
            elif kind == "lease":
                self._lease(said.lease.version, list(said.lease.partitions))
            elif kind == "evaluate":
                self._evaluate(said.evaluate.version, list(said.evaluate.slices))
            elif kind == "finished":
                return self._take_leave(said.finished)
            self._begin()

    def _await_end(self):
        """After a failure was reported: the server ends the job, or goes on without this worker."""
        if not self._link.is_listening:
            self._link.listen(lambda part: None)
        while True:
            said = self._link.receive()
            if said and said.WhichOneof("body") == "finished":
                return self._take_leave(said.finished)

    def _take_leave(self, finished):
        self._is_over.set()
        self._link.goodbye()
        how = COMPLETED if finished.completed else INTERRUPTED if finished.interrupted else FAILED
        message = printable(finished.message)
        log.info("the job is over: %s", message)
        return End(how, message)

    def _report(self, problem):
        """Tells the server, once, why this worker cannot go on; by whichever thread has found out."""
        with self._lock:
            if self.failure or self._is_over.is_set():
                return
            words = str(problem) if isinstance(problem, Problem) else f"{type(problem).__name__}: {problem}"
            # It may quote the server's job.
            self.failure = "\n".join(map(printable, words.splitlines()))
        log.info("%s", self.failure)
        cause = problem.__cause__ if isinstance(problem, Problem) else problem
        self._program.on_failure(self.failure, cause)
        if cause:
            log.error("this worker cannot go on", exc_info=cause)
        self._link.say(failure={"message": self.failure, "for_all": isinstance(problem, NotFinite)})

    def _put(self, part):
        """Takes chunks, on a stream's thread."""
        try:
            self._abandon_before(part.version - 1)
            for chunk in self._vectors.put(part):
                self._link.differs(part.version, chunk, self._job.layout.chunks)
            if self._waiting:
                self._link.nudge()
        except Exception as e:
            self._report(e)

    def _abandon_before(self, version):
        """Nothing of versions before is wanted any more."""
        with self._lock:
            self._wanted = max(self._wanted, version)

    def _is_abandoned(self, version):
        return version < self._wanted or self.failure is not None or self._is_over.is_set()

    def _cover(self, version, partitions, slices=()):
        """Has the servers send the rows of tables that these need."""
        if self._job.holds_rows:
            touched = self._parts.touched(version, partitions, slices)
            self._vectors.cover(None if self._job.batch is None else version, touched)

    def _lease(self, version, partitions):
        self._abandon_before(version)
        self._cover(version, partitions)
        if self._job.batch is not None:
            self._cover(version + 1, self._prepared)
        reduction = Reduction(partitions, self._job.partitions, lambda sums: self._uplink.round(sums.gradients))
        self._waiting.append(
            (version, messages.EVALUATION_POINT, lambda at: self._compute(version, at, partitions, reduction))
        )

    def _evaluate(self, version, slices):
        self._abandon_before(version)
        self._cover(version, (), slices)
        kind = messages.WEIGHTS if self._job.rule["name"] == "nesterov" else messages.EVALUATION_POINT
        self._waiting.append((version, kind, lambda at: self._measure(version, at, slices)))

    def _begin(self):
        """Begins what has its vector complete, and drops what is not wanted any more."""
        for task in list(self._waiting):
            version, kind, begin = task
            at = None if self._is_abandoned(version) else self._vectors.take(version, kind)
            if at is not None or self._is_abandoned(version):
                self._waiting.remove(task)
            if at is not None:
                begin(at)

    def _start(self, version, task):
        """Has a compute thread do this, unless it is not wanted any more by then."""

        def run():
            try:
                if not self._is_abandoned(version):
                    task()
            except BaseException as e:  # sys.exit() in the user's function, too
                self._report(e)

        self._program.team.start(run)

    def _compute(self, version, at, partitions, reduction):
        if self._job.is_exact and not self._program.is_checked:
            self._start(version, lambda: self._check(version, at, partitions))
        for partition in sorted(partitions):
            self._start(version, lambda partition=partition: self._partition(version, at, partition, reduction))

    def _check(self, version, at, partitions):
        # A small batch may have no rows of some partitions.
        some = [p for p in sorted(partitions) if self._parts.of_step(p, version)[0] > 0]
        if some and not self._program.is_checked:
            self._program.is_checked = True
            self._functions.require_exactness(version, at, some[0], some[-1])

    def _partition(self, version, at, partition, reduction):
        complete = reduction.offer(partition, self._functions.partition(version, at, partition))
        if complete:
            self._contribute(version, at, *complete)

    def _contribute(self, version, at, node, sums):
        layout, tally = at.layout, sums.tally()
        for run in self._link.turns(layout.chunks, layout.chunks_per_message):
            if self._is_abandoned(version):
                return
            data = b"".join(self._uplink.encode(sums.gradients[layout.chunk(chunk)]) for chunk in run)
            self._link.contribute(
                run,
                layout.chunks,
                version=version,
                node=node,
                tally=tally,
                encoding=self._uplink.number,
                holding=layout.number,
                data=data,
            )

    def _measure(self, version, at, slices):
        for number in slices:
            self._start(version, lambda number=number: self._slice(version, at, number))

    def _slice(self, version, at, number):
        tally = self._functions.slice(version, at, number).tally()
        self._link.evaluated(version=version, slice=number, tally=tally)

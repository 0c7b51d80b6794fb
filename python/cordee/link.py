"""The connection to a server: one stream to each of its shards."""

import collections
import queue
import threading

import grpc

from cordee import messages
from cordee.messages import worker_message
from cordee.text import identifier, printable

_LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED)
_DIAL_SECONDS = 10
_GOODBYE_SECONDS = 5
# When another shard is lost, how long shard 0 may take to say that the job is over.
_LEAD_SECONDS = 2
_MOST_WAITING = 4


class Refused(Exception):
    """There is no connection to be had, or the server has ended it: one line for people."""


class Lost(Refused):
    """Another attempt may succeed."""


class Stream:
    """One stream. Any thread may send; once it has ended, or this side has said its last, what is sent goes nowhere."""

    def __init__(self, address, access):
        self._address = address
        self._access = access
        self._channel = access.channel(address)
        self._changed = threading.Condition()
        self._outbox = collections.deque()
        self._is_finished = False
        self._call = None

    def dial(self):
        """Makes one attempt to connect. What the answer says does not matter."""
        try:
            self._channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=_DIAL_SECONDS)
        except grpc.RpcError as e:
            if e.code() in _LOST:
                obstacle = self._access.obstacle(self._address)
                if obstacle:
                    raise Refused(obstacle) from e
                raise Lost(f"could not reach the server at {self._address}: {printable(e.details())}") from e

    def begin(self):
        method = self._channel.stream_stream(
            messages.TRAIN,
            request_serializer=messages.WorkerMessage.SerializeToString,
            response_deserializer=messages.ServerMessage.FromString,
        )
        self._call = method(self._outgoing(), metadata=self._access.metadata)

    def _outgoing(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._outbox or self._is_finished)
                if not self._outbox:
                    return
                message = self._outbox.popleft()
                self._changed.notify_all()
            yield message

    def say(self, message):
        """Sends something short, without waiting."""
        with self._changed:
            if not self._is_finished:
                self._outbox.append(message)
                self._changed.notify_all()

    def send(self, message):
        """Waits while there is much to send."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._outbox) < _MOST_WAITING or self._is_finished)
            self.say(message)

    def say_if_idle(self, message):
        """Sends it unless other messages wait to be sent."""
        with self._changed:
            if not self._outbox:
                self.say(message)

    def receive(self):
        """The next message.

        Raises Lost if the connection is, Refused if the server has ended it.
        """
        try:
            return next(self._call)
        except StopIteration:
            raise Refused(f"the server at {self._address} ended the connection") from None
        except grpc.RpcError as e:
            if e.code() in _LOST:
                raise Lost(f"lost the connection to the server at {self._address}: {printable(e.details())}") from e
            raise Refused(f"the server at {self._address} refused this worker: {printable(e.details())}") from e
        finally:
            if not self._call.is_active():
                self.finish()

    def finish(self, *last):
        """Says the last there is to say."""
        with self._changed:
            for message in last:
                self.say(message)
            self._is_finished = True
            self._changed.notify_all()

    def close(self):
        self.finish()
        if self._call:
            self._call.cancel()
        self._channel.close()


class Link:
    """The streams to all shards as one: chunks go to and come from their own, all else is said to shard 0."""

    def __init__(self, addresses, access):
        self._streams = []
        self._readers = []
        # Messages of shard 0, failures of any, and None to have a look around.
        self._inbox = queue.SimpleQueue()
        self._is_lead_done = threading.Event()
        try:
            for address in addresses:
                self._streams.append(Stream(address, access))
                self._streams[-1].dial()
        except BaseException:
            self.close()
            raise

    def greet(self, name, host, threads):
        """The server's welcome; it is not understood yet. A worker without a name is named after its host."""
        welcomes = []
        for number, stream in enumerate(self._streams):
            hello = {"protocol": messages.PROTOCOL, "name": name, "threads": threads, "host": "" if number else host}
            stream.begin()
            stream.say(worker_message(hello=hello))
            said = stream.receive()
            welcomes.append(said)
            if said.WhichOneof("body") != "welcome":
                raise Refused("the server did not answer hello with a welcome; is it a Cordee server?")
            said.welcome.name = identifier(said.welcome.name)
            found = said.welcome.shard, max(1, said.welcome.shards)
            if found != (number, len(self._streams)):
                raise Refused(
                    f"expected shard {number}/{len(self._streams)}; found shard {found[0]}/{found[1]}; give the addresses of "
                    f"all shards, in order"
                )
            if said.welcome.job != welcomes[0].welcome.job:
                raise Refused(f"shard {number} serves another job than shard 0")
            name = welcomes[0].welcome.name  # shard 0's permits are for this one
        return welcomes[0].welcome

    @property
    def is_listening(self):
        return bool(self._readers)

    def listen(self, on_chunk):
        """From here on, chunks are given to a function, on the streams' own threads; the rest waits to be received."""
        for number, stream in enumerate(self._streams):
            reader = threading.Thread(
                target=self._read, args=(number, stream, on_chunk), name=f"shard-{number}", daemon=True
            )
            self._readers.append(reader)
            reader.start()

    def _read(self, number, stream, on_chunk):
        try:
            while True:
                said = stream.receive()
                if said.WhichOneof("body") == "parameters":
                    on_chunk(said.parameters)
                elif number == 0 and said.WhichOneof("body") == "permit":
                    for other in self._streams[1:]:
                        other.say(worker_message(permit=said.permit))
                elif number == 0:
                    self._inbox.put(said)
                    if said.WhichOneof("body") == "finished":
                        self._is_lead_done.set()
        except Refused as e:
            if number > 0:
                self._is_lead_done.wait(_LEAD_SECONDS)
            self._inbox.put(e)
            self._is_lead_done.set()

    def receive(self):
        """The next message other than a chunk, or None after a nudge."""
        said = self._inbox.get()
        if isinstance(said, Refused):
            self._inbox.put(said)
            raise said
        return said

    def nudge(self):
        self._inbox.put(None)

    def say(self, **body):
        self._streams[0].say(worker_message(**body))

    def say_to_all(self, **body):
        for stream in self._streams:
            stream.say(worker_message(**body))

    def heartbeat(self):
        self._streams[0].say_if_idle(worker_message(heartbeat={}))

    def evaluated(self, **body):
        self._streams[0].send(worker_message(evaluated=body))

    def differs(self, version, chunk, chunks):
        self._owner(chunk, chunks).say(worker_message(differs={"version": version, "chunk": chunk}))

    def contribute(self, run, chunks, **body):
        """Sends a range of neighbouring chunks, all of the same shard."""
        where = {"chunk": run.start, "chunks": len(run)}
        self._owner(run.start, chunks).send(worker_message(contribution={**where, **body}))

    def _owner(self, chunk, chunks):
        shards = len(self._streams)
        return self._streams[next(s for s in reversed(range(shards)) if chunk >= chunks * s // shards)]

    def turns(self, chunks, most):
        """Ranges of at most so many chunks, all of them, those of each shard in turn, so that none is idle."""
        shards = len(self._streams)
        owned = [range(chunks * s // shards, chunks * (s + 1) // shards) for s in range(shards)]
        runs = [[own[at : at + most] for at in range(0, len(own), most)] for own in owned]
        return [some[turn] for turn in range(max(map(len, runs))) for some in runs if turn < len(some)]

    def goodbye(self):
        """Says so to all, and waits until they have heard it."""
        for stream in self._streams:
            stream.finish(worker_message(goodbye={}))
        for reader in self._readers:
            reader.join(_GOODBYE_SECONDS)

    def close(self):
        for stream in self._streams:
            stream.close()

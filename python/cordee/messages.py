"""The messages of the wire contract, made from its descriptor."""

from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_DESCRIPTOR = Path(__file__).with_name("wire.desc")
_PACKAGE = "cordee.v1."


def _pool():
    if not _DESCRIPTOR.exists():
        raise ImportError(f"{_DESCRIPTOR} is missing; make it with {_DESCRIPTOR.parent.parent}/generate.sh")
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(_DESCRIPTOR.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def _message(name):
    descriptor = _POOL.FindMessageTypeByName(_PACKAGE + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(_POOL).GetPrototype(descriptor)


def _number(enum, value):
    return _POOL.FindEnumTypeByName(_PACKAGE + enum).values_by_name[value].number


_POOL = _pool()
PROTOCOL = 2
TRAIN = "/cordee.v1.ParameterServer/Train"

WorkerMessage = _message("WorkerMessage")
ServerMessage = _message("ServerMessage")
Parameters = _message("Parameters")
Tally = _message("Tally")

EVALUATION_POINT = _number("Parameters.Kind", "EVALUATION_POINT")
WEIGHTS = _number("Parameters.Kind", "WEIGHTS")
SIGNS = _number("Parameters.Kind", "SIGNS")
STATE = _number("Parameters.Kind", "STATE")

ENCODINGS = {name: _number("Contribution.Encoding", name.upper()) for name in ("float32", "bfloat16", "int8")}


def worker_message(**body):
    """A worker's message with this body, such as ``hello={"name": "a"}``."""
    return WorkerMessage(**body)

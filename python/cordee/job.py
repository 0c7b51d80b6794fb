"""What a worker has to know of a job."""

import math
from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np
import yaml

from cordee.problem import Problem

# A chunk is a sixteenth of the vector, in multiples of so many floats, up to this.
_SHARES = 16
_MULTIPLE = 256
_LONGEST_CHUNK = 64 * 1024

_SIGN_RULES = ("rprop", "rprop+", "rprop-", "irprop+", "irprop-", "signsgd", "signum", "lion")
_NUMBER_OF_LINE = 64
# Parameters of the largest tables that are held whole; the ids that a cell with several is taken to have.
_SMALL = 1 << 19
_IDS_OF_LIST = 16


@dataclass(frozen=True)
class Tensor:
    """A part of the parameter vector."""

    name: str
    shape: Tuple[int, ...]
    offset: int

    @property
    def size(self):
        return math.prod(self.shape)

    @property
    def end(self):
        return self.offset + self.size

    @property
    def is_bias(self):
        return len(self.shape) < 2


class Parameters(dict):
    """Read-only arrays by the tensors' names, in the layout's order, and the ``vector`` that they are parts of."""

    def __init__(self, layout, vector):
        vector.flags.writeable = False
        self.layout = layout
        super().__init__((t.name, vector[t.offset : t.end].reshape(t.shape)) for t in layout.tensors)
        self.vector = vector


class Layout:
    """The tensors of the parameter vector, one behind the other."""

    # As a holding has one.
    number = 0

    def __init__(self, shapes):
        self.tensors, offset = [], 0
        for name, shape in shapes:
            self.tensors.append(Tensor(name, tuple(shape), offset))
            offset = self.tensors[-1].end
        self.parameters = offset

    @property
    def shapes(self):
        return [(tensor.name, tensor.shape) for tensor in self.tensors]

    def tensor_at(self, index):
        return next(tensor for tensor in self.tensors if index < tensor.end)

    @property
    def _chunk_length(self):
        share = max(1, -(-self.parameters // (_SHARES * _MULTIPLE))) * _MULTIPLE
        return min(share, _LONGEST_CHUNK)

    @property
    def chunks(self):
        return -(-self.parameters // self._chunk_length)

    @property
    def chunks_per_message(self):
        """How many neighbouring chunks a message may hold."""
        return _LONGEST_CHUNK // self._chunk_length

    def chunk(self, number):
        """The slice of the vector that a chunk is."""
        length = self._chunk_length
        return slice(number * length, min((number + 1) * length, self.parameters))

    def biases(self):
        """Which parameters are biases."""
        are = np.zeros(self.parameters, bool)
        for tensor in self.tensors:
            are[tensor.offset : tensor.end] = tensor.is_bias
        return are


def aligned(size):
    """A new vector that begins with a cache line, as the sums of some libraries depend on where it begins."""
    room = np.empty(size + _NUMBER_OF_LINE // 4, np.float32)
    at = -room.ctypes.data % _NUMBER_OF_LINE // 4
    return room[at : at + size]


@dataclass(frozen=True)
class Local:
    """The steps that each partition takes by itself in a round."""

    steps: int
    batch: int
    rule: dict


@dataclass(frozen=True)
class Table:
    """A table of ids, whose rows are numbered through those of all tables, from ``first`` on."""

    name: str
    rows: int
    dim: int
    first: int
    offset: int
    is_hashed: bool
    is_mean: bool

    @property
    def tensor(self):
        return "ids." + self.name


@dataclass(frozen=True)
class Job:
    name: str
    # All tensors; those of the model before its tables; the tables.
    layout: Layout
    own: Layout
    tables: List[Table]
    # Whether rows of tables are held as they are needed, rather than all.
    holds_rows: bool
    partitions: int
    # Rows of a round, and the seed of their order; all rows without them.
    batch: Optional[int]
    batch_seed: int
    # Of the model's random numbers.
    seed: int
    local: Optional[Local]
    rule: dict
    sends_signs: bool
    uplink: str
    is_exact: bool
    has_validation: bool
    has_test: bool

    @staticmethod
    def parse(text):
        """The job in the resolved YAML of a server, where it is one that functions in Python can work for."""
        try:
            # Every value as it is written: names may look like numbers.
            return _job(yaml.load(text, yaml.BaseLoader))
        except (yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError) as e:
            raise Problem(
                f"the server's job is not understood ({e!r}); run the same version of Cordee on both sides"
            ) from e


def _job(job):
    rule, data, batch = job["rule"], job["data"], job["batch"]
    if rule["name"] == "newton":
        raise Problem(
            "rule newton needs second derivatives, which functions in Python do not give; choose another rule"
        )
    if "regularize" in job:
        raise Problem(
            "regularize is for the built-in models; regularize in the gradient function, and leave it out of the job"
        )
    if job["model"].get("sparse") == "true":
        raise Problem("model.sparse is for the built-in models, whose workers are Java's; leave it out of the job")
    split = data.get("split", {})
    model, local = job["model"], job.get("local")
    own = Layout(_shapes(model))
    tables = _tables(own.parameters, data.get("ids", {}))
    return Job(
        name=job["name"],
        layout=Layout([*own.shapes, *((table.tensor, (table.rows, table.dim)) for table in tables)]),
        own=own,
        tables=tables,
        holds_rows=_holds_rows(tables, data.get("ids", {}), 0 if batch == "full" else int(batch["rows"])),
        partitions=int(job["partitions"]),
        batch=None if batch == "full" else int(batch["rows"]),
        batch_seed=0 if batch == "full" else int(batch["seed"]),
        seed=int(model.get("seed") or model.get("init", {}).get("seed", 1)),
        local=local and Local(int(local["steps"]), int(local["batch"]), local["rule"]),
        rule=rule,
        sends_signs=job["mode"] == "sync" and job["downlink"] != "floats" and rule["name"] in _SIGN_RULES,
        uplink=job["uplink"],
        is_exact=model.get("exact", "true") == "true",
        has_validation="validation" in data or float(split.get("validation", 0)) > 0,
        has_test="test" in data or float(split.get("test", 0)) > 0 or "folds" in split,
    )


def _shapes(model):
    if "tensors" in model:
        return [(name, [int(extent) for extent in shape]) for name, shape in model["tensors"].items()]
    units = [int(number) for number in [*([model["inputs"]] if "inputs" in model else []), *model["layers"]]]
    shapes = []
    for layer, (inputs, outputs) in enumerate(zip(units, units[1:]), start=1):
        shapes += [(f"layer{layer}.weight", [outputs, inputs]), (f"layer{layer}.bias", [outputs])]
    return shapes


def _tables(offset, columns):
    tables, first = [], 0
    for name, column in columns.items():
        rows, dim = int(column.get("hash") or column["rows"]), int(column["dim"])
        tables.append(Table(name, rows, dim, first, offset, "hash" in column, column.get("pool") == "mean"))
        first, offset = first + rows, offset + rows * dim
    return tables


def _holds_rows(tables, columns, batch):
    """As Job.partlyHeld() of workers in Java: not if the tables are small and batches touch nearly all of them."""
    ids = [batch * (_IDS_OF_LIST if column.get("split") else 1) for column in columns.values()]
    is_small = sum(table.rows * table.dim for table in tables) <= _SMALL
    return not (is_small and all(most >= 2 * table.rows for table, most in zip(tables, ids)))

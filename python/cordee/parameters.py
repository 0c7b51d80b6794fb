"""The parameters of a model: named tensors in one vector."""

import math
from dataclasses import dataclass
from typing import Iterable, List, Sequence, Tuple

import numpy as np


@dataclass(frozen=True)
class Tensor:
    """A part of the parameter vector."""

    name: str
    shape: Tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        return self.offset + self.size


class Layout:
    """The tensors of the parameter vector, one behind the other."""

    def __init__(self, shapes: Iterable[Tuple[str, Sequence[int]]]):
        self.tensors: List[Tensor] = []
        offset = 0
        for name, shape in shapes:
            self.tensors.append(Tensor(name, tuple(shape), offset))
            offset = self.tensors[-1].end
        self.parameters = offset

    @property
    def shapes(self) -> List[Tuple[str, Tuple[int, ...]]]:
        return [(tensor.name, tensor.shape) for tensor in self.tensors]


class Parameters(dict):
    """Read-only arrays by the tensors' names, in the layout's order, and the ``vector`` that they are parts of."""

    def __init__(self, layout: Layout, vector: np.ndarray):
        vector.flags.writeable = False
        self.layout = layout
        super().__init__((t.name, vector[t.offset : t.end].reshape(t.shape)) for t in layout.tensors)
        self.vector = vector

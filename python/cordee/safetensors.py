"""Files of named tensors in the safetensors format: https://github.com/huggingface/safetensors#format"""

import json
import os
from pathlib import Path
from typing import Any, Dict, Mapping, Union

import numpy as np

_LENGTH = 8
_ALIGNMENT = 8


def save(path: "Union[str, os.PathLike]", tensors: "Mapping[str, Any]") -> None:
    """Writes float32 tensors, in their order: that of the parameter vector of a job that begins with this file."""
    arrays = {name: np.ascontiguousarray(_array(tensor), "<f4") for name, tensor in tensors.items()}
    header, end = {"__metadata__": {}}, 0
    for name, array in arrays.items():
        begin, end = end, end + array.nbytes
        # Not the array's: a contiguous copy of a scalar has a dimension.
        header[name] = {"dtype": "F32", "shape": list(np.shape(_array(tensors[name]))), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    draft = Path(f"{path}.part")
    with open(draft, "wb") as file:
        file.write(len(text).to_bytes(_LENGTH, "little") + text)
        for array in arrays.values():
            file.write(array.tobytes())
    os.replace(draft, path)


def load(path: "Union[str, os.PathLike]") -> "Dict[str, np.ndarray]":
    """Returns the tensors of a file of float32 tensors, by name, in the order of their data."""
    data = Path(path).read_bytes()
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    try:
        header = json.loads(data[_LENGTH:start])
    except ValueError as e:
        raise ValueError(f"{path} is no safetensors file: {e}") from e
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: tensor {name} is {entry['dtype']}; expected F32")
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[start + begin : start + end], "<f4").reshape(entry["shape"])
    return tensors


def _array(tensor):
    """Returns a tensor as an array; PyTorch's may need to be detached first."""
    return np.asarray(tensor.detach().cpu() if hasattr(tensor, "detach") else tensor)

"""Cordee from Python: trainings and their runs, networks for scikit-learn, and workers whose gradients are Python functions."""

import importlib
import os

# What gRPC's core says on standard error, each failed attempt to connect and each fork; to be said before it is loaded.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cordee.problem import Problem  # noqa: E402
from cordee.run_folder import Run, evaluate, load, predict, train  # noqa: E402
from cordee.safetensors import save  # noqa: E402

__all__ = [
    "End",
    "MLPClassifier",
    "MLPRegressor",
    "Problem",
    "Run",
    "WithIds",
    "evaluate",
    "fit",
    "load",
    "predict",
    "save",
    "train",
    "work",
]


# What loads gRPC, PyTorch or scikit-learn, once it is asked for.
_LATE = {
    "End": "worker",
    "WithIds": "tables",
    "work": "worker",
    "fit": "fitting",
    "MLPClassifier": "sklearn",
    "MLPRegressor": "sklearn",
}


def __getattr__(name):
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"cordee.{_LATE[name]}"), name)
    except ImportError as e:
        needed = {"fitting": "torch", "sklearn": "scikit-learn"}.get(_LATE[name], "grpcio")
        raise ImportError(f"cordee.{name} needs {needed} ({e}); install it with pip install {needed}") from e


def __dir__():
    return sorted({*globals(), *__all__})

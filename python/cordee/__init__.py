"""Cordee from Python: trainings and their runs, networks for scikit-learn, and workers whose gradients are Python functions."""

import os

# What gRPC's core says on standard error, each failed attempt to connect and each fork; to be said before it is loaded.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cordee.problem import Problem  # noqa: E402
from cordee.run_folder import Run, evaluate, load, predict, train  # noqa: E402
from cordee.safetensors import save  # noqa: E402
from cordee.worker import End, work  # noqa: E402

__all__ = [
    "End",
    "MLPClassifier",
    "MLPRegressor",
    "Problem",
    "Run",
    "evaluate",
    "load",
    "predict",
    "save",
    "train",
    "work",
]


def __getattr__(name):
    """What needs scikit-learn, once it is asked for."""
    if name not in ("MLPClassifier", "MLPRegressor"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from cordee import sklearn
    except ImportError as e:
        raise ImportError(f"cordee.{name} needs scikit-learn ({e}); install it with pip install scikit-learn") from e
    return getattr(sklearn, name)

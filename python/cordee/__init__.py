"""Cordee from Python: trainings and their runs, and workers whose gradients are Python functions."""

import os

# What gRPC's core says on standard error, each failed attempt to connect and each fork; to be said before it is loaded.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cordee.problem import Problem  # noqa: E402
from cordee.run_folder import Run, evaluate, load, predict, train  # noqa: E402
from cordee.safetensors import save  # noqa: E402
from cordee.worker import End, work  # noqa: E402

__all__ = [
    "End",
    "Problem",
    "Run",
    "evaluate",
    "load",
    "predict",
    "save",
    "train",
    "work",
]

"""Cordee from Python: trainings and their runs, networks for scikit-learn, and workers whose gradients are Python functions."""

import importlib
from typing import TYPE_CHECKING

from cordee.problem import Problem
from cordee.rows import WithIds
from cordee.run_folder import Run, evaluate, load, predict, train
from cordee.safetensors import save
from cordee.worker import End, work

if TYPE_CHECKING:
    from cordee.fitting import fit
    from cordee.sklearn import MLPClassifier, MLPRegressor

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


# What loads PyTorch or scikit-learn, once it is asked for.
_LATE = {"fit": "fitting", "MLPClassifier": "sklearn", "MLPRegressor": "sklearn"}


def __getattr__(name):
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"cordee.{_LATE[name]}"), name)
    except ImportError as e:
        needed = {"fitting": "torch", "sklearn": "scikit-learn"}[_LATE[name]]
        raise ImportError(f"cordee.{name} needs {needed} ({e}); install it with pip install {needed}") from e


def __dir__():
    return sorted({*globals(), *__all__})

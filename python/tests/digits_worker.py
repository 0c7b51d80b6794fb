"""A worker for the digits whose gradient function is sound, or wrong in the way that the first argument says."""

import itertools
import sys
from pathlib import Path

import numpy as np

import cordee

sys.path.insert(0, str(Path(__file__).parents[2] / "examples/python"))
from numpy_worker import gradient, measure  # noqa: E402

CALLS = itertools.count()


def short(parameters, rows):
    loss, gradients, correct = gradient(parameters, rows)
    return loss, np.concatenate([array.reshape(-1) for array in gradients])[:-1], correct


def not_finite(parameters, rows):
    loss, gradients, correct = gradient(parameters, rows)
    gradients[1][3] = np.nan
    return loss, gradients, correct


def raising(parameters, rows):
    raise LookupError("no such word: gradeint")


def drifting(parameters, rows):
    loss, gradients, correct = gradient(parameters, rows)
    return loss + next(CALLS), gradients, correct


FUNCTIONS = {"sound": gradient, "short": short, "not_finite": not_finite, "raising": raising, "drifting": drifting}

if __name__ == "__main__":
    mode, server = sys.argv[1:3]
    try:
        end = cordee.work(server, gradient=FUNCTIONS[mode], measure=measure, threads=2, wait=20)
    except KeyboardInterrupt:
        end = cordee.End("interrupted", "by Ctrl-C")
    print(end.how, end.message)
    sys.exit(end.exit_code)

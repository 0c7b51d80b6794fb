"""A worker for a linear unit on tables of ids, with the bits of the built-in one.

usage: ids_worker.py HOST:PORT PLACE, where a job's files are; or the file of the rows of a job whose rows are external.
"""

import sys
from pathlib import Path

import numpy as np

import cordee


def fma(a, b, c):
    """a · b + c of float32, rounded once: in float64, where an inexact sum is rounded to the odd neighbour first."""
    product, addend = np.multiply(a, b, dtype=np.float64), c.astype(np.float64)
    total = product + addend
    back = total - product
    lost = (product - (total - back)) + (addend - back)
    bits = total.view(np.int64)
    is_even = np.isfinite(lost) & (lost != 0) & (bits & 1 == 0)
    bits += np.where(is_even, np.where((lost > 0) == (total > 0), 1, -1), 0)
    return total.astype(np.float32)


def rows(file):
    """Those of a CSV file with the columns place, words, x and y."""
    cells = [line.split(",") for line in Path(file).read_text().splitlines()[1:]]
    place, words, x, y = zip(*cells)
    numbers = np.array(x, np.float32)[:, None], np.array(y, np.float32)[:, None]
    return cordee.WithIds(
        numbers, {"place": place, "words": [cell.split() for cell in words]}
    )


def outputs(parameters, x):
    weight, bias, *of_ids = parameters.values()
    inputs = np.hstack([*of_ids, x])
    total = np.repeat(bias, len(x))
    for j in range(weight.size):
        total = fma(inputs[:, j], weight[0, j], total)
    return inputs, total


def measure(parameters, rows):
    x, y = rows
    return float((np.square(outputs(parameters, x)[1] - y[:, 0])).sum() / 2)


def gradient(parameters, rows):
    x, y = rows
    inputs, total = outputs(parameters, x)
    errors = total - y[:, 0]
    weight, bias = np.zeros(inputs.shape[1], np.float32), np.float32(0)
    for row, error in zip(inputs, errors):
        weight, bias = fma(row, error, weight), bias + error
    gradients = {"layer1.weight": weight[None], "layer1.bias": [bias]}
    at = 0
    for name, of_ids in list(parameters.items())[2:]:
        gradients[name] = (
            errors[:, None] * parameters["layer1.weight"][:, at : at + of_ids.shape[1]]
        )
        at += of_ids.shape[1]
    return float(np.square(errors).sum() / 2), gradients


if __name__ == "__main__":
    server, place = sys.argv[1:]
    place = Path(place)
    own = {"data": place} if place.is_dir() else {"rows": rows(place), "test": rows(place)}
    end = cordee.work(server, gradient=gradient, measure=measure, threads=2, wait=20, **own)
    print(end.how, end.message)
    sys.exit(end.exit_code)

"""A worker for a linear unit on tables of ids, with the bits of the built-in one."""

import sys
from pathlib import Path

import numpy as np

import cordee
from cordee.tables import fma


def rows(file):
    """Those of a CSV file with the columns place, words, x and y."""
    cells = [line.split(",") for line in Path(file).read_text().splitlines()[1:]]
    place, words, x, y = zip(*cells)
    numbers = np.array(x, np.float32)[:, None], np.array(y, np.float32)
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
    return float((np.square(outputs(parameters, x)[1] - y)).sum() / 2)


def gradient(parameters, rows):
    x, y = rows
    inputs, total = outputs(parameters, x)
    errors = total - y
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
    server, train = sys.argv[1:3]
    end = cordee.work(
        server,
        gradient=gradient,
        measure=measure,
        rows=rows(train),
        test=rows(train),
        threads=2,
        wait=20,
    )
    print(end.how, end.message)
    sys.exit(end.exit_code)

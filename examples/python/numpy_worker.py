"""A worker for a network of tanh and softmax on the digits, in NumPy alone: what the built-in model computes."""

import sys
from pathlib import Path

import numpy as np

import cordee

DIGITS = Path(__file__).parents[2] / "worker/src/main/resources/io/cordee/worker/data/digits.csv.gz"
TRAINING_ROWS = 1437


def forward(parameters, pixels):
    """The activations of all layers, and the logarithms of the outputs."""
    activations = [pixels]
    tensors = list(parameters.values())
    for weight, bias in zip(tensors[:-2:2], tensors[1:-2:2]):
        activations.append(np.tanh(activations[-1] @ weight.T + bias))
    z = activations[-1] @ tensors[-2].T + tensors[-1]
    z -= z.max(axis=1, keepdims=True)
    return activations, z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def measure(parameters, rows):
    pixels, labels = rows
    _, log_outputs = forward(parameters, pixels)
    return -log_outputs[np.arange(len(labels)), labels].sum(), (log_outputs.argmax(axis=1) == labels).sum()


def gradient(parameters, rows):
    pixels, labels = rows
    activations, log_outputs = forward(parameters, pixels)
    loss = -log_outputs[np.arange(len(labels)), labels].sum()
    correct = (log_outputs.argmax(axis=1) == labels).sum()
    error = np.exp(log_outputs)
    error[np.arange(len(labels)), labels] -= 1
    gradients = []
    for activation, weight in zip(reversed(activations), reversed(list(parameters.values())[::2])):
        gradients = [error.T @ activation, error.sum(axis=0), *gradients]
        error = error @ weight * (1 - activation * activation)
    return loss, gradients, correct


def digits():
    """The rows to train on, and those to test on."""
    table = np.loadtxt(DIGITS, np.float32, delimiter=",")
    pixels, labels = table[:, :64] / 16, table[:, 64].astype(int)
    return (pixels[:TRAINING_ROWS], labels[:TRAINING_ROWS]), (pixels[TRAINING_ROWS:], labels[TRAINING_ROWS:])


if __name__ == "__main__":
    train, test = digits()
    try:
        end = cordee.work(*sys.argv[1:], gradient=gradient, measure=measure, rows=train, test=test)
    except KeyboardInterrupt:
        end = cordee.End("interrupted", "interrupted")
    print(end.message, file=sys.stderr)
    sys.exit(end.exit_code)

"""A worker for a network of tanh and softmax on the digits, in NumPy alone: what the built-in model computes."""

import sys

import numpy as np

import cordee


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
    pixels, targets = rows
    _, log_outputs = forward(parameters, pixels)
    return loss_and_correct(log_outputs, targets)


def loss_and_correct(log_outputs, targets):
    correct = (log_outputs.argmax(axis=1) == targets.argmax(axis=1)).sum()
    return -(targets * log_outputs).sum(), correct


def gradient(parameters, rows):
    pixels, targets = rows  # the job's, with a 1 for the class of each
    activations, log_outputs = forward(parameters, pixels)
    loss, correct = loss_and_correct(log_outputs, targets)
    error = np.exp(log_outputs) - targets
    gradients = []
    for activation, weight in zip(reversed(activations), reversed(list(parameters.values())[::2])):
        gradients = [error.T @ activation, error.sum(axis=0), *gradients]
        error = error @ weight * (1 - activation * activation)
    return loss, gradients, correct


if __name__ == "__main__":
    try:
        end = cordee.work(*sys.argv[1:], gradient=gradient, measure=measure)
    except KeyboardInterrupt:
        end = cordee.End("interrupted", "interrupted")
    print(end.message, file=sys.stderr)
    sys.exit(end.exit_code)

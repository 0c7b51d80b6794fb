"""A worker whose gradients are PyTorch's, of any module: here a small convolutional network on the digits.

python3 torch_worker.py --save FILE writes the first weights; python3 torch_worker.py HOST:PORT works for a server.
"""

import sys

import torch
from torch import nn

import cordee

# Sums depend on how many threads share them.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.manual_seed(1)
MODEL = nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 8, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10))


def forward(parameters, rows):
    """The loss, and how many rows are right."""
    pixels, targets = map(torch.tensor, rows)  # the job's, with a 1 for the class of each
    outputs = torch.func.functional_call(MODEL, parameters, pixels)
    loss = nn.functional.cross_entropy(outputs, targets, reduction="sum")
    return loss, (outputs.argmax(dim=1) == targets.argmax(dim=1)).sum()


def gradient(parameters, rows):
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in parameters.items()}
    loss, correct = forward(tensors, rows)
    return loss.item(), torch.autograd.grad(loss, list(tensors.values())), correct


@torch.no_grad()
def measure(parameters, rows):
    return forward({name: torch.tensor(array) for name, array in parameters.items()}, rows)


if sys.argv[1] == "--save":
    cordee.save(sys.argv[2], dict(MODEL.named_parameters()))
else:
    try:
        end = cordee.work(sys.argv[1], gradient=gradient, measure=measure)
    except KeyboardInterrupt:
        end = cordee.End("interrupted", "interrupted")
    print(end.message, file=sys.stderr)
    sys.exit(end.exit_code)

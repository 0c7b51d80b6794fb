"""Makes the files of src/test/resources/models: python3 src/test/models.py, with PyTorch 2.6 or later."""

import os

import torch
from torch import nn
from torch.nn import functional as F

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resources", "models")
INPUTS, HIDDEN, CLASSES = 4, 5, 3


class Mlp(nn.Module):
    def __init__(self, outputs: int):
        super().__init__()
        self.hidden = nn.Linear(INPUTS, HIDDEN)
        self.output = nn.Linear(HIDDEN, outputs)

    def forward(self, x):
        return self.output(torch.tanh(self.hidden(x)))


class Cnn(nn.Module):
    """Convolution, group norm and a buffer that stays as it is; smooth, for finite differences."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)
        self.output = nn.Linear(4 * 4, CLASSES)
        self.register_buffer("scale", torch.tensor(0.5))

    def forward(self, x):
        x = self.conv(x.view(-1, 1, 4, 4) * self.scale)
        x = F.avg_pool2d(torch.tanh(self.norm(x)), 2)
        return self.output(x.flatten(1))


class BatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(INPUTS)
        self.output = nn.Linear(INPUTS, CLASSES)

    def forward(self, x):
        return self.output(self.norm(x))


class Dropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(INPUTS, HIDDEN)
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        return self.output(self.dropout(torch.tanh(self.hidden(x))))


class OwnLoss(nn.Module):
    def __init__(self, reduction: str):
        super().__init__()
        self.model = Mlp(CLASSES)
        self.reduction = reduction

    def forward(self, x, y):
        z = self.model(x)
        return F.cross_entropy(z, y, reduction=self.reduction), (z.argmax(1) == y).sum()

    @torch.jit.export
    def predict(self, x):
        return self.model(x)


class LossAlone(nn.Module):
    """Of a code for features: no targets, no outputs."""

    def __init__(self):
        super().__init__()
        self.code = nn.Linear(INPUTS, 2)
        self.back = nn.Linear(2, INPUTS)

    def forward(self, x):
        return (self.back(self.code(x)) - x).square().sum()


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(INPUTS, INPUTS)
        self.second = nn.Linear(INPUTS, INPUTS)
        self.second.weight = self.first.weight
        self.output = nn.Linear(INPUTS, CLASSES)

    def forward(self, x):
        return self.output(torch.tanh(self.second(torch.tanh(self.first(x)))))


torch.manual_seed(1)
frozen = Mlp(CLASSES)
frozen.hidden.requires_grad_(False)
for name, model in {
    "mlp": Mlp(CLASSES),
    "mlp-1": Mlp(1),
    "cnn": Cnn(),
    "batch-norm": BatchNorm(),
    "dropout": Dropout(),
    "own-loss": OwnLoss("sum"),
    "mean-loss": OwnLoss("mean"),
    "loss-alone": LossAlone(),
    "frozen": frozen,
    "tied": Tied(),
    "double": Mlp(CLASSES).double(),
}.items():
    torch.jit.script(model).save(os.path.join(FOLDER, name + ".pt"))

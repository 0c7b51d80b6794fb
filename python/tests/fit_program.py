"""A program that trains a module by cordee.fit: fit_program.py OUT WORKERS ROUNDS [WHAT]. Prints the digest, or the error."""

import json
import sys
import traceback

import numpy as np
import torch
from torch.nn import functional

import cordee

ROWS, FEATURES, CLASSES = 320, 12, 3


def rows():
    draw = np.random.default_rng(1)
    x = draw.random((ROWS, FEATURES), dtype=np.float32)
    return x, (x.sum(axis=1) * 1.5).astype(int) % CLASSES


class Pairs(torch.utils.data.Dataset):
    def __len__(self):
        return ROWS

    def __getitem__(self, index):
        return X[index], Y[index]


class Failing(torch.nn.Linear):
    def forward(self, x):
        if len(x) == 16:
            raise LookupError("no such word: gradeint")
        return super().forward(x)


def module():
    torch.manual_seed(3)
    return torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 24), torch.nn.Dropout(0.2), torch.nn.Tanh(), torch.nn.LazyLinear(CLASSES)
    )


X, Y = rows()
LOCAL = {"steps": 5, "batch": 8, "optimizer": {"name": "adam", "learning_rate": 0.01, "clip_norm": 1}}
OTHERS = {
    "local": {"local": LOCAL, "optimizer": {"name": "irprop-", "max_step": 0.05}},
    "batches": {
        "data": Pairs(),
        "batch": 64,
        "optimizer": "adam",
        "compression": {"gradients": "bfloat16"},
        "validation": (X[:50], Y[:50]),
        "test": Pairs(),
        "evaluate_every": 1,
        "patience": 2,
    },
    "numpy": {
        "workers": np.int64(2),
        "rounds": np.int64(6),
        "optimizer": {"name": np.str_("momentum"), "learning_rate": np.float64(0.1), "decay_biases": np.bool_(False)},
        "batch": np.int64(64),
        "partitions": np.int32(4),
        "micro_batch": np.int64(16),
        "seed": np.uint8(2),
        "stop": {"minutes": np.float32(5)},
    },
    "failing": {"model": torch.nn.Sequential(module(), Failing(CLASSES, CLASSES))},
    "wrong": {"optimizer": "rpropp"},
}

if __name__ == "__main__":
    out, workers, rounds, what = [*sys.argv[1:], "usual"][:4]
    settings = {
        "out": out,
        "workers": int(workers),
        "rounds": int(rounds),
        "model": module(),
        "data": (X, Y),
        "loss": functional.cross_entropy,
        "optimizer": {"name": "irprop-", "max_step": 0.1},
        "partitions": 8,
        "micro_batch": 16,
        "evaluate_every": 1000,
        "checkpoint": {"every": 20},
        **OTHERS.get(what, {}),
    }
    try:
        run = cordee.fit(**settings)
    except cordee.Problem as e:
        traceback.print_exc()
        sys.exit(f"Problem: {e}")
    trained = run.state_dict()
    settings["model"].load_state_dict(trained)
    weights = {key: float(value.double().sum()) for key, value in trained.items()}
    print("\nresult " + json.dumps({"digest": run.digest, "weights": weights, "folder": str(run.folder)}))

"""Shows how cordee.fit gets on, by a callback, in a tool of your choice.

python3 callbacks.py [print | tqdm | tensorboard | wandb]

The last three need the package of that name; TensorBoard's files go to runs/tensorboard, those of Weights & Biases to runs/wandb.
"""

import sys

import torch

import cordee

ROUNDS = 50


def printing():
    return lambda number, figures: print(f"round {number}: {figures['loss']:.4f}")


def by_tqdm():
    from tqdm import tqdm

    bar = tqdm(total=ROUNDS)

    def show(number, figures):
        bar.update(number - bar.n)
        bar.set_postfix(loss=figures["loss"])

    return show


def by_tensorboard():
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter("runs/tensorboard")

    def write(number, figures):
        for name, value in figures.items():
            writer.add_scalar(name, value, number)

    return write


def by_wandb():
    import wandb

    wandb.init(project="cordee", mode="offline", dir="runs")
    return lambda number, figures: wandb.log(figures, step=number)


WAYS = {"print": printing, "tqdm": by_tqdm, "tensorboard": by_tensorboard, "wandb": by_wandb}

if __name__ == "__main__":
    callback = WAYS[sys.argv[1] if len(sys.argv) > 1 else "print"]()
    torch.manual_seed(1)
    x = torch.rand(1000, 20)
    y = (x[:, :10].sum(dim=1) > x[:, 10:].sum(dim=1)).long()
    model = torch.nn.Sequential(torch.nn.Linear(20, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2))
    cordee.fit(model, (x, y), loss=torch.nn.functional.cross_entropy, rounds=ROUNDS, quiet=True, callback=callback)

#!/usr/bin/python3
"""Full-batch Rprop of a small convolutional network on Fashion-MNIST, one thread a process: prints the milliseconds of each
round after the first two.

usage: fit_rounds.py cordee|ddp FOLDER PROCESSES ROUNDS

cordee: by cordee.fit. ddp: by torch's DistributedDataParallel over gloo, as rank 0 sees them; gradients of micro-batches add up,
and are exchanged with the last.
"""
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
import torch.distributed
import torch.multiprocessing
from torch import nn

from torch_rounds import rows

ROWS, MICRO_BATCH, WARM = 20_000, 256, 2


def network():
    torch.manual_seed(1)
    convolutions = nn.Conv2d(1, 16, 5, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2), nn.ReLU()
    return nn.Sequential(nn.Unflatten(1, (1, 28)), *convolutions, nn.Flatten(), nn.Linear(800, 10))


def images(folder, part):
    x, t = rows(folder, part)
    return x.view(-1, 28, 28), t


def add_gradients(model, x, t):
    starts = range(0, len(x), MICRO_BATCH)
    for at in starts:
        part = slice(at, at + MICRO_BATCH)
        with contextlib.nullcontext() if at == starts[-1] else model.no_sync():
            nn.functional.cross_entropy(model(x[part]), t[part], reduction="sum").backward()


def cordee(folder, processes, rounds):
    sys.path.insert(0, str(Path(__file__).parents[2] / "python"))
    import cordee

    optimizer = {"name": "irprop-", "initial_step": 0.001, "max_step": 0.01}
    with tempfile.TemporaryDirectory() as work:
        run = cordee.fit(
            network(),
            images(folder, slice(0, ROWS)),
            loss=nn.functional.cross_entropy,
            optimizer=optimizer,
            rounds=rounds,
            workers=processes,
            out=f"{work}/run",
            micro_batch=MICRO_BATCH,
            # Of whole micro-batches, nearly.
            partitions=2 * processes,
            checkpoint={"every": 0},
            quiet=True,
        )
        for milliseconds in 1e3 * numpy.diff(run.metrics["seconds"])[WARM:]:
            print("%.3f" % milliseconds)


def ddp(rank, folder, processes, rounds):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    x, t = images(folder, slice(ROWS * rank // processes, ROWS * (rank + 1) // processes))
    model = nn.parallel.DistributedDataParallel(network())
    optimizer = torch.optim.Rprop(model.parameters(), lr=0.001, step_sizes=(1e-6, 0.01))
    for done in range(rounds):
        start = time.perf_counter()
        optimizer.zero_grad()
        add_gradients(model, x, t)
        optimizer.step()
        if rank == 0 and done >= WARM:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    what, folder, processes, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if what == "cordee":
        cordee(folder, processes, rounds)
    else:
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", "29715")
        os.environ.setdefault("USE_LIBUV", "0")  # Debian builds torch without it
        torch.multiprocessing.spawn(ddp, args=(folder, processes, rounds), nprocs=processes)

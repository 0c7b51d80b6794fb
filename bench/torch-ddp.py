#!/usr/bin/python3
"""Full-batch Rprop on Fashion-MNIST, 784-128-10, by torch's DistributedDataParallel over gloo, one thread a process.

usage: torch-ddp.py FOLDER PROCESSES ROUNDS

Prints the milliseconds of each round after the first five, as rank 0 sees them.
"""
import gzip
import os
import sys
import time

import numpy
import torch
import torch.distributed
import torch.multiprocessing
from torch.nn.parallel import DistributedDataParallel


def read(path, header):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def run(rank, processes, rounds, folder):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    x = read(folder + "/train-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    t = read(folder + "/train-labels-idx1-ubyte.gz", 8)
    rows = slice(len(x) * rank // processes, len(x) * (rank + 1) // processes)
    x = torch.from_numpy(x[rows].astype(numpy.float32) / 255)
    t = torch.from_numpy(t[rows].astype(numpy.int64))
    torch.manual_seed(1)
    model = DistributedDataParallel(
        torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.Tanh(), torch.nn.Linear(128, 10)))
    loss = torch.nn.CrossEntropyLoss()
    rule = torch.optim.Rprop(model.parameters(), lr=0.1, step_sizes=(1e-6, 0.1))
    for done in range(rounds):
        start = time.perf_counter()
        rule.zero_grad()
        loss(model(x), t).backward()
        rule.step()
        if rank == 0 and done >= 5:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    folder, processes, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29713")
    os.environ["USE_LIBUV"] = "0"  # Debian builds torch without it
    torch.multiprocessing.spawn(run, (processes, rounds, folder), processes)

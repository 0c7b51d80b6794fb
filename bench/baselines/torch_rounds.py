#!/usr/bin/python3
"""Fashion-MNIST, 784-128-10, by torch.

usage: torch_rounds.py FOLDER full PROCESSES ROUNDS
       torch_rounds.py FOLDER batches EPOCHS

full: full-batch Rprop by DistributedDataParallel over gloo, one thread a process; prints the milliseconds of each round
after the first five, as rank 0 sees them. batches: mini-batches of 128 rows by Adam, one thread; prints the seconds of
each epoch.
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


def rows(folder, part, of="train"):
    x = read(f"{folder}/{of}-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    t = read(f"{folder}/{of}-labels-idx1-ubyte.gz", 8)
    return torch.from_numpy(x[part].astype(numpy.float32) / 255), torch.from_numpy(t[part].astype(numpy.int64))


def network():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.Tanh(), torch.nn.Linear(128, 10))


def full(rank, processes, rounds, folder):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    x, t = rows(folder, slice(60000 * rank // processes, 60000 * (rank + 1) // processes))
    model = DistributedDataParallel(network())
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Rprop(model.parameters(), lr=0.1, step_sizes=(1e-6, 0.1))
    for done in range(rounds):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss(model(x), t).backward()
        optimizer.step()
        if rank == 0 and done >= 5:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


def batches(epochs, folder):
    torch.set_num_threads(1)
    x, t = rows(folder, slice(None))
    model = network()
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(epochs):
        start = time.perf_counter()
        order = torch.randperm(len(x))
        for at in range(0, len(x), 128):
            batch = order[at:at + 128]
            optimizer.zero_grad()
            loss(model(x[batch]), t[batch]).backward()
            optimizer.step()
        print("%.3f" % (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    folder, what, numbers = sys.argv[1], sys.argv[2], [int(number) for number in sys.argv[3:]]
    if what == "batches":
        batches(*numbers, folder)
    else:
        processes, rounds = numbers
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", "29713")
        os.environ["USE_LIBUV"] = "0"  # Debian builds torch without it
        torch.multiprocessing.spawn(full, (processes, rounds, folder), processes)

#!/usr/bin/python3
"""The rows of `cordee data clicks` by torch: a table of 16 numbers for each id, then a network with 64 hidden units.

usage: USE_LIBUV=0 bench/baselines/clicks_rounds.py CSV IDS PROCESSES ROWS_OF_A_STEP STEPS

By DistributedDataParallel over gloo, one thread a process, each with its share of a step's rows; the table's gradient is sparse, and
SparseAdam steps it. Prints the milliseconds of each step after the first five, as rank 0 sees them. Debian's torch needs USE_LIBUV=0.
"""
import os
import sys
import time

import numpy
import torch
import torch.distributed
import torch.multiprocessing
from torch.nn.parallel import DistributedDataParallel

DIM, HIDDEN = 16, 64


class Network(torch.nn.Module):
    def __init__(self, ids, columns):
        super().__init__()
        self.table = torch.nn.Embedding(ids, DIM, sparse=True)
        self.dense = torch.nn.Sequential(
            torch.nn.Linear(columns * DIM, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1))

    def forward(self, ids):
        return self.dense(self.table(ids).flatten(1)).squeeze(1)


def train(rank, rows, ids, processes, size, steps):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    network = Network(ids + 1, rows.shape[1] - 1)
    model = DistributedDataParallel(network)
    steppers = torch.optim.SparseAdam([network.table.weight], 1e-3), torch.optim.Adam(network.dense.parameters(), 1e-3)
    loss = torch.nn.BCEWithLogitsLoss()
    share = size // processes
    for step in range(steps):
        begin = (step * size) % (len(rows) - size + 1) + rank * share
        part = rows[begin : begin + share]
        torch.distributed.barrier()
        start = time.perf_counter()
        for optimizer in steppers:
            optimizer.zero_grad()
        loss(model(part[:, 1:]), part[:, 0].float()).backward()
        for optimizer in steppers:
            optimizer.step()
        torch.distributed.barrier()
        if rank == 0 and step >= 5:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    file, (ids, processes, size, steps) = sys.argv[1], map(int, sys.argv[2:])
    rows = torch.from_numpy(numpy.loadtxt(file, numpy.int64, delimiter=",", skiprows=1, max_rows=steps * size))
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=os.environ.get("MASTER_PORT", "29577"))
    torch.multiprocessing.spawn(train, (rows.share_memory_(), ids, processes, size, steps), processes)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The rows of `cordee data clicks` by torch: a table of 16 numbers for each id, then a network with 64 hidden units.

usage: USE_LIBUV=0 bench/peers/clicks_rounds.py CSV IDS PROCESSES sparseadam|sgd|adam [ROWS OF A STEP] [STEPS]

By DistributedDataParallel over gloo, one thread a process, each with its share of a step's rows; the table's gradient is sparse
but for adam. Prints the milliseconds of each step after the first five, as rank 0 sees them. Debian's torch needs USE_LIBUV=0.
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
    def __init__(self, ids, columns, is_sparse):
        super().__init__()
        self.table = torch.nn.Embedding(ids, DIM, sparse=is_sparse)
        self.dense = torch.nn.Sequential(
            torch.nn.Linear(columns * DIM, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1))

    def forward(self, ids):
        return self.dense(self.table(ids).flatten(1)).squeeze(1)


def rules(name, network):
    table, dense = [network.table.weight], list(network.dense.parameters())
    if name == "sparseadam":
        return [torch.optim.SparseAdam(table, 1e-3), torch.optim.Adam(dense, 1e-3)]
    return [torch.optim.SGD(table + dense, 1e-2) if name == "sgd" else torch.optim.Adam(table + dense, 1e-3)]


def train(rank, rows, ids, processes, name, size, steps):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    network = Network(ids + 1, rows.shape[1] - 1, name != "adam")
    model = DistributedDataParallel(network)
    steppers = rules(name, network)
    loss = torch.nn.BCEWithLogitsLoss()
    share = size // processes
    for step in range(steps):
        begin = (step * size) % (len(rows) - size + 1) + rank * share
        part = rows[begin : begin + share]
        torch.distributed.barrier()
        start = time.perf_counter()
        for rule in steppers:
            rule.zero_grad()
        loss(model(part[:, 1:]), part[:, 0].float()).backward()
        for rule in steppers:
            rule.step()
        torch.distributed.barrier()
        if rank == 0 and step >= 5:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


def main():
    if not 5 <= len(sys.argv) <= 7 or sys.argv[4] not in ("sparseadam", "sgd", "adam"):
        sys.exit(__doc__)
    file, ids, processes, name = sys.argv[1:5]
    size, steps = (list(map(int, sys.argv[5:])) + [8192, 30][len(sys.argv) - 5 :])
    rows = torch.from_numpy(numpy.loadtxt(file, numpy.int64, delimiter=",", skiprows=1, max_rows=steps * size))
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=os.environ.get("MASTER_PORT", "29577"))
    torch.multiprocessing.spawn(
        train, (rows.share_memory_(), int(ids), int(processes), name, size, steps), int(processes))


if __name__ == "__main__":
    main()

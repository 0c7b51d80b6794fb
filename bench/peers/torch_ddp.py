#!/usr/bin/python3
"""Full-batch Rprop on Fashion-MNIST by torch's DistributedDataParallel over gloo, one thread a process: prints the
milliseconds of each round after the first two, as rank 0 sees them. Gradients of micro-batches add up, and are exchanged with the last.

usage: torch_ddp.py FILE.pt FOLDER PROCESSES ROUNDS MICRO_BATCH
"""
import contextlib
import os
import sys
import time

import torch
import torch.distributed
import torch.multiprocessing
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

from torch_rounds import rows

ROWS = 60000
WARM = 2


def add_gradients(model, x, t, micro_batch):
    starts = range(0, len(x), micro_batch)
    for at in starts:
        last = at == starts[-1]
        with contextlib.nullcontext() if last else model.no_sync():
            cross_entropy(model(x[at:at + micro_batch]), t[at:at + micro_batch], reduction="sum").backward()


def train(rank, file, folder, processes, rounds, micro_batch):
    torch.set_num_threads(1)
    torch._C._set_graph_executor_optimize(False)  # its optimizer takes minutes for what then runs no faster
    torch.distributed.init_process_group("gloo", rank=rank, world_size=processes)
    x, t = rows(folder, slice(ROWS * rank // processes, ROWS * (rank + 1) // processes))
    model = DistributedDataParallel(torch.jit.load(file))
    rule = torch.optim.Rprop(model.parameters(), lr=0.001, step_sizes=(1e-6, 0.01))
    for done in range(rounds):
        start = time.perf_counter()
        rule.zero_grad()
        add_gradients(model, x, t, micro_batch)
        rule.step()
        if rank == 0 and done >= WARM:
            print("%.3f" % (1e3 * (time.perf_counter() - start)), flush=True)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    file, folder, numbers = sys.argv[1], sys.argv[2], [int(number) for number in sys.argv[3:]]
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29714")
    os.environ.setdefault("USE_LIBUV", "0")  # Debian builds torch without it
    torch.multiprocessing.spawn(train, args=(file, folder, *numbers), nprocs=numbers[0])

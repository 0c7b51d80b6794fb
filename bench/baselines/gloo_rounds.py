#!/usr/bin/python3
"""Torch's all-reduce over gloo, one process of one thread on each host. Rank 0 prints what the rounds took, and the bytes of
the host that moved the most through its network device.

usage: gloo_rounds.py rounds rprop|adam PARAMETERS ROUNDS WARM
       gloo_rounds.py ddp FOLDER BATCH ACCURACY

Each process is told RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and GLOO_SOCKET_IFNAME, as torchrun does.
rounds: all_reduce adds up the gradients of so many parameters, and the optimizer takes its step; prints the median in
milliseconds, without the first WARM rounds. ddp: Fashion-MNIST, 784-128-10, by DistributedDataParallel and Adam on so many rows a step and process, each
process with its share of the rows, until so many of the test rows are right. They are tried every 20 steps, which does not
count.
"""
import os
import statistics
import sys
import time

import torch
import torch.distributed as distributed
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

from torch_rounds import network, rows

ROWS = 60000
EVALUATE_EVERY = 20


class Meter:
    """Seconds and bytes of what this process does from each start to the next stop; all processes start and stop together."""

    def __init__(self):
        self.seconds = 0
        self.bytes = torch.zeros(2, dtype=torch.int64)  # sent, received

    def start(self):
        distributed.barrier()
        self.bytes -= self.counters()
        self.began = time.perf_counter()

    def stop(self):
        self.seconds += time.perf_counter() - self.began
        distributed.barrier()
        self.bytes += self.counters()

    @staticmethod
    def counters():
        folder = f"/sys/class/net/{os.environ['GLOO_SOCKET_IFNAME']}/statistics"
        return torch.tensor([int(open(f"{folder}/{way}_bytes").read()) for way in ("tx", "rx")])

    def busiest(self):
        """What the host with the most bytes sent and received."""
        hosts = [torch.zeros_like(self.bytes) for _ in range(distributed.get_world_size())]
        distributed.all_gather(hosts, self.bytes)
        return max(hosts, key=torch.sum).tolist()


def optimizer_of(name, parameters):
    """The optimizer in its fastest form on this torch's CPU."""
    if name == "rprop":
        return torch.optim.Rprop(parameters, lr=0.001, foreach=True)
    try:
        return torch.optim.Adam(parameters, lr=0.001, fused=True)
    except (RuntimeError, TypeError):
        return torch.optim.Adam(parameters, lr=0.001, foreach=True)


def report(busiest, **lines):
    """Prints a line for each, and the bytes of the busiest host."""
    for name, value in {**lines, "sent": busiest[0], "received": busiest[1]}.items():
        print(name, value, flush=True)


def rounds(name, parameters, count, warm):
    torch.manual_seed(distributed.get_rank())
    own = torch.randn(parameters)
    weights = torch.nn.Parameter(torch.zeros(parameters))
    weights.grad = torch.empty(parameters)
    optimizer = optimizer_of(name, [weights])
    meter = Meter()
    times = []
    for done in range(count):
        if done == warm:
            meter.start()
        weights.grad.copy_(own)
        begin = time.perf_counter()
        distributed.all_reduce(weights.grad)
        optimizer.step()
        times.append(time.perf_counter() - begin)
    meter.stop()
    busiest = [bytes // (count - warm) for bytes in meter.busiest()]
    if distributed.get_rank() == 0:
        report(busiest, milliseconds="%.2f" % (1e3 * statistics.median(times[warm:])))


def batches(x, t, size):
    """Whole batches, in a fresh order in each epoch, for ever."""
    while True:
        for part in torch.randperm(len(x)).split(size):
            if len(part) == size:
                yield x[part], t[part]


def accuracy_of(model, x, t):
    with torch.no_grad():
        return (model(x).argmax(1) == t).float().mean()


def ddp(folder, batch, accuracy):
    rank, processes = distributed.get_rank(), distributed.get_world_size()
    x, t = rows(folder, slice(ROWS * rank // processes, ROWS * (rank + 1) // processes))
    test = rows(folder, slice(None), of="t10k") if rank == 0 else None
    model = DistributedDataParallel(network(), gradient_as_bucket_view=True)
    optimizer = optimizer_of("adam", model.parameters())
    meter = Meter()
    reached = torch.zeros(1)
    meter.start()
    for step, (some, classes) in enumerate(batches(x, t, batch), 1):
        optimizer.zero_grad(set_to_none=False)
        cross_entropy(model(some), classes).backward()
        optimizer.step()
        if step % EVALUATE_EVERY == 0:
            meter.stop()
            if rank == 0:
                reached.fill_(accuracy_of(model.module, *test))
            distributed.broadcast(reached, 0)
            if reached >= accuracy:
                break
            meter.start()
    busiest = meter.busiest()
    if rank == 0:
        report(busiest, seconds="%.3f" % meter.seconds, accuracy="%.4f" % reached)


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.environ.setdefault("USE_LIBUV", "0")  # Debian builds torch without it
    distributed.init_process_group("gloo")
    what, first, *numbers = sys.argv[1:]
    if what == "rounds":
        rounds(first, *map(int, numbers))
    else:
        ddp(first, int(numbers[0]), float(numbers[1]))
    distributed.destroy_process_group()

"""Sequences and iterators that spawned workers can import."""

import os
import pathlib
import random
import signal
import time

import numpy as np


class Numbers:
    """Batch i is i; the hooks of the tests are attributes."""

    def __init__(self, length=6, folder=None, worker_timeout=60.0):
        self.length, self.folder, self.worker_timeout = length, folder, worker_timeout
        self.offset = 0

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return index + self.offset

    def on_epoch_end(self):
        self.offset += 100


class Pids(Numbers):
    def __getitem__(self, index):
        time.sleep(0.02 * (self.length - index))  # later batches are ready first
        return index, os.getpid(), np.random.randint(1 << 30), random.random()


class Killed(Numbers):
    """The worker that first computes batch 2 is killed; `always` kills every one."""

    always = False

    def __getitem__(self, index):
        marker = pathlib.Path(self.folder) / "killed"
        if index == 2 and (self.always or not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return index


class Raising(Numbers):
    def __getitem__(self, index):
        if index == 2:
            raise KeyError("no such photo")
        return index


class Slow(Numbers):
    def __getitem__(self, index):
        if self.folder:
            (pathlib.Path(self.folder) / f"pid-{os.getpid()}").touch()
        time.sleep(60)


class Countdown:
    """A picklable iterator."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return self

    def __next__(self):
        if self.count == 0:
            raise StopIteration
        self.count -= 1
        return self.count

"""How much memory calls leave behind, in a process of its own: the program of
`test_trainer_methods.py`.

python memory_over_calls.py predictions 5000     megabytes gained over so many calls of `predict`
python memory_over_calls.py rounds 200           the same over so many models built, trained and
deleted
"""

import ctypes
import functools
import gc
import sys

import numpy as np

import tfk

X, Y = np.ones((20, 4), "float32"), np.ones((20, 1), "float32")
WARM_UP = {"predictions": 500, "rounds": 20}  # what is kept once for all comes to be in these


def held():
    """Resident megabytes, without what the allocator keeps for later, and Python objects."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 2**20, len(gc.get_objects())


def model():
    network = tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(1)])
    network.compile("sgd", "mse", metrics=["mae"])
    return network


def predict(network, count):
    for _ in range(count):
        network.predict(X[:1], verbose=0)


def build_fit_delete(count):
    for _ in range(count):
        model().fit(X, Y, verbose=0)


def main(kind, count):
    work = {"predictions": functools.partial(predict, model()), "rounds": build_fit_delete}[kind]
    work(WARM_UP[kind])
    before = held()
    work(int(count))
    print(*(after - earlier for earlier, after in zip(before, held())))


if __name__ == "__main__":
    main(*sys.argv[1:])

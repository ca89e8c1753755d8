"""Saving and loading a model of 100 MB: time and extra memory, tfk against tf_keras.

A process a library and round does everything once in small, to warm up, and then a few times;
rounds alternate and medians are printed. The extra memory is the growth of the resident size to its
peak during the operation, relative to the weights (only reported on Linux): a loaded model is one
of it itself, weights loaded into a model that is there are not.

    python -m benchmarks.saving [--rounds 2] [--only keras h5] [--layers 4]
"""

import argparse
import ctypes
import importlib
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

BYTES = 100 * 2**20
REPEATS = 3
LIBRARIES = ("tfk", "tf_keras")
# Kind of file: the name under which it is saved, and whether it holds the weights alone.
KINDS = {
    "keras": ("model.keras", False),
    "h5": ("model.h5", False),
    "directory": ("model", False),
    "weights.h5": ("file.weights.h5", True),
    "h5 weights": ("weights.h5", True),
    "checkpoint": ("checkpoint", True),
}


def build(library, size, depth):
    """A stack of square matrices of `size` bytes in all."""
    width = math.isqrt(size // depth // 4)
    return library.Sequential(
        [library.layers.Dense(width, input_shape=(width,)) for _ in range(depth)]
    )


def resident(field):
    """`VmRSS` (now) or `VmHWM` (the peak) of this process in bytes."""
    with open("/proc/self/status") as file:
        return int(re.search(rf"{field}:\s+(\d+) kB", file.read())[1]) * 1024


def measured(action):
    """`(seconds, processor seconds, extra bytes)` of an action."""
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins here
    before, start, cpu = resident("VmRSS"), time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - cpu, resident("VmHWM") - before


def actions(library, model, folder, kind):
    """How a model is saved and loaded as this kind of file."""
    name, weights_only = KINDS[kind]
    path = os.path.join(folder, name)
    if weights_only:
        return {"save": lambda: model.save_weights(path), "load": lambda: model.load_weights(path)}
    return {"save": lambda: model.save(path), "load": lambda: library.models.load_model(path)}


def measure(name, kinds, depth):
    """Dict from `"save keras"` and so on to what was measured: medians of times, the largest share
    of extra memory.
    """
    library = importlib.import_module(name)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        models = {"small": build(library, 1000, depth), "large": build(library, BYTES, depth)}
        for kind in kinds:
            for size, model in models.items():
                os.makedirs(os.path.join(folder, size), exist_ok=True)
                for verb, action in actions(
                    library, model, os.path.join(folder, size), kind
                ).items():
                    seconds, cpu, extra = zip(*(measured(action) for _ in range(REPEATS)))
                    results[f"{verb} {kind}"] = (
                        statistics.median(seconds),
                        statistics.median(cpu),
                        max(extra) / BYTES,
                    )  # those of the large model remain
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--layers", type=int, default=4, help="how many matrices share the 100 MB")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.only, arguments.layers)))
        return
    results = {}
    for _ in range(arguments.rounds):
        for name in LIBRARIES:
            command = [
                sys.executable,
                "-m",
                "benchmarks.saving",
                "--one",
                name,
                "--only",
                *arguments.only,
            ]
            command += ["--layers", str(arguments.layers)]
            output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            for operation, figures in json.loads(output.splitlines()[-1]).items():
                results.setdefault(operation, {}).setdefault(name, []).append(figures)
    print(
        f"{'':18s} seconds: tfk  tf_keras  ratio   processor: ratio   extra memory: tfk  tf_keras"
    )
    for operation, figures in results.items():
        (ours, our_cpu, our_extra), (theirs, their_cpu, their_extra) = (
            [statistics.median(values) for values in zip(*figures[name])] for name in LIBRARIES
        )
        print(
            f"{operation:18s} {ours:12.3f} {theirs:9.3f} {ours / theirs:6.2f}"
            f" {our_cpu / their_cpu:18.2f} {our_extra:18.2f} {their_extra:9.2f}"
        )


if __name__ == "__main__":
    main()

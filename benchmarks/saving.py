"""Saving and loading a model of 100 MB: time and extra memory, tfk against tf_keras.

Each figure comes from a process of its own; rounds are interleaved and medians are printed. The extra memory is the
growth of the peak resident size during the operation, relative to the size of the weights.

    python -m benchmarks.saving [--rounds 3]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

WIDTH = 2560  # four square matrices of 26 MB
OPERATIONS = [(ending, action) for ending in ("keras", "h5", "weights.h5") for action in ("save", "load")]


def build(library):
    layers = [library.layers.Dense(WIDTH, input_shape=(WIDTH,))] + [
        library.layers.Dense(WIDTH) for _ in range(3)
    ]
    return library.Sequential(layers)


def measure(name, ending, action, path):
    """One operation in this process: `(seconds, extra memory relative to the weights)`."""
    import importlib

    library = importlib.import_module(name)
    warm = library.Sequential([library.layers.Dense(2, input_shape=(2,))])
    model = build(library)
    size = sum(weight.numpy().nbytes for weight in model.weights)
    weights_only = ending == "weights.h5"
    for target, used in ((path + ".warm." + ending, warm), (path + "." + ending, model)):
        save = used.save_weights if weights_only else used.save
        load = used.load_weights if weights_only else library.models.load_model
        if action == "load":
            save(target)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        start = time.perf_counter()
        (save if action == "save" else load)(target)
        seconds = time.perf_counter() - start
        extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    return seconds, extra / size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(*arguments.one)))
        return
    results = {}
    for _ in range(arguments.rounds):
        for ending, action in OPERATIONS:
            for name in ("tfk", "tf_keras"):
                with tempfile.TemporaryDirectory() as folder:
                    command = [
                        sys.executable,
                        "-m",
                        "benchmarks.saving",
                        "--one",
                        name,
                        ending,
                        action,
                        os.path.join(folder, "m"),
                    ]
                    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                results.setdefault((ending, action, name), []).append(json.loads(output.splitlines()[-1]))
    print(
        f"{'':20s} {'tfk s':>8s} {'tf_keras s':>11s} {'ratio':>6s}   extra memory: {'tfk':>5s} {'tf_keras':>9s}"
    )
    for ending, action in OPERATIONS:
        (ours, ours_memory), (theirs, theirs_memory) = (
            [statistics.median(values) for values in zip(*results[ending, action, name])]
            for name in ("tfk", "tf_keras")
        )
        print(
            f"{action + ' .' + ending:20s} {ours:8.3f} {theirs:11.3f} {ours / theirs:6.2f}   "
            f"{'':13s} {ours_memory:5.2f} {theirs_memory:9.2f}"
        )


if __name__ == "__main__":
    main()

"""Building applications and predicting one image for the first time: tfk against tf_keras.

Both are measured in one process for each model, in turns, and the least time of the rounds counts:
wall time on an idle machine; beside it CPU time of all threads, which other programs disturb less
but which counts the drawing of random initial weights, the same for both, once for each thread.

    python -m benchmarks.applications [--rounds 3] [--only ResNet50]
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

MODELS = ("ResNet50", "EfficientNetB7", "NASNetLarge", "DenseNet201")
WANTED = {"build": 3, "first predict": 1}
SIZE = 64  # of the image, so that the time shows the library and not the convolutions


def measure(name, rounds):
    """Seconds `{action: {library: (wall, CPU)}}` of one model, the least of the rounds."""
    import numpy as np
    import tf_keras

    import tfk

    image = np.random.default_rng(0).random((1, SIZE, SIZE, 3), dtype="float32")
    arguments = {
        "weights": None,
        "include_top": False,
        "pooling": "avg",
        "input_shape": image.shape[1:],
    }
    libraries = {"tfk": tfk, "tf_keras": tf_keras}
    for library in libraries.values():  # what a first model alone has to wait for
        library.applications.MobileNet(**arguments).predict(image, verbose=0)
    least = {action: {} for action in WANTED}
    for _ in range(rounds):
        for key, library in libraries.items():
            library.backend.clear_session()
            gc.collect()
            times = [clocks()]
            model = getattr(library.applications, name)(**arguments)
            times.append(clocks())
            model.predict(image, verbose=0)
            times.append(clocks())
            for action, start, end in zip(WANTED, times, times[1:]):
                taken = (end[0] - start[0], end[1] - start[1])
                least[action][key] = tuple(map(min, taken, least[action].get(key, taken)))
            del model
    return least


def clocks():
    """The time on the wall and that of the CPU."""
    return time.perf_counter(), time.process_time()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="run only models whose name contains this")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.rounds)))
        return
    columns = ("tfk", "tf_keras", "faster x", "CPU x", "wanted")
    print(f"{'seconds':32}" + "".join(f"{column:>10}" for column in columns), flush=True)
    for name in MODELS:
        if options.only not in name:
            continue
        command = [sys.executable, "-m", "benchmarks.applications", "--one", name]
        output = subprocess.run(
            [*command, "--rounds", str(options.rounds)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for action, least in json.loads(output.splitlines()[-1]).items():
            (ours, our_cpu), (theirs, their_cpu) = least["tfk"], least["tf_keras"]
            row = f"{name + ', ' + action:32}{ours:>10.2f}{theirs:>10.2f}{theirs / ours:>10.1f}"
            print(f"{row}{their_cpu / our_cpu:>10.1f}{WANTED[action]:>10}", flush=True)


if __name__ == "__main__":
    main()

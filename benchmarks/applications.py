"""Building applications and predicting one image for the first time: tfk against tf_keras.

Both are measured in one process for each model, in turns; the least CPU time of the rounds counts, since other
programs on the machine only ever add to it. Building includes the random initial weights.

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
    """CPU seconds `{action: {library: least}}` of one model."""
    import numpy as np
    import tf_keras

    import tfk

    image = np.random.default_rng(0).random((1, SIZE, SIZE, 3), dtype="float32")
    libraries = {"tfk": tfk, "tf_keras": tf_keras}
    for library in libraries.values():  # what a first model alone has to wait for
        library.applications.MobileNet(weights=None, input_shape=(SIZE, SIZE, 3)).predict(image, verbose=0)
    least = {action: {} for action in WANTED}
    for _ in range(rounds):
        for key, library in libraries.items():
            library.backend.clear_session()
            gc.collect()
            times = [time.process_time()]
            model = getattr(library.applications, name)(weights=None, include_top=False, pooling="avg")
            times.append(time.process_time())
            model.predict(image, verbose=0)
            times.append(time.process_time())
            for action, start, end in zip(WANTED, times, times[1:]):
                least[action][key] = min(end - start, least[action].get(key, end))
            del model
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="run only models whose name contains this")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.rounds)))
        return
    print(f"{'CPU seconds':32}{'tfk':>10}{'tf_keras':>10}{'faster x':>10}{'wanted':>10}", flush=True)
    for name in MODELS:
        if options.only not in name:
            continue
        command = [sys.executable, "-m", "benchmarks.applications", "--one", name]
        output = subprocess.run(
            [*command, "--rounds", str(options.rounds)], capture_output=True, text=True, check=True
        ).stdout
        for action, least in json.loads(output.splitlines()[-1]).items():
            ours, theirs = least["tfk"], least["tf_keras"]
            row = f"{name + ', ' + action:32}{ours:>10.2f}{theirs:>10.2f}{theirs / ours:>10.1f}"
            print(f"{row}{WANTED[action]:>10}", flush=True)


if __name__ == "__main__":
    main()

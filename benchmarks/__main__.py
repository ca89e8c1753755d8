"""`python -m benchmarks`: a table of tfk against tf_keras and hand-written TensorFlow, measured in turns."""

import argparse
import json
import os
import statistics
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main():
    """Runs what was asked for and prints a line as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each contestant is timed")
    parser.add_argument("--only", default="", help="run only rows whose name contains this")
    options = parser.parse_args()
    print(f"{'':32}{'tfk':>10}{'tf_keras':>10}{'by hand':>10}{'faster':>9}{'by hand':>9}{'wanted':>9}")
    print(f"{'':32}{'us/step':>10}{'us/step':>10}{'us/step':>10}{'x':>9}{'= 1':>9}{'x':>9}", flush=True)
    fits(options)
    fixed_costs(options)
    start_up(options)


def show(name, tfk, keras, hand=None, wanted=None):
    """Prints one row."""
    hand_text = "-" if hand is None else f"{hand:,.0f}"
    share = "-" if hand is None else f"{tfk / hand:.2f}"
    line = f"{name:32}{tfk:>10,.0f}{keras:>10,.0f}{hand_text:>10}{keras / tfk:>9.1f}{share:>9}"
    print(line + (f"{wanted:>9}" if wanted else ""), flush=True)


def fits(options):
    """Warm fits of the workloads: microseconds of wall time per training step."""
    import tf_keras

    import tfk
    from benchmarks.handwritten import Handwritten
    from benchmarks.timing import in_turns
    from benchmarks.workloads import workloads

    for work in workloads():
        if options.only not in work.name:
            continue
        arguments = {**work.fit_arguments(), "epochs": work.epochs, "verbose": 0}
        models = {"tfk": work.build(tfk), "tf_keras": work.build(tf_keras), "hand": Handwritten(work)}
        contestants = {name: _fit(model, arguments) for name, model in models.items()}
        results = in_turns(contestants, options.rounds)
        per_step = {name: timed.median[0] / work.steps * 1e6 for name, timed in results.items()}
        show(work.name, per_step["tfk"], per_step["tf_keras"], per_step["hand"], work.wanted)


def _fit(model, arguments):
    return lambda: model.fit(**arguments)


def fixed_costs(options):
    """What a validation pass adds to an epoch on tiny data, and predicting one row."""
    import numpy as np
    import tf_keras

    import tfk
    from benchmarks.timing import in_turns
    from benchmarks.workloads import boston

    x = np.random.default_rng(0).normal(size=(32, 13)).astype("float32")
    models = {"tfk": boston(tfk), "tf_keras": boston(tf_keras)}
    data = {"x": x, "y": x[:, :1], "verbose": 0, "epochs": 40}
    if options.only in "validation pass":
        plain = in_turns({name: _fit(model, data) for name, model in models.items()}, options.rounds)
        validated = {**data, "validation_data": (x, x[:, :1])}
        whole = in_turns({name: _fit(model, validated) for name, model in models.items()}, options.rounds)
        added = {name: (whole[name].median[0] - plain[name].median[0]) / 40 * 1e6 for name in models}
        show("validation pass", added["tfk"], added["tf_keras"], wanted=10)
    if options.only in "predict of one row":

        def predict(model):
            return lambda: [model.predict(x[:1], verbose=0) for _ in range(20)]

        results = in_turns({name: predict(model) for name, model in models.items()}, options.rounds)
        each = {name: timed.median[0] / 20 * 1e6 for name, timed in results.items()}
        show("predict of one row", each["tfk"], each["tf_keras"], wanted=50)


def start_up(options):
    """Start-up, memory and import, each in fresh processes."""

    def median(what, *arguments):
        runs = [run_once(what, *arguments) for _ in range(options.rounds)]
        return {key: statistics.median(run[key] for run in runs) for key in runs[0]}

    for network, wanted in (("resnet50", 2.5), ("mnist", 1)):
        name = f"first step of {network}, CPU"
        if options.only in name:
            ours, theirs = (
                median("first_step", library, network)["cpu"] * 1e6 for library in ("tfk", "tf_keras")
            )
            show(name, ours, theirs, wanted=wanted)
    if options.only in "peak MB with 500 MB of NumPy":
        ours, theirs = (median("memory", library)["peak"] for library in ("tfk", "tf_keras"))
        show("peak MB with 500 MB of NumPy", ours, theirs, wanted=0.83)
    if options.only in "import":
        added = median("importing", "tensorflow+tfk")
        ours, theirs = (median("importing", library)["wall"] * 1e6 for library in ("tfk", "tf_keras"))
        show("import", ours, theirs, added["tensorflow"] * 1e6, wanted=1)


def run_once(*arguments):
    """The JSON that `benchmarks.once` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.once", *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()

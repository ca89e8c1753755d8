"""`python -m benchmarks`: a table of tfk against tf_keras and hand-written TensorFlow, measured in
turns.
"""

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
    print(
        f"{'':32}{'tfk':>12}{'tf_keras':>12}{'by hand':>12}{'faster':>9}{'by hand':>9}{'wanted':>9}"
    )
    print(
        f"{'':32}{'us/step':>12}{'us/step':>12}{'us/step':>12}{'x':>9}{'= 1':>9}{'x':>9}",
        flush=True,
    )
    fits(options)
    fixed_costs(options)
    start_up(options)


def show(name, tfk, keras, hand=None, wanted=None):
    """Prints one row."""
    hand_text = "-" if hand is None else f"{hand:,.0f}"
    share = "-" if hand is None else f"{tfk / hand:.2f}"
    line = f"{name:32}{tfk:>12,.0f}{keras:>12,.0f}{hand_text:>12}{keras / tfk:>9.1f}{share:>9}"
    print(line + (f"{wanted:>9}" if wanted else ""), flush=True)


def fits(options):
    """Warm fits of the workloads: microseconds of wall time per training step."""
    from benchmarks.workloads import workloads

    chosen = [work for work in workloads() if options.only in work.name]
    if not chosen:
        return
    import tf_keras

    import tfk
    from benchmarks.handwritten import Handwritten
    from benchmarks.timing import in_turns

    for work in chosen:
        models = {
            "tfk": work.build(tfk),
            "tf_keras": work.build(tf_keras),
            "hand": Handwritten(work),
        }
        epochs = {
            "tfk": work.epochs,
            "tf_keras": work.keras_epochs or work.epochs,
            "hand": work.epochs,
        }
        contestants = {
            name: _fit(model, {**work.fit_arguments(), "epochs": epochs[name], "verbose": 0})
            for name, model in models.items()
        }
        results = in_turns(contestants, options.rounds)
        per_step = {
            name: timed.median[0] / (epochs[name] * work.steps) * 1e6
            for name, timed in results.items()
        }
        show(work.name, per_step["tfk"], per_step["tf_keras"], per_step["hand"], work.wanted)


def _fit(model, arguments):
    return lambda: model.fit(**arguments)


def fixed_costs(options):
    """What a validation pass adds to an epoch on tiny data, and predicting one row."""
    rows = [name for name in ("validation pass", "predict of one row") if options.only in name]
    if not rows:
        return
    import numpy as np
    import tf_keras

    import tfk
    from benchmarks.timing import in_turns
    from benchmarks.workloads import boston

    x = np.random.default_rng(0).normal(size=(32, 13)).astype("float32")
    models = {"tfk": boston(tfk), "tf_keras": boston(tf_keras)}
    data = {"x": x, "y": x[:, :1], "verbose": 0, "epochs": 20}
    if "validation pass" in rows:
        validated = {**data, "validation_data": (x, x[:, :1])}
        fits = {(name, kind): _fit(model, kind_data) for name, model in models.items()
                for kind, kind_data in (("plain", data), ("validated", validated))}  # fmt: skip
        times = {
            key: timed.median[0] / 20 * 1e6 for key, timed in in_turns(fits, options.rounds).items()
        }
        added = {name: times[name, "validated"] - times[name, "plain"] for name in models}
        show("validation pass", added["tfk"], added["tf_keras"], wanted=10)
    if "predict of one row" in rows:

        def predict(model):
            return lambda: [model.predict(x[:1], verbose=0) for _ in range(20)]

        results = in_turns({name: predict(model) for name, model in models.items()}, options.rounds)
        each = {name: timed.median[0] / 20 * 1e6 for name, timed in results.items()}
        show("predict of one row", each["tfk"], each["tf_keras"], wanted=50)


# Measured in fresh processes: name, arguments of `benchmarks.once` behind the library, which
# number, its scale, the most rounds, and how many times less than tf_keras is wanted.
START_UP = (
    ("first step of mnist, CPU", ("first_step", "mnist"), "cpu", 1e6, 3, 1),
    ("first step of resnet50, CPU", ("first_step", "resnet50"), "cpu", 1e6, 1, 2.5),
    ("peak MB with 500 MB of NumPy", ("memory",), "peak", 1, 1, 0.83),
    ("import", ("importing",), "wall", 1e6, 3, 1),
    ("import after tensorflow", ("importing_after",), "wall", 1e6, 3, 1),
)


def start_up(options):
    """Start-up, memory and import, each in fresh processes."""
    for name, arguments, key, scale, rounds, wanted in START_UP:
        if options.only not in name:
            continue
        runs = {"tfk": [], "tf_keras": []}
        if "import" in name:
            run_once("importing", "tfk")  # writes the bytecode, which an installed package has
        for _ in range(min(rounds, options.rounds)):
            for library, found in runs.items():
                found.append(run_once(arguments[0], library, *arguments[1:])[key] * scale)
        show(
            name, statistics.median(runs["tfk"]), statistics.median(runs["tf_keras"]), wanted=wanted
        )


def run_once(*arguments):
    """The JSON that `benchmarks.once` prints."""
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.once", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()

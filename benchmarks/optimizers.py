"""Times of one optimizer update, tfk against tf_keras, and of tracing it.

    python benchmarks/optimizers.py [--rounds 7] [--only small,large,...]

Each case runs its contestants in turn, round after round, in one process, and prints the median
time of each and how many times faster tfk is, by the clock and in CPU time; only the comparison
within a line counts. Updates run in a compiled `tf.while_loop`; their gradients are read from
variables there, because tensors from outside would be passed around the loop at a cost that no
training has.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras

import tfk.optimizers

RESNET20 = [(3, 3, 3, 16), (16,), (16,), (16,)]
for _width, _before in ((16, 16), (32, 16), (64, 32)):
    for _block in range(3):
        _first = _before if _block == 0 else _width
        for _inputs in (_first, _width):
            RESNET20 += [(3, 3, _inputs, _width), (_width,), (_width,), (_width,)]
        if _first != _width:
            RESNET20 += [(1, 1, _first, _width), (_width,)]
RESNET20 += [(64, 10), (10,)]
SMALL = [(32, 32), (32,)] * 100
LARGE = [(1000, 1000)] * 6
RESNET50 = [(7, 7, 3, 64), (64,), (64,)]
for _width, _repeats in ((64, 3), (128, 4), (256, 6), (512, 3)):
    for _block in range(_repeats):
        _inputs = _width * (4 if _block else (1 if _width == 64 else 2))
        for _shape in ((1, 1, _inputs, _width), (3, 3, _width, _width), (1, 1, _width, 4 * _width)):
            RESNET50 += [_shape, (_shape[-1],), (_shape[-1],), (_shape[-1],)]
RESNET50 = RESNET50[:212] + [(2048, 1000), (1000,)]


def variables_of(shapes):
    rng = np.random.default_rng(0)
    return [
        tf.Variable(rng.normal(size=s).astype("float32"), name=f"layer_{i}/kernel")
        for i, s in enumerate(shapes)
    ]


def loop(library, make, shapes, steps, rows=None, jit=False):
    """A function that runs `steps` updates in one compiled loop; returns wall and CPU seconds per
    update.
    """
    variables = variables_of(shapes)
    optimizer = make(library)
    optimizer.build(variables)
    rng = np.random.default_rng(1)
    if rows is None:
        stored = [tf.Variable(rng.normal(size=s).astype("float32")) for s in shapes]
        indices = [None] * len(shapes)
    else:
        stored = [tf.Variable(rng.normal(size=(rows, *s[1:])).astype("float32")) for s in shapes]
        indices = [tf.constant(rng.integers(0, s[0], rows).astype("int32")) for s in shapes]

    def apply():
        gradients = [variable.read_value() for variable in stored]
        if rows is not None:
            gradients = [
                tf.IndexedSlices(g, i, tf.constant(s))
                for g, i, s in zip(gradients, indices, shapes)
            ]
        optimizer.apply_gradients(zip(gradients, variables))

    @tf.function(autograph=False, jit_compile=jit)
    def run():
        def body(step):
            apply()
            return (step + 1,)

        return tf.while_loop(
            lambda step: step < steps, body, (tf.constant(0),), parallel_iterations=1
        )

    run()  # traces

    def measure():
        start, cpu = time.perf_counter(), time.process_time()
        float(run()[0])
        return (time.perf_counter() - start) / steps, (time.process_time() - cpu) / steps

    return measure


def tracing(library, make, shapes):
    """A function that traces one update of fresh variables; returns wall and CPU seconds."""

    def measure():
        variables = variables_of(shapes)
        optimizer = make(library)
        optimizer.build(variables)
        gradients = [tf.TensorSpec(s, tf.float32) for s in shapes]
        function = tf.function(
            lambda *g: optimizer.apply_gradients(zip(g, variables)), autograph=False
        )
        start, cpu = time.perf_counter(), time.process_time()
        function.get_concrete_function(*gradients)
        return time.perf_counter() - start, time.process_time() - cpu

    return measure


def adam(library):
    return library.Adam()


def lazy_adam(library):
    return tfk.optimizers.Adam(lazy=True)


def named(name, **settings):
    return lambda library: getattr(library, name)(**settings)


TABLE = [(100_000, 32)]
CASES = {
    "resnet20": ("Adam, ResNet-20: 82 variables", loop, adam, (RESNET20, 100), {}),
    "small": ("Adam, 200 variables of 32x32 and 32", loop, adam, (SMALL, 100), {}),
    "large": ("Adam, 6 variables of 1000x1000", loop, adam, (LARGE, 20), {}),
    "resnet20_xla": ("Adam, ResNet-20, XLA", loop, adam, (RESNET20, 100), {"jit": True}),
    "small_xla": ("Adam, 200 small variables, XLA", loop, adam, (SMALL, 100), {"jit": True}),
    "sparse": ("Adam, table 100,000x32, batch 1024", loop, adam, (TABLE, 20), {"rows": 1024}),
    "lazy": ("Adam(lazy=True), the same table", loop, lazy_adam, (TABLE, 20), {"rows": 1024}),
    "sparse_sgd": ("SGD, the same table", loop, named("SGD"), (TABLE, 20), {"rows": 1024}),
    "sparse_adagrad": (
        "Adagrad, the same table",
        loop,
        named("Adagrad"),
        (TABLE, 20),
        {"rows": 1024},
    ),
    "sparse_rmsprop": (
        "RMSprop, the same table",
        loop,
        named("RMSprop"),
        (TABLE, 20),
        {"rows": 1024},
    ),
    "small_rmsprop": ("RMSprop, 200 small variables", loop, named("RMSprop"), (SMALL, 100), {}),
    "large_rmsprop": ("RMSprop, 6 large variables", loop, named("RMSprop"), (LARGE, 20), {}),
    "small_momentum": (
        "SGD with momentum, 200 small",
        loop,
        named("SGD", momentum=0.9),
        (SMALL, 100),
        {},
    ),
    "large_momentum": (
        "SGD with momentum, 6 large",
        loop,
        named("SGD", momentum=0.9),
        (LARGE, 20),
        {},
    ),
    "small_sgd": ("SGD, 200 small variables", loop, named("SGD"), (SMALL, 100), {}),
    "small_adamw": ("AdamW, 200 small variables", loop, named("AdamW"), (SMALL, 100), {}),
    "tracing": ("Adam, tracing ResNet-50: 214 variables", tracing, adam, (RESNET50,), {}),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    print(f"{'case':42s} {'tf_keras':>10s} {'tfk':>10s}   faster  (CPU)")
    for key, (title, kind, make, args, settings) in CASES.items():
        if only and key not in only:
            continue
        their_make = adam if make is lazy_adam else make
        contestants = [
            kind(tf_keras.optimizers, their_make, *args, **settings),
            kind(tfk.optimizers, make, *args, **settings),
        ]
        times = [[], []]
        for _ in range(arguments.rounds):
            for measure, seconds in zip(contestants, times):
                seconds.append(measure())
        (theirs, their_cpu), (ours, our_cpu) = (
            map(statistics.median, zip(*seconds)) for seconds in times
        )
        print(
            f"{title:42s} {theirs * 1e6:8.0f}us {ours * 1e6:8.0f}us   {theirs / ours:5.2f}x"
            f" {their_cpu / our_cpu:5.2f}x",
            flush=True,
        )


if __name__ == "__main__":
    main()

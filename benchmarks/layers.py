"""Times of one training step of single layers, tfk against tf_keras, and of building a deep graph.

    python benchmarks/layers.py [--rounds 15] [--only norm,conv,...] [--fit]

A step is a forward pass in training mode and the gradients of all weights and inputs, in one
`tf.function`; with `--fit` it is one step of `fit` on a model of the layer alone, trained by SGD on
the mean square of its output. The contestants run in turn, round after round, in one process; the
medians of CPU time (of all threads) and of wall time are printed with their ratio tf_keras : tfk,
so that above 1 is faster than tf_keras, and with the ratio that is asked for. Recurrent layers have
a file of their own, `recurrent.py`.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras

import tfk

RANDOM = np.random.default_rng(0)
STEPS = 8  # training steps of one fit


def normal(*shape):
    return RANDOM.normal(size=shape).astype("float32")


def integers(high, *shape):
    return RANDOM.integers(0, high, shape).astype("int32")


# Name: ratio asked for, layer from a module like tfk.layers, input (a list for several).
CASES = {
    "LayerNormalization 32x128x64": (1.2, lambda L: L.LayerNormalization(), normal(32, 128, 64)),
    "LayerNormalization 8x128x512": (1.2, lambda L: L.LayerNormalization(), normal(8, 128, 512)),
    "GroupNormalization 8x32x32x64": (
        1.0,
        lambda L: L.GroupNormalization(8),
        normal(8, 32, 32, 64),
    ),
    "BatchNormalization 32x32x32x16": (
        1.0,
        lambda L: L.BatchNormalization(),
        normal(32, 32, 32, 16),
    ),
    "BatchNormalization 128x64": (1.0, lambda L: L.BatchNormalization(), normal(128, 64)),
    "BatchNormalization 4x8x16x16x16": (
        1.0,
        lambda L: L.BatchNormalization(),
        normal(4, 8, 16, 16, 16),
    ),
    "Conv2D 1x1 32x16x16x64": (1.2, lambda L: L.Conv2D(64, 1), normal(32, 16, 16, 64)),
    "Conv2D 1x1 8x32x32x128": (1.2, lambda L: L.Conv2D(128, 1), normal(8, 32, 32, 128)),
    "Conv1D 1 32x128x64": (1.2, lambda L: L.Conv1D(64, 1), normal(32, 128, 64)),
    "Conv2D 3x3 32x16x16x32": (
        1.0,
        lambda L: L.Conv2D(32, 3, padding="same"),
        normal(32, 16, 16, 32),
    ),
    "Conv2D groups=32 8x16x16x128": (
        1.0,
        lambda L: L.Conv2D(128, 3, groups=32),
        normal(8, 16, 16, 128),
    ),
    "SeparableConv2D 16x16x16x64": (
        1.0,
        lambda L: L.SeparableConv2D(64, 3),
        normal(16, 16, 16, 64),
    ),
    "Conv2DTranspose 8x16x16x32": (
        1.0,
        lambda L: L.Conv2DTranspose(32, 3, strides=2),
        normal(8, 16, 16, 32),
    ),
    "Dense rank 3 32x128x64": (1.0, lambda L: L.Dense(128, activation="relu"), normal(32, 128, 64)),
    "MaxPooling2D 32x32x32x16": (1.0, lambda L: L.MaxPooling2D(), normal(32, 32, 32, 16)),
    "AveragePooling2D 32x32x32x16": (1.0, lambda L: L.AveragePooling2D(), normal(32, 32, 32, 16)),
    "GlobalAveragePooling2D 32x16x16x64": (
        1.0,
        lambda L: L.GlobalAveragePooling2D(),
        normal(32, 16, 16, 64),
    ),
    "UpSampling2D 16x16x16x64": (1.0, lambda L: L.UpSampling2D(), normal(16, 16, 16, 64)),
    "UpSampling3D 4x8x8x8x32": (1.0, lambda L: L.UpSampling3D(), normal(4, 8, 8, 8, 32)),
    "Embedding 100k x 32, 128x100": (
        1.0,
        lambda L: L.Embedding(100_000, 32),
        integers(100_000, 128, 100),
    ),
    "Dropout 128x512": (1.0, lambda L: L.Dropout(0.5), normal(128, 512)),
    "Dropout 32x128x256": (1.0, lambda L: L.Dropout(0.5), normal(32, 128, 256)),
    "MultiHeadAttention 8 heads 16x64x128": (
        1.0,
        lambda L: SelfAttention(L.MultiHeadAttention(8, 16)),
        normal(16, 64, 128),
    ),
    "MultiHeadAttention dropout causal 8x128x128": (
        1.0,
        lambda L: SelfAttention(L.MultiHeadAttention(4, 32, dropout=0.1), use_causal_mask=True),
        normal(8, 128, 128),
    ),
    "Attention 16x64x128": (
        1.0,
        lambda L: L.Attention(),
        [normal(16, 64, 128), normal(16, 64, 128)],
    ),
    "LocallyConnected1D 16x64x16": (1.0, lambda L: L.LocallyConnected1D(16, 3), normal(16, 64, 16)),
    "Add + ReLU 32x16x16x64": (
        1.0,
        lambda L: Sequence(L.Add(), L.ReLU()),
        [normal(32, 16, 16, 64), normal(32, 16, 16, 64)],
    ),
}


class Sequence:
    """Layers one after the other."""

    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, inputs, training):
        for layer in self.layers:
            inputs = layer(inputs, training=training)
        return inputs

    @property
    def trainable_weights(self):
        return [weight for layer in self.layers for weight in layer.trainable_weights]


class SelfAttention(Sequence):
    """A layer that takes query and value as two arguments."""

    def __init__(self, layer, **call):
        super().__init__(layer)
        self.call = call

    def __call__(self, inputs, training):
        return self.layers[0](inputs, inputs, training=training, **self.call)


def training_step(library, build, inputs):
    """A function without arguments that runs one step."""
    layer = build(library.layers)
    inputs = tf.nest.map_structure(tf.constant, inputs)

    @tf.function(autograph=False)
    def step(*flat):
        flat = [tf.identity(x) for x in flat]  # no constants, which would be folded
        given = tf.nest.pack_sequence_as(inputs, flat)
        with tf.GradientTape() as tape:
            tape.watch([x for x in flat if x.dtype.is_floating])
            outputs = layer(given, training=True)
        sources = [x for x in flat if x.dtype.is_floating] + list(layer.trainable_weights)
        # The outputs, too: a forward pass that no gradient needs would be left out.
        return outputs, tape.gradient(outputs, sources, output_gradients=upstream)

    flat = tf.nest.flatten(inputs)
    upstream = tf.nest.map_structure(
        lambda o: tf.random.normal(o.shape), layer(inputs, training=True)
    )
    return lambda: step(*flat)


def fitting(library, build, inputs):
    """A function without arguments that trains `STEPS` steps."""
    inputs = tf.nest.flatten(inputs)
    entries = [library.Input(x.shape[1:], dtype=x.dtype) for x in inputs]
    given = entries if len(entries) > 1 else entries[0]
    outputs = build(library.layers)(given, training=None)
    model = library.Model(given, outputs)
    model.add_loss(tf.reduce_mean(tf.square(outputs)))
    model.compile("sgd")
    data = [np.concatenate([x] * STEPS) for x in inputs]
    data = data if len(data) > 1 else data[0]
    return lambda: model.fit(data, batch_size=len(inputs[0]), epochs=1, verbose=0, shuffle=False)


def deep_graph(library):
    """Seconds to build a functional model of 400 layers with residual branches."""
    layers = library.layers
    start = time.process_time()
    inputs = x = layers.Input((16, 16, 8))
    for _ in range(57):
        y = layers.Conv2D(8, 3, padding="same", use_bias=False)(x)
        y = layers.BatchNormalization()(y)
        y = layers.Activation("relu")(y)
        y = layers.Conv2D(8, 1)(y)
        y = layers.LayerNormalization()(y)
        y = layers.Dropout(0.1)(y)
        x = layers.Add()([x, y])
    library.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling2D()(x)))
    return time.process_time() - start


def clock(function, calls):
    """CPU and wall seconds of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        function()
    return (time.process_time() - cpu) / calls, (time.perf_counter() - wall) / calls


def compare(make, build, inputs, rounds):
    """Medians of (cpu, wall) for tf_keras and tfk."""
    steps = [make(library, build, inputs) for library in (tf_keras, tfk)]
    for step in steps:
        step()
    longest = max(clock(step, 3)[1] for step in steps)
    calls = max(1, min(50, int(0.03 / longest)))
    times = ([], [])
    for number in range(rounds):
        for i in (0, 1) if number % 2 == 0 else (1, 0):
            times[i].append(clock(steps[i], calls))
    each = STEPS if make is fitting else 1
    return [[statistics.median(column) / each for column in zip(*own)] for own in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="parts of names, separated by commas")
    parser.add_argument("--fit", action="store_true", help="time whole steps of fit")
    args = parser.parse_args()
    make = fitting if args.fit else training_step
    wanted = [part.lower() for part in args.only.split(",") if part]
    chosen = {
        n: c for n, c in CASES.items() if not wanted or any(part in n.lower() for part in wanted)
    }
    print(f"{'layer':46s} {'tf_keras':>9s} {'tfk us':>9s} {'cpu':>6s} {'wall':>6s} {'asked':>6s}")
    for name, (asked, build, inputs) in chosen.items():
        theirs, ours = compare(make, build, inputs, args.rounds)
        ratios = [other / mine for other, mine in zip(theirs, ours)]
        print(
            f"{name:46s} {theirs[0] * 1e6:9.0f} {ours[0] * 1e6:9.0f} {ratios[0]:6.2f}"
            f" {ratios[1]:6.2f} {asked:6.1f}",
            flush=True,
        )
    if not wanted or any(part in "graph of 400 layers" for part in wanted):
        times = [
            [deep_graph(library) for library in (tf_keras, tfk)]
            for _ in range(max(2, args.rounds // 5))
        ]
        theirs, ours = (statistics.median(column) for column in zip(*times))
        print(
            f"{'graph of 400 layers':46s} {theirs * 1e6:9.0f} {ours * 1e6:9.0f}"
            f" {theirs / ours:6.2f} {'':6s} {3.0:6.1f}"
        )


if __name__ == "__main__":
    main()

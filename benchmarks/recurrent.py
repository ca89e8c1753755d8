"""Times of recurrent layers, tfk against tf_keras.

    python benchmarks/recurrent.py [--rounds 7] [--only LSTM,masked,...] [--layers]

Each case is a model with one recurrent layer and a Dense on inputs `(batch, time, features)`,
trained by `fit` in both libraries, in turns in one process. Printed are the medians of the time of
a training step, wall clock and CPU of all threads, and how many times faster tfk is, beside the
factor that is wanted. With `--layers` the layers alone are timed: forward and backward in a
compiled while loop.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras
from timing import in_turns

import tfk

RANDOM = np.random.default_rng(0)
STEPS = 12  # training steps in one timed run

# name: batch, time, features, units, layer, masked, times faster that are wanted
CASES = {
    "LSTM": (128, 100, 32, 32, lambda L, u: L.LSTM(u), False, 2.0),
    "LSTM masked": (128, 100, 32, 32, lambda L, u: L.LSTM(u), True, 2.0),
    "LSTM sequences masked": (
        128,
        100,
        32,
        32,
        lambda L, u: L.LSTM(u, return_sequences=True),
        True,
        2.0,
    ),
    "GRU": (128, 100, 32, 32, lambda L, u: L.GRU(u), False, 1.4),
    "GRU masked": (128, 100, 32, 32, lambda L, u: L.GRU(u), True, 1.4),
    "GRU sequences masked": (
        128,
        100,
        32,
        32,
        lambda L, u: L.GRU(u, return_sequences=True),
        True,
        1.4,
    ),
    "SimpleRNN": (128, 100, 32, 32, lambda L, u: L.SimpleRNN(u), False, 1.0),
    "SimpleRNN masked": (128, 100, 32, 32, lambda L, u: L.SimpleRNN(u), True, 1.0),
    "LSTM 64 units": (32, 100, 64, 64, lambda L, u: L.LSTM(u), False, 1.0),
    "LSTM 256 units": (32, 100, 128, 256, lambda L, u: L.LSTM(u), False, 1.0),
    "LSTM dropout": (
        128,
        100,
        32,
        32,
        lambda L, u: L.LSTM(u, dropout=0.2, recurrent_dropout=0.2),
        False,
        1.0,
    ),
    "LSTM relu": (128, 100, 32, 32, lambda L, u: L.LSTM(u, activation="relu"), False, 1.0),
    "GRU before": (128, 100, 32, 32, lambda L, u: L.GRU(u, reset_after=False), False, 1.0),
    "Bidirectional LSTM": (
        32,
        100,
        64,
        64,
        lambda L, u: L.Bidirectional(L.LSTM(u, return_sequences=True)),
        False,
        1.0,
    ),
    "Stack of LSTMs": (
        32,
        50,
        32,
        32,
        lambda L, u: L.RNN([L.LSTMCell(u), L.LSTMCell(u)]),
        False,
        1.0,
    ),
    "ConvLSTM2D": (4, 8, 2, 8, lambda L, u: L.ConvLSTM2D(u, 3, padding="same"), False, 1.0),
}


def data(batch, time, features, masked, layer):
    shape = (
        (STEPS * batch, time, 16, 16, features)
        if "Conv" in layer
        else (STEPS * batch, time, features)
    )
    x = RANDOM.normal(size=shape).astype("float32")
    if masked:  # padding in front, as pad_sequences has it
        x[np.arange(time) < RANDOM.integers(0, time, len(x))[:, None]] = 0.0
    return x, RANDOM.normal(size=(len(x), 1)).astype("float32")


def fitting(keras, name):
    """A function that trains one epoch."""
    batch, time, features, units, layer, masked, _ = CASES[name]
    x, y = data(batch, time, features, masked, name)
    L = keras.layers
    masking = [L.Masking()] if masked else []
    model = keras.Sequential([*masking, layer(L, units), L.Flatten(), L.Dense(1)])
    model.compile("rmsprop", "mse")
    return lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0, shuffle=False)


def alone(keras, name):
    """A function that runs forward and backward passes of the layer in one graph call."""
    batch, time, features, units, make, masked, _ = CASES[name]
    x, _ = data(batch, time, features, masked, name)
    x, layer = tf.constant(x[:batch]), make(keras.layers, units)
    mask = tf.reduce_any(x != 0, -1) if masked else None
    layer(x)

    @tf.function(autograph=False)
    def run():
        def body(i, total):
            inputs = x + tf.cast(i, tf.float32) * 1e-6
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                loss = tf.reduce_sum(layer(inputs, mask=mask, training=True) ** 2)
            gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
            return i + 1, total + tf.add_n([tf.reduce_sum(g) for g in gradients])

        return tf.while_loop(lambda i, _: i < STEPS, body, (0, 0.0), parallel_iterations=1)[1]

    return lambda: run().numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    parser.add_argument("--layers", action="store_true")
    args = parser.parse_args()
    chosen = [
        name
        for name in CASES
        if not args.only or any(part in name for part in args.only.split(","))
    ]
    make = alone if args.layers else fitting
    print(f"{'case':24s} {'tf_keras ms':>20s} {'tfk ms':>20s} {'faster':>14s}  wanted")
    print(f"{'':24s} {'wall':>10s}{'cpu':>10s} {'wall':>10s}{'cpu':>10s} {'wall':>7s}{'cpu':>7s}")
    for name in chosen:
        results = in_turns({"tf_keras": make(tf_keras, name), "tfk": make(tfk, name)}, args.rounds)
        (wall, cpu), (our_wall, our_cpu) = (results[key].median for key in ("tf_keras", "tfk"))
        times = "".join(f"{1e3 * t / STEPS:10.2f}" for t in (wall, cpu)) + " "
        times += "".join(f"{1e3 * t / STEPS:10.2f}" for t in (our_wall, our_cpu))
        print(
            f"{name:24s} {times} {wall / our_wall:7.2f}{cpu / our_cpu:7.2f}  {CASES[name][-1]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Compares eager calls of models: op by op, as tfk runs them, and as a `tf.function` of the user.

    python -m benchmarks.eager

Prints the CPU time of the main thread per call, the best of several interleaved rounds.
"""

import time

import tensorflow as tf

import tfk
from tfk import layers

ROUNDS = 5


def mlp():
    """The network of a small agent."""
    return tfk.Sequential(
        [
            layers.Dense(64, "relu", input_shape=(13,)),
            layers.Dense(64, "relu"),
            layers.Dense(1),
        ]
    )


def cnn():
    """A small convolutional network with dropout."""
    return tfk.Sequential(
        [
            layers.Conv2D(16, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.5),
            layers.Dense(10, "softmax"),
        ]
    )


def resnet():
    """Nine residual blocks on small images."""
    image = tfk.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same")(image)
    for _ in range(9):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(x)))
        y = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(y))
        x = layers.ReLU()(layers.Add()([x, y]))
    return tfk.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def ways(make):
    """Return functions from a batch to the outputs of one model by the way they are computed."""
    model, operations = make(), make()
    operations.run_eagerly = True
    function = tf.function(lambda x, training: model(x, training=training))
    return model, {
        "op by op": (operations, operations),
        "tfk": (model, model),
        "tf.function": (model, function),
    }


def forward(owner, call, x):
    call(x, training=False)


def gradient(owner, call, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(call(x, training=True) ** 2)
    tape.gradient(loss, owner.trainable_variables)


def seconds(task, *arguments, calls):
    """Return the CPU seconds of this thread per call."""
    start = time.thread_time()
    for _ in range(calls):
        task(*arguments)
    return (time.thread_time() - start) / calls


def main():
    for make, calls in ((mlp, 100), (cnn, 50), (resnet, 8)):
        model, contestants = ways(make)
        x = tf.ones((1, *model.input_shape[1:]))
        for task in (forward, gradient):
            best = {}
            for _ in range(ROUNDS + 1):  # the first round traces
                for name, (owner, call) in contestants.items():
                    best.setdefault(name, []).append(seconds(task, owner, call, x, calls=calls))
            times = {name: min(rounds[1:]) for name, rounds in best.items()}
            row = ", ".join(f"{name} {1e6 * t:,.0f} us" for name, t in times.items())
            against = times["tfk"] / times["tf.function"]
            print(f"{make.__name__} {task.__name__}: {row}; {against:.2f} of tf.function")


if __name__ == "__main__":
    main()

"""Trains on one device and on two under MirroredStrategy or CentralStorageStrategy; writes how far
the numbers are apart.

A program of its own because logical devices are fixed when TensorFlow starts; see test_mirrored.py.
"""

import sys

import numpy as np
import tensorflow as tf
from parts import write

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

from step_logs import logs_by_reduction  # noqa: E402, devices come first

import tfk  # noqa: E402

RANDOM = np.random.default_rng(0)
ROWS, BATCH = 21, 4  # six batches, the last one of a single row: one replica is left without any
X = RANDOM.normal(size=(ROWS, 4)).astype("float32")
Y = (X[:, :1] * 2 + 1).astype("float32")
WEIGHTS = RANDOM.uniform(0.1, 2.0, ROWS).astype("float32")
WORDS = RANDOM.integers(0, 5, (ROWS, 6))
WORDS[:, 0] = 1  # no sequence is masked altogether


def dense(**kwargs):
    return tfk.Sequential(
        [tfk.layers.Dense(8, "tanh", input_shape=(4,), **kwargs), tfk.layers.Dense(1)]
    )


def compiled(model, **kwargs):
    model.compile(
        tfk.optimizers.Adam(0.01), "mse", metrics=["mae"], weighted_metrics=["mse"], **kwargs
    )
    return model


def plain():
    return compiled(dense())


def worst_square(y_true, y_pred):
    return tf.reduce_mean(
        tf.square(y_true - y_pred) * 3
    )  # a scalar, NaN for a replica without rows


def three_outputs():
    inputs = tfk.Input((4,))
    hidden = tfk.layers.Dense(5, "relu")(inputs)
    model = tfk.Model(inputs, [tfk.layers.Dense(1, name=name)(hidden) for name in "abc"])
    losses = ["mae", tfk.losses.MeanSquaredError(reduction="sum"), worst_square]
    model.compile(tfk.optimizers.SGD(0.001), losses, metrics=["mse"], loss_weights=[1.0, 0.3, 0.7])
    return model


def masked():
    model = tfk.Sequential(
        [
            tfk.Input((6,)),
            tfk.layers.Embedding(5, 3, mask_zero=True),
            tfk.layers.LSTM(4, return_sequences=True),
            tfk.layers.Dense(1),
        ]
    )
    return compiled(model)


def normalized():
    model = tfk.Sequential(
        [
            tfk.layers.Dense(8, input_shape=(4,)),
            tfk.layers.BatchNormalization(synchronized=True),
            tfk.layers.Dense(1),
        ]
    )
    # Not Adam: it blows up the rounding errors of gradients that normalization makes zero.
    model.compile(tfk.optimizers.SGD(0.01), "mse", metrics=["mae"])
    return model


class Noted(tfk.layers.Layer):
    def call(self, inputs):
        self.add_loss(tf.reduce_mean(tf.square(inputs)))
        self.add_metric(tf.reduce_mean(tf.abs(inputs)), name="size")
        return inputs


def added(synchronized=True):
    """A model whose layers add losses and a metric, before and after replicas wait for each
    other.
    """
    penalties = {"activity_regularizer": "l2"}
    wait = [tfk.layers.BatchNormalization(synchronized=True)] if synchronized else []
    layers = [tfk.layers.Dense(8, input_shape=(4,), **penalties), Noted(), *wait]
    model = tfk.Sequential([*layers, tfk.layers.Dense(1, **penalties)])
    model.compile(tfk.optimizers.SGD(0.01), "mse", metrics=["mae"])
    return model


def words():
    model = tfk.Sequential(
        [
            tfk.layers.Embedding(5, 3, input_shape=(None,)),
            tfk.layers.GlobalAveragePooling1D(),
            tfk.layers.Dense(1),
        ]
    )
    return compiled(model)


def padded_words():
    """Batches of sentences whose longest one is longer or shorter from batch to batch."""
    sentences = [line[: 1 + number % 5] for number, line in enumerate(WORDS)]
    signature = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((1,), tf.float32)
    dataset = tf.data.Dataset.from_generator(lambda: zip(sentences, Y), output_signature=signature)
    return dataset.padded_batch(BATCH)


class Own(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = tfk.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        return self.get_metrics_result()


def distributed(strategy):
    return strategy.experimental_distribute_dataset(
        tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH)
    )


def batches(context):
    size = context.get_per_replica_batch_size(BATCH)
    return tf.data.Dataset.from_tensor_slices((X, Y)).batch(size)


def creator(strategy):
    return tfk.utils.experimental.DatasetCreator(batches)


ARRAYS = {"x": X, "y": Y, "batch_size": BATCH, "shuffle": True}
PENALTIES = {"kernel_regularizer": "l2", "activity_regularizer": "l2"}
DATASET = {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH)}
WORD_ARRAYS = {
    "x": WORDS,
    "y": RANDOM.normal(size=(ROWS, 6, 1)).astype("float32"),
    "batch_size": BATCH,
}
CASES = {
    "arrays": (plain, ARRAYS),
    "weights": (lambda: compiled(dense(**PENALTIES)), {**ARRAYS, "sample_weight": WEIGHTS}),
    "dataset": (plain, DATASET),
    "outputs": (three_outputs, {**ARRAYS, "y": [Y, -Y, Y + 1]}),
    "masks": (masked, WORD_ARRAYS),
    "normalized": (normalized, ARRAYS),
    "added": (added, ARRAYS),
    "added without waiting": (lambda: added(synchronized=False), ARRAYS),
    "words": (words, {"x": padded_words()}),
    "single rows": (plain, {"x": X[:6], "y": Y[:6], "batch_size": 1}),
    "own step": (lambda: compiled(Own()), ARRAYS),
    "eager": (lambda: compiled(dense(), run_eagerly=True), ARRAYS),
}
# What else has to give the numbers of a case: name, strategy, changes of the arguments.
FURTHER = {
    "added without waiting": [("central added", "central", {})],
    "weights": [("central weights", "central", {})],
    "dataset": [
        ("distributed dataset", "mirrored", {"x": distributed}),
        ("dataset creator", "mirrored", {"x": creator}),
        ("central distributed dataset", "central", {"x": distributed}),
    ],
}


def train(make, arguments):
    if callable(arguments["x"]):
        arguments = {**arguments, "x": arguments["x"](tf.distribute.get_strategy())}
    tfk.utils.set_random_seed(3)
    model = make()
    if not model.built:
        model.build((None, 4))
    for number, weight in enumerate(model.trainable_weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape, scale=0.3))
    history = model.fit(**arguments, epochs=2, verbose=0)
    inputs = arguments["x"]
    test = {name: value for name, value in arguments.items() if name != "shuffle"}
    return {
        "history": history.history,
        "evaluate": np.ravel(model.evaluate(**test, verbose=0)),
        "weights": model.get_weights(),
        "predict": model.predict(inputs, batch_size=arguments.get("batch_size"), verbose=0),
    }


def distance(one, other):
    pairs = list(zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True))
    same_shapes = all(np.shape(a) == np.shape(b) for a, b in pairs)
    return (
        max(float(np.max(np.abs(np.subtract(a, b)))) for a, b in pairs)
        if same_shapes
        else float("inf")
    )


def main():
    folder, devices = sys.argv[1], ["CPU:0", "CPU:1"]
    strategies = {
        "mirrored": tf.distribute.MirroredStrategy(devices),
        "central": tf.distribute.experimental.CentralStorageStrategy(devices, "CPU:0"),
    }
    try:
        with strategies["mirrored"].scope():
            compiled(dense(), jit_compile=True)
    except ValueError as error:
        write(folder, "XLA", str(error))
    with strategies["mirrored"].scope():
        write(folder, "step logs", logs_by_reduction(X[:3]))
    for case, (make, arguments) in CASES.items():
        one = train(make, arguments)
        for name, strategy, changes in [(case, "mirrored", {}), *FURTHER.get(case, ())]:
            with strategies[strategy].scope():
                two = train(make, {**arguments, **changes})
            write(folder, name, {part: distance(one[part], two[part]) for part in one})


if __name__ == "__main__":
    main()

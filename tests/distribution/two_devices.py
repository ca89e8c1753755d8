"""Trains on one device and under MirroredStrategy on two, and prints how far the numbers are apart, as JSON.

A program of its own because logical devices are fixed when TensorFlow starts; see test_mirrored.py.
"""

import json

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

import tfk  # noqa: E402, devices come first

RANDOM = np.random.default_rng(0)
ROWS, BATCH = 21, 4  # six batches, the last one of a single row: one replica is left without any
X = RANDOM.normal(size=(ROWS, 4)).astype("float32")
Y = (X[:, :1] * 2 + 1).astype("float32")
WEIGHTS = RANDOM.uniform(0.1, 2.0, ROWS).astype("float32")
WORDS = RANDOM.integers(0, 5, (ROWS, 6))
WORDS[:, 0] = 1  # no sequence is masked altogether


def dense(**kwargs):
    return tfk.Sequential([tfk.layers.Dense(8, "tanh", input_shape=(4,), **kwargs), tfk.layers.Dense(1)])


def compiled(model, loss="mse", **kwargs):
    model.compile(tfk.optimizers.Adam(0.01), loss, metrics=["mae"], weighted_metrics=["mse"], **kwargs)
    return model


def worst_square(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred) * 3)  # a scalar, NaN for a replica without rows


def two_outputs():
    inputs = tfk.Input((4,))
    hidden = tfk.layers.Dense(5, "relu")(inputs)
    model = tfk.Model(inputs, [tfk.layers.Dense(1, name="a")(hidden), tfk.layers.Dense(1, name="b")(hidden)])
    model.compile("sgd", ["mse", "mae"], metrics=["mse"], loss_weights=[1.0, 0.3])
    return model


def masked():
    return tfk.Sequential(
        [
            tfk.Input((6,)),
            tfk.layers.Embedding(5, 3, mask_zero=True),
            tfk.layers.Dense(4, "tanh"),
            tfk.layers.Dense(1),
        ]
    )


def recurrent():
    return tfk.Sequential(
        [
            tfk.Input((6,)),
            tfk.layers.Embedding(5, 3),
            tfk.layers.LSTM(4, return_sequences=True),
            tfk.layers.Dense(1),
        ]
    )


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
    return strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH))


def batches(context):
    size = context.get_per_replica_batch_size(BATCH)
    return tf.data.Dataset.from_tensor_slices((X, Y)).batch(size)


ARRAYS = {"x": X, "y": Y, "batch_size": BATCH, "shuffle": True}
WORD_ARRAYS = {"x": WORDS, "y": RANDOM.normal(size=(ROWS, 6, 1)).astype("float32"), "batch_size": BATCH}
CASES = {
    "arrays": (lambda: compiled(dense()), ARRAYS),
    "weights": (lambda: compiled(dense()), {**ARRAYS, "sample_weight": WEIGHTS}),
    "dataset": (lambda: compiled(dense()), {"x": tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH)}),
    "distributed dataset": (lambda: compiled(dense()), {"x": distributed}),
    "dataset creator": (
        lambda: compiled(dense()),
        {"x": lambda _: tfk.utils.experimental.DatasetCreator(batches)},
    ),
    "sum": (lambda: compiled(dense(), tfk.losses.MeanSquaredError(reduction="sum")), ARRAYS),
    "scalar loss": (lambda: compiled(dense(), worst_square), ARRAYS),
    "penalties": (lambda: compiled(dense(kernel_regularizer="l2", activity_regularizer="l2")), ARRAYS),
    "outputs": (two_outputs, {**ARRAYS, "y": [Y, -Y]}),
    "masks": (lambda: compiled(masked()), WORD_ARRAYS),
    "recurrent": (lambda: compiled(recurrent()), WORD_ARRAYS),
    "normalized": (normalized, ARRAYS),
    "own step": (lambda: compiled(Own()), ARRAYS),
    "eager": (lambda: compiled(dense(), run_eagerly=True), ARRAYS),
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
    return max(float(np.max(np.abs(np.subtract(a, b)))) for a, b in pairs) if same_shapes else float("inf")


def main():
    devices = ["CPU:0", "CPU:1"]
    results, strategy = {}, tf.distribute.MirroredStrategy(devices)
    central = tf.distribute.experimental.CentralStorageStrategy(devices, "CPU:0")
    for name, (make, arguments) in CASES.items():
        one = train(make, arguments)
        for prefix, by in (("", strategy), ("central ", central)):
            if not prefix or name in ("arrays", "weights", "distributed dataset"):
                with by.scope():
                    two = train(make, arguments)
                results[prefix + name] = {part: distance(one[part], two[part]) for part in one}
    try:
        with strategy.scope():
            compiled(dense(), jit_compile=True)
    except ValueError as error:
        results["XLA"] = str(error)
    print(json.dumps(results))


if __name__ == "__main__":
    main()

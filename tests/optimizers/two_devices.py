"""Trains with several optimizers on one device and on two, and writes the variables to a folder.

A program of its own because devices are fixed when TensorFlow starts; see test_distribution.py.
"""

import functools
import sys

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

from tests.distribution.parts import write  # noqa: E402, devices come first
from tfk import optimizers as o  # noqa: E402
from tfk.optimizers.loss_scale import LossScaleOptimizer  # noqa: E402

CASES = {
    "Adam": lambda: o.Adam(
        0.01, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=2, clipnorm=1.0
    ),
    "RMSprop": lambda: o.RMSprop(0.01),
    "SGD": lambda: o.SGD(0.01, momentum=0.9, learning_rate_multipliers={"w1": 0.5, "w2": 0}),
    "Nadam": lambda: o.Nadam(o.schedules.ExponentialDecay(0.01, 2, 0.5)),
    "Adafactor": lambda: o.Adafactor(0.01),
    "accumulated": lambda: LossScaleOptimizer(
        o.Adam(0.01, gradient_accumulation_steps=3), dynamic_growth_steps=2
    ),
}
SHAPES = [(3, 2), (2,), (2,), (4,), (300, 50)]


def loss_of(w, x):
    a, b, c, d, table = w
    dense = tf.reduce_sum(tf.sin(a)) + tf.reduce_sum(b**2) - tf.reduce_sum(c * d[:2])
    sparse = tf.reduce_sum(tf.gather(table, [1, 2, 1]) ** 2)
    return tf.reduce_mean(x * dense + x**2 * sparse)


def variables():
    """Variables of the shapes; the fourth stays below 0.6."""
    constraints = [None, None, None, lambda value: tf.minimum(value, 0.6), None]
    return [
        tf.Variable(np.full(shape, 0.5, "float32"), name=f"w{i}", constraint=constraint)
        for i, (shape, constraint) in enumerate(zip(SHAPES, constraints))
    ]


def train(make, strategy):
    """Values of the variables, and the number of updates, after six batches of eight."""
    with strategy.scope():
        w, optimizer = variables(), make()
    replicas = strategy.num_replicas_in_sync

    def replica_step(x):
        with tf.GradientTape() as tape:
            loss = loss_of(w, x) / replicas
        optimizer.minimize(loss, w, tape, batch_size=8 // replicas)

    step = tf.function(lambda x: strategy.run(replica_step, args=(x,)), autograph=False)
    for batch in np.linspace(0.5, 2.0, 6 * 8).astype("float32").reshape(6, replicas, 8 // replicas):
        part = functools.partial(part_of_replica, batch)
        step(strategy.experimental_distribute_values_from_function(part))
    with strategy.scope():
        optimizer.finalize_variable_values(w)
    return [v.numpy()[:3].tolist() for v in w] + [[int(optimizer.iterations.numpy())]]


def part_of_replica(batch, context):
    return tf.constant(batch[context.replica_id_in_sync_group])


def message_outside_of_replicas(strategy):
    with strategy.scope():
        variable = tf.Variable(1.0)
        try:
            o.SGD(0.1).apply_gradients([(tf.constant(1.0), variable)])
        except RuntimeError as error:
            return str(error)


def main():
    folder, two = sys.argv[1], tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    write(folder, "message", message_outside_of_replicas(two))
    strategies = [tf.distribute.get_strategy(), two, tf.distribute.OneDeviceStrategy("CPU:1")]
    for name, make in CASES.items():
        write(folder, name, [train(make, strategy) for strategy in strategies])


if __name__ == "__main__":
    main()

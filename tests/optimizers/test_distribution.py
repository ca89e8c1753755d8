"""Training on two devices, in a process of its own because devices are fixed when TensorFlow starts."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

SCRIPT = """
import json, sys
import numpy as np
import tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from tfk import optimizers as o
from tfk.optimizers.loss_scale import LossScaleOptimizer

CASES = {
    "Adam": lambda: o.Adam(0.01, weight_decay=0.1, use_ema=True, ema_overwrite_frequency=2, clipnorm=1.0),
    "RMSprop": lambda: o.RMSprop(0.01),
    "SGD": lambda: o.SGD(0.01, momentum=0.9, learning_rate_multipliers={"w1": 0.5, "w2": 0}),
    "Nadam": lambda: o.Nadam(o.schedules.ExponentialDecay(0.01, 2, 0.5)),
    "Adafactor": lambda: o.Adafactor(0.01),
    "accumulated": lambda: LossScaleOptimizer(o.Adam(0.01, gradient_accumulation_steps=3), dynamic_growth_steps=2),
}
SHAPES = [(3, 2), (2,), (2,), (4,), (300, 50)]

def train(make, strategy, compiled):
    with strategy.scope():
        w = [tf.Variable(np.full(s, 0.5, "float32"), name=f"w{i}",
             constraint=(lambda v: tf.minimum(v, 0.6)) if i == 3 else None) for i, s in enumerate(SHAPES)]
        optimizer = make()
    replicas = strategy.num_replicas_in_sync

    def replica_step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                x[:, None] * (tf.reduce_sum(tf.sin(w[0])) + tf.reduce_sum(w[1] ** 2) - tf.reduce_sum(w[2] * w[3][:2]))
                + x[:, None] ** 2 * tf.reduce_sum(tf.gather(w[4], [1, 2, 1]) ** 2)) / replicas
            if hasattr(optimizer, "get_scaled_loss"):
                loss = optimizer.get_scaled_loss(loss)
        grads = tape.gradient(loss, w)
        if hasattr(optimizer, "get_scaled_loss"):
            grads = optimizer.get_unscaled_gradients(grads)
        optimizer.apply_gradients(zip(grads, w), batch_size=8 // replicas)

    step = lambda x: strategy.run(replica_step, args=(x,))
    if compiled:
        step = tf.function(step, autograph=False)
    data = np.linspace(0.5, 2.0, 6 * 8).astype("float32").reshape(6, replicas, 8 // replicas)
    for batch in data:
        step(strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(batch[context.replica_id_in_sync_group])))
    with strategy.scope():
        optimizer.finalize_variable_values(w)
    return [v.numpy()[:3].tolist() for v in w] + [[int(optimizer.iterations.numpy())]]

two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
print(json.dumps({name: [train(make, tf.distribute.get_strategy(), True), train(make, two, True),
                         train(make, tf.distribute.OneDeviceStrategy("CPU:1"), True)]
                  for name, make in CASES.items()}))
message = ""
with two.scope():
    v = tf.Variable(1.0)
    try:
        o.SGD(0.1).apply_gradients([(tf.constant(1.0), v)])
    except RuntimeError as error:
        message = str(error)
print(json.dumps(message))
"""


@pytest.fixture(scope="module")
def output():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": root}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, timeout=300
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return [json.loads(line) for line in run.stdout.splitlines()[-2:]]


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD", "Nadam", "Adafactor", "accumulated"])
def test_two_devices_equal_one(output, name):
    alone, mirrored, one_device = output[0][name]
    for other in (mirrored, one_device):
        for a, b in zip(alone, other):
            np.testing.assert_allclose(b, a, rtol=2e-6, atol=1e-6)


def test_gradients_of_one_replica_alone_are_refused(output):
    assert "cross-replica context of a strategy with 2 replicas" in output[1]
    assert "strategy.run()" in output[1]

"""Callbacks that read and set the learning rate, under strategies and with schedules."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import tfk

X = np.ones((8, 2), "float32")
CALLBACKS = [
    lambda: tfk.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
    lambda: tfk.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=100),
]


def compiled(rate):
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    model.compile(tfk.optimizers.SGD(rate), "mse")
    return model


@pytest.mark.parametrize("make", CALLBACKS)
def test_a_schedule_stays_in_charge_and_a_warning_says_so(make):
    schedule = tfk.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    model = compiled(schedule)
    name = type(make()).__name__
    with pytest.warns(UserWarning, match=f"{name} has no effect.*SGD follows ExponentialDecay"):
        history = model.fit(X, X[:, :1], batch_size=8, epochs=3, verbose=0, callbacks=[make()])
    np.testing.assert_allclose(history.history["lr"], [0.5, 0.25, 0.125])


STRATEGIES = """
import numpy as np
import tensorflow as tf
import tfk

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
x = np.ones((8, 2), "float32")
for strategy in (
    tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]),
    tf.distribute.experimental.CentralStorageStrategy(["CPU:0", "CPU:1"]),
    tf.distribute.OneDeviceStrategy("CPU:0"),
):
    for legacy in (False, True):
        with strategy.scope():
            model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
            optimizers = tfk.optimizers.legacy if legacy else tfk.optimizers
            model.compile(optimizers.SGD(0.5, momentum=0.5), "mse")
        seen = []
        note = tfk.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: seen.append(
                (model.optimizer.lr.numpy(), int(model.optimizer.iterations.numpy()))
            )
        )
        history = model.fit(x, x[:, :1], batch_size=8, epochs=3, verbose=0, callbacks=[
            tfk.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
            tfk.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=100),
            note,
        ])
        assert seen == [(0.25, 1), (0.0625, 2), (0.015625, 3)], seen
        assert tfk.backend.get_value(model.optimizer.lr) == np.float32(0.015625)
        assert model.optimizer.get_config()["learning_rate"] == np.float32(0.015625)
        if legacy:
            assert model.optimizer.get_config()["momentum"] == 0.5
print("done")
"""


def test_every_read_of_a_hyperparameter_under_strategies():
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(STRATEGIES)], capture_output=True, text=True
    )
    assert run.stdout.strip().endswith("done"), run.stderr[-2000:]

"""Every callback in a training that XLA compiles automatically, as long runs of small models do."""

import inspect

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import callbacks
from tfk.engine.training import xla_rule
from tfk.pruning import ConstantSparsity, MagnitudePruning

X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


class EveryBatch(callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        assert np.isfinite(logs["loss"])


def halve(epoch, rate):
    return rate / 2


# Function from a folder to the callback, by name.
CALLBACKS = {
    "BackupAndRestore": lambda folder: callbacks.BackupAndRestore(str(folder / "backup")),
    "BackupAndRestore by steps": lambda folder: callbacks.BackupAndRestore(str(folder), 3),
    "BaseLogger": lambda folder: callbacks.BaseLogger(),
    "CSVLogger": lambda folder: callbacks.CSVLogger(str(folder / "log.csv")),
    "Callback": lambda folder: EveryBatch(),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping(patience=9, restore_best_weights=True),
    "HParams": lambda folder: callbacks.HParams(str(folder), {"units": 1}),
    "History": lambda folder: callbacks.History(),
    "JSONLogger": lambda folder: callbacks.JSONLogger(str(folder / "log.json")),
    "LambdaCallback": lambda folder: callbacks.LambdaCallback(on_epoch_end=lambda *_: None),
    "LearningRateFinder": lambda folder: callbacks.LearningRateFinder(steps=8),
    "LearningRateScheduler": lambda folder: callbacks.LearningRateScheduler(halve),
    "MagnitudePruning": lambda folder: MagnitudePruning(ConstantSparsity(0.5, 0), frequency=4),
    "MaxTime": lambda folder: callbacks.MaxTime(600),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(str(folder / "model.keras")),
    "ModelCheckpoint of weights": lambda folder: callbacks.ModelCheckpoint(
        str(folder / "weights"), save_weights_only=True, save_freq=3
    ),
    "NormLogger": lambda folder: callbacks.NormLogger(by_layer=True),
    "ProfilerSummary": lambda folder: callbacks.ProfilerSummary(2, 4, verbose=0),
    "ProgbarLogger": lambda folder: callbacks.ProgbarLogger(),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau(patience=1, min_delta=100),
    "TensorBoard": lambda folder: callbacks.TensorBoard(
        str(folder), histogram_freq=1, update_freq=3, write_images=True
    ),
    "TerminateOnNaN": lambda folder: callbacks.TerminateOnNaN(),
}
# They have tests of their own: a list of callbacks, and one that needs a server.
ELSEWHERE = {"CallbackList", "RemoteMonitor", "SidecarEvaluatorModelExport"}
# Those that change the training or its logs.
CHANGING = {
    "LearningRateFinder",
    "LearningRateScheduler",
    "MagnitudePruning",
    "NormLogger",
    "ReduceLROnPlateau",
}


def network():
    tfk.utils.set_random_seed(1)
    model = tfk.Sequential(
        [
            tfk.layers.Dense(3, activation="tanh", name="hidden", input_shape=(4,)),
            tfk.layers.Dense(1, name="head"),
        ]
    )
    model.compile(tfk.optimizers.SGD(0.01), "mse", metrics=["mae"])
    return model


def fit(callback, epochs=3):
    model = network()
    data = {"validation_data": (X[:8], Y[:8]), "callbacks": [callback], "verbose": 0}
    return model, model.fit(X, Y, batch_size=8, epochs=epochs, **data).history


def test_the_table_has_all_callbacks():
    names = {name for name in dir(callbacks) if inspect.isclass(getattr(callbacks, name))}
    assert names - ELSEWHERE <= {name.split()[0] for name in CALLBACKS}


@pytest.fixture(scope="module")
def plain_history():
    return fit(callbacks.History())[1]


@pytest.mark.parametrize("name", CALLBACKS)
def test_callback(name, plain_history, tmp_path, monkeypatch):
    plain = plain_history
    if name in CHANGING:
        _, plain = fit(CALLBACKS[name](tmp_path))
    monkeypatch.setattr(xla_rule, "PRICE", 0.0)
    monkeypatch.setattr(xla_rule, "PRICE_PER_OPERATION", 0.0)
    model, compiled = fit(CALLBACKS[name](tmp_path))
    by_xla = model._caches.current(model).loops.get(("train", "loop", name == "TerminateOnNaN"))
    # Masks of weights, which pruning takes away at the end, and norms are part of the step.
    assert (by_xla and by_xla.traces) or name in ("MagnitudePruning", "NormLogger")
    assert list(compiled) == list(plain)
    for key in plain:
        np.testing.assert_allclose(compiled[key], plain[key], rtol=1e-4, err_msg=key)
    assert {layer.name for layer in model.layers} < {module.name for module in model.submodules}
    tf.train.Checkpoint(model=model).write(str(tmp_path / "checkpoint"))


def test_backups_of_a_long_run_resume_bit_for_bit(tmp_path):
    """Long enough for XLA by the real rule, which must choose it again after the resumption."""
    rows = np.tile(X, (800, 1))
    targets = rows.sum(1, keepdims=True)
    chosen = []

    class Kill(callbacks.Callback):
        def get_state(self):
            return {}  # nothing that a resumed run needs

        def on_epoch_end(self, epoch, logs=None):
            loops = self.model._caches.current(self.model).loops
            chosen.append(("train", "loop", False) in loops)
            if self.model.killed_at == epoch:
                raise KeyboardInterrupt

    def train(killed_at, *more):
        model = network()
        model.killed_at = killed_at
        model.fit(rows, targets, epochs=20, verbose=0, callbacks=[*more, Kill()])
        return model

    whole = train(None)
    backup = str(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        train(12, callbacks.BackupAndRestore(backup))
    resumed = train(None, callbacks.BackupAndRestore(backup))
    assert all(chosen)
    for expected, weight in zip(whole.get_weights(), resumed.get_weights()):
        np.testing.assert_array_equal(weight, expected)

import os

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.compare import assert_identical
from tfk.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    ModelCheckpoint,
    TensorBoard,
)
from tfk.callbacks.state_snapshot import state_variables

X = np.random.RandomState(0).rand(40, 3).astype("float32")
Y = X.sum(1, keepdims=True)


def compiled():
    model = tfk.Sequential(
        [
            tfk.layers.Dense(4, input_shape=(3,)),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dropout(0.5),
            tfk.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


class Watch(Callback):
    def __init__(self):
        super().__init__()
        self.batches, self.epochs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(dict(logs))


def state(model):
    """Everything that training changes, without the counters of batches, which every `fit` sets to
    0.
    """
    counters = {counter.ref() for counter in model._step_counters.values()}
    return [
        variable.numpy() for variable in state_variables(model) if variable.ref() not in counters
    ]


def test_one_batch_of_everything_and_the_state_as_before(tmp_path):
    tfk.utils.set_random_seed(5)
    model = compiled()
    model.fit(X, Y, epochs=2, verbose=0)
    before, history = state(model), model.history
    drawn = np.random.get_state()[1].tobytes()
    watch = Watch()
    callbacks = [
        watch,
        EarlyStopping(patience=0, restore_best_weights=True),
        CSVLogger(tmp_path / "log.csv"),
        TensorBoard(tmp_path / "logs", write_graph=False),
        ModelCheckpoint(tmp_path / "deep" / "folder" / "{epoch}-{val_loss:.2f}.keras"),
        BackupAndRestore(tmp_path / "backup"),
    ]
    result = model.fit(
        X,
        Y,
        epochs=50,
        batch_size=4,
        verbose=0,
        validation_data=(X, Y),
        callbacks=callbacks,
        dry_run=True,
    )
    assert watch.batches == [0] and len(watch.epochs) == 1
    assert set(result.history) == {"loss", "mae", "val_loss", "val_mae"}
    assert_identical(before, state(model))
    assert model.history is history and not model.stop_training
    assert np.random.get_state()[1].tobytes() == drawn
    assert os.listdir(tmp_path) == []


def test_training_after_a_dry_run_is_training_without_one():
    weights = []
    for dry_run in (False, True):
        tfk.utils.set_random_seed(7)
        tfk.backend.clear_session()
        model = compiled()
        if dry_run:
            model.fit(X, Y, verbose=0, dry_run=True)
        model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
        weights.append(model.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*weights))


def test_what_would_fail_late_fails_at_once_and_the_state_comes_back(tmp_path):
    model = compiled()
    model.fit(X, Y, verbose=0)
    before = state(model)
    with pytest.raises(KeyError, match="needs 'acc'"):
        model.fit(
            X,
            Y,
            epochs=9,
            verbose=0,
            callbacks=[ModelCheckpoint(tmp_path / "{acc}.keras")],
            dry_run=True,
        )
    assert_identical(before, state(model))

    class Broken(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, epochs=9, verbose=0, callbacks=[Broken()], dry_run=True)
    assert_identical(before, state(model))


def test_datasets_and_unbuilt_models():
    model = tfk.Sequential([tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    model.fit(dataset, epochs=3, verbose=0, validation_data=dataset, dry_run=True)
    assert int(model.optimizer.iterations) == 0

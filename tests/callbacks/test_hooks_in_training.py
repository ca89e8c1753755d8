"""Hooks of user callbacks in real training, call by call and log by log as in tf_keras."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

X = np.random.RandomState(0).rand(20, 3).astype("float32")
Y = X.sum(1, keepdims=True)
HOOKS = [
    *(
        f"on_{mode}_{moment}"
        for mode in ("train", "test", "predict")
        for moment in ("begin", "end")
    ),
    *(
        f"on_{mode}_batch_{moment}"
        for mode in ("train", "test", "predict")
        for moment in ("begin", "end")
    ),
    *(f"on_epoch_{moment}" for moment in ("begin", "end")),
]


def recorder(package, hooks=HOOKS, calls=None):
    """A callback that notes every call of `hooks` with its arguments and the keys of the logs."""
    calls = [] if calls is None else calls

    def noting(hook):
        def note(self, *args, logs=None):
            *position, logs = (*args, logs) if logs is not None else args
            values = {
                key: np.round(np.asarray(value, "float64"), 4).tolist()
                for key, value in (logs or {}).items()
            }
            calls.append((hook, *position, values))

        return note

    kind = type("Recorder", (package.callbacks.Callback,), {hook: noting(hook) for hook in hooks})
    callback = kind()
    callback.calls = calls
    return callback


def model_of(package, **settings):
    model = package.Sequential(
        [package.layers.Dense(1, kernel_initializer="ones", input_shape=(3,))]
    )
    model.compile(package.optimizers.SGD(0.01), "mse", metrics=["mae"], **settings)
    return model


def everything(package, callback, **settings):
    model = model_of(package, **settings)
    model.fit(
        X, Y, batch_size=6, epochs=2, shuffle=False, verbose=0, callbacks=[callback],
        validation_data=(X[:10], Y[:10]), validation_batch_size=5,
    )  # fmt: skip
    model.evaluate(X, Y, batch_size=8, verbose=0, callbacks=[callback])
    model.predict(X[:6], batch_size=3, verbose=0, callbacks=[callback])
    return callback.calls


@pytest.mark.parametrize("settings", [{}, {"steps_per_execution": 3}, {"run_eagerly": True}])
def test_calls_and_logs_equal_keras(settings):
    tf_keras = pytest.importorskip("tf_keras")
    ours = everything(tfk, recorder(tfk), **settings)
    theirs = everything(tf_keras, recorder(tf_keras), **settings)
    assert [call[:-1] for call in ours] == [call[:-1] for call in theirs]
    for (hook, *_, mine), (*_, expected) in zip(ours, theirs):
        assert list(mine) == list(expected), hook
        for name in mine:
            np.testing.assert_allclose(mine[name], expected[name], atol=2e-4, err_msg=hook)


def test_legacy_batch_hooks_are_called_in_training_alone():
    calls = everything(tfk, recorder(tfk, ["on_batch_begin", "on_batch_end"]))
    assert [call[:2] for call in calls[:4]] == [
        ("on_batch_begin", 0),
        ("on_batch_end", 0),
        ("on_batch_begin", 1),
        ("on_batch_end", 1),
    ]
    assert len(calls) == 2 * 2 * 4 and set(calls[1][2]) == {"loss", "mae"}


@pytest.mark.parametrize("stop_at", ["batch", "epoch"])
def test_stop_training_takes_effect_where_keras_stops(stop_at):
    tf_keras = pytest.importorskip("tf_keras")
    counts = []
    for package in (tfk, tf_keras):
        seen = []

        class Stop(package.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                seen.append(("batch", batch))  # noqa: B023
                if stop_at == "batch" and batch == 1:
                    self.model.stop_training = True

            def on_epoch_end(self, epoch, logs=None):
                seen.append(("epoch", epoch, sorted(logs)))  # noqa: B023
                if stop_at == "epoch":
                    self.model.stop_training = True

        model_of(package).fit(
            X, Y, batch_size=5, epochs=3, verbose=0, callbacks=[Stop()], validation_data=(X, Y)
        )
        counts.append(seen)
    assert counts[0] == counts[1]


def test_changes_of_the_learning_rate_in_batch_hooks_take_effect():
    rates = []

    class Change(tfk.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = 0.0 if batch else 0.1
            rates.append(self.model.get_weights()[0].copy())

    model_of(tfk).fit(X, 2 * Y, batch_size=5, verbose=0, callbacks=[Change()])
    assert not np.array_equal(rates[0], rates[1])
    assert np.array_equal(rates[1], rates[2]) and np.array_equal(rates[2], rates[3])


def test_epoch_callbacks_see_the_same_numbers_whatever_wakes_the_loop():
    plain = model_of(tfk).fit(X, Y, batch_size=6, epochs=3, shuffle=False, verbose=0).history
    woken = (
        model_of(tfk)
        .fit(X, Y, batch_size=6, epochs=3, shuffle=False, verbose=0, callbacks=[recorder(tfk)])
        .history
    )
    assert plain == woken


def test_nan_stops_inside_a_stretch_and_names_the_layer(capsys):
    x = np.ones((1000, 3), "float32")
    x[70] = np.nan
    model = tfk.Sequential(
        [tfk.layers.Dense(2, input_shape=(3,), name="first"), tfk.layers.Dense(1, name="second")]
    )
    model.compile("sgd", "mse")
    callbacks = [
        tfk.callbacks.TerminateOnNaN(),
        tfk.callbacks.EarlyStopping(restore_best_weights=True, monitor="loss"),
    ]
    assert tfk.callbacks.CallbackList(callbacks).batches_until_wake("train") is None
    history = model.fit(
        x, x[:, :1] * 0, batch_size=10, epochs=5, shuffle=False, verbose=0, callbacks=callbacks
    )
    assert len(history.epoch) == 1 and int(model.optimizer.iterations) == 8
    out = capsys.readouterr().out
    assert "Batch 7" in out and '"first"' in out


def test_best_weights_come_back_after_a_bad_loss(capsys):
    weights, model = [], model_of(tfk)
    stopping = tfk.callbacks.EarlyStopping(monitor="loss", patience=9, restore_best_weights=True)
    callbacks = [
        tfk.callbacks.LearningRateScheduler(lambda epoch: 0.01 if epoch < 2 else 1e30),
        tfk.callbacks.TerminateOnNaN(),
        stopping,
        tfk.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: weights.append(model.get_weights())
        ),
    ]
    history = model.fit(X, 2 * Y, epochs=9, batch_size=5, verbose=0, callbacks=callbacks)
    assert history.epoch == [0, 1, 2] and stopping.best_epoch == 1
    assert all(map(np.array_equal, model.get_weights(), weights[1]))
    assert "terminating training" in capsys.readouterr().out


def test_best_weights_come_back_after_an_interrupt():
    class Interrupt(tfk.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt
            self.weights = self.model.get_weights() if epoch == 0 else self.weights

    model = model_of(tfk)
    interrupt = Interrupt()
    stopping = tfk.callbacks.EarlyStopping(
        monitor="mae", mode="max", patience=9, restore_best_weights=True
    )
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=5, verbose=0, callbacks=[stopping, interrupt])
    assert all(map(np.array_equal, model.get_weights(), interrupt.weights))


def test_an_error_leaves_the_last_checkpoint_whole(tmp_path):
    class Broken(tfk.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise OSError("mine")

    model = model_of(tfk)
    checkpoint = tfk.callbacks.ModelCheckpoint(tmp_path / "model.keras")
    with pytest.raises(OSError, match="mine") as caught:
        model.fit(X, Y, epochs=4, verbose=0, callbacks=[Broken(), checkpoint])
    assert (
        caught.traceback[-1].name == "on_epoch_end"
    )  # its own place is the last line of the traceback
    assert tfk.models.load_model(tmp_path / "model.keras").predict(X, verbose=0).shape == (20, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize(
    ("name", "weights_only"),
    [
        ("m.keras", False),
        ("m.h5", False),
        ("m.weights.h5", True),
        ("w.h5", True),
        ("saved", False),
        ("checkpoint", True),
    ],
)
def test_checkpoints_in_every_format_come_back(name, weights_only, tmp_path):
    model = model_of(tfk)
    checkpoint = tfk.callbacks.ModelCheckpoint(
        tmp_path / name, save_weights_only=weights_only, save_top_k=1, monitor="loss"
    )
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[checkpoint])
    if weights_only:
        other = model_of(tfk)
        other.optimizer.build(other.trainable_variables)
        other.load_weights(tmp_path / name)
    else:
        other = tfk.models.load_model(tmp_path / name)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))
    assert tf.io.gfile.exists(str(tmp_path))

"""The length of graph calls, the kind of source and XLA change when Python runs, not what is
computed.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.compare import assert_identical
from tfk.engine.data import arrays
from tfk.engine.training.compiled_loop import CompiledLoop

RNG = np.random.default_rng(5)


X = RNG.normal(size=(45, 6)).astype("float32")


Y = RNG.integers(0, 3, 45)


def network(**compile_arguments):
    tfk.utils.set_random_seed(7)
    model = tfk.Sequential(
        [
            tfk.Input((6,)),
            tfk.layers.Dense(8, activation="relu"),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dropout(0.3),
            tfk.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **compile_arguments
    )
    return model


def trained(callbacks=(), epochs=3, validate=True, **compile_arguments):
    """History and weights of a seeded run."""
    model = network(**compile_arguments)
    held_out = (X[:11], Y[:11]) if validate else None
    history = model.fit(
        X,
        Y,
        batch_size=8,
        epochs=epochs,
        verbose=0,
        callbacks=list(callbacks),
        validation_data=held_out,
    )
    return history.history, model.get_weights()


class EveryBatch(tfk.callbacks.Callback):
    """Asks for the logs of every batch."""

    def __init__(self):
        super().__init__()
        self.batches, self.logs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)
        self.logs.append(dict(logs))


class EverySecond(tfk.callbacks.Callback):
    """Asks to be woken every two batches."""

    def __init__(self):
        super().__init__()
        self.frames = []

    def batches_until_wake(self, mode):
        return 2 if mode == "train" else None

    def on_train_batch_begin(self, batch, logs=None):
        self.frames.append([batch])

    def on_train_batch_end(self, batch, logs=None):
        self.frames[-1].append(batch)


def test_two_runs_with_one_seed_are_equal_bit_for_bit():
    assert_identical(trained(), trained())


def test_the_length_of_graph_calls_changes_nothing():
    whole = trained()
    every = EveryBatch()
    assert_identical(whole, trained([every]))
    assert every.batches == list(range(6)) * 3
    second = EverySecond()
    assert_identical(whole, trained([second]))
    assert [batch for first, last in second.frames for batch in range(first, last + 1)] == list(
        range(6)
    ) * 3
    assert max(last - first for first, last in second.frames) == 1
    assert_identical(whole, trained(steps_per_execution=4))


def test_streamed_and_resident_data_give_the_same(monkeypatch):
    whole = trained()
    monkeypatch.setattr(arrays, "WINDOW_BYTES", 700)
    monkeypatch.setattr(arrays, "resident_budget", lambda: 0)
    assert_identical(whole, trained())


def test_eager_steps_give_nearly_the_same():
    whole, eager = trained(epochs=1), trained(epochs=1, run_eagerly=True)
    for name, values in whole[0].items():
        np.testing.assert_allclose(eager[0][name], values, rtol=1e-4)


def test_xla_gives_nearly_the_same_with_the_same_random_numbers():
    whole = trained(epochs=2, validate=False)
    compiled = trained(epochs=2, validate=False, jit_compile=True)
    for name, values in whole[0].items():
        np.testing.assert_allclose(compiled[0][name], values, rtol=1e-3, atol=1e-4)


def test_logs_of_batches_accumulate_over_the_epoch():
    model, every = network(), EveryBatch()
    history = model.fit(X, Y, batch_size=8, verbose=0, callbacks=[every])
    assert every.logs[-1] == {name: values[0] for name, values in history.history.items()}
    assert len({log["loss"] for log in every.logs}) == 6


def test_one_trace_serves_all_lengths():
    traces = []

    class Counting(tfk.layers.Layer):
        def call(self, inputs):
            traces.append(tuple(inputs.shape))
            return inputs

    model = tfk.Sequential([tfk.Input((6,)), Counting(), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    traces.clear()
    model.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[EverySecond()])
    assert traces == [(None, 6)]
    model.fit(X[:40], Y[:40], batch_size=8, verbose=0)  # no smaller batch at the end
    assert traces == [(None, 6)]


def test_stopping_takes_effect_between_graph_calls():
    class Stop(tfk.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 2

    model = network()
    history = model.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[Stop()])
    assert history.epoch == [0]
    assert int(model._train_counter) == 3


def test_a_bad_loss_ends_the_stretch_inside_the_graph():
    rows = X.copy()
    rows[20] = np.nan  # in batch 2
    model = tfk.Sequential([tfk.Input((6,)), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    stop = tfk.callbacks.TerminateOnNaN()
    model.fit(
        rows,
        Y,
        batch_size=8,
        epochs=2,
        verbose=0,
        shuffle=False,
        callbacks=[stop],
        steps_per_epoch=6,
    )
    assert int(model._train_counter) == 3


def test_sources_with_fewer_batches_than_asked_for():
    model = network()
    rows = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    with pytest.warns(UserWarning, match="ran out of data"):
        history = model.fit(rows, steps_per_epoch=4, epochs=3, verbose=0)
    assert history.epoch == [0, 1]  # six batches make one epoch of four and one of two


def test_steps_go_on_through_the_arrays():
    seen = []

    class Peek(tfk.Model):
        def train_step(self, data):
            seen.append(data[0][:, 0].numpy())
            return {}

    model = Peek()
    model.compile(run_eagerly=True)
    column = np.arange(10, dtype="float32")[:, None]
    model.fit(column, column, batch_size=2, steps_per_epoch=3, epochs=3, shuffle=False, verbose=0)
    np.testing.assert_array_equal(np.concatenate(seen)[:10], np.arange(10))


def test_loops_are_dropped_by_compile():
    model = network()
    model.fit(X, Y, verbose=0)
    loops = model._caches.current(model).loops
    assert loops and all(isinstance(loop, CompiledLoop) for loop in loops.values())
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert not model._caches.current(model).loops

"""TerminateOnNaN, MaxTime, LambdaCallback and the progress bar."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tfk.callbacks import (
    CallbackList,
    LambdaCallback,
    MaxTime,
    ProgbarLogger,
    TerminateOnNaN,
    progress_bar,
)
from tfk.utils import progress


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_bad_loss_stops_at_its_batch(bad, model, run, capsys):
    seen = []
    watch = LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch))
    batches = [{"loss": 1.0}, {"loss": bad}, {"loss": bad}]
    run([TerminateOnNaN(), watch], [{"loss": 1.0}], model, batches)
    assert seen == [0, 1] and model.stop_training
    assert "Batch 1: the loss is" in capsys.readouterr().out


def test_bad_layer_is_named(model, run, capsys):
    second = types.SimpleNamespace(
        name="second", weights=[tf.Variable([1.0, np.nan], name="second/bias")]
    )
    model.layers.append(second)
    run([TerminateOnNaN()], [{"loss": 1.0}], model, [{"loss": np.nan}])
    assert "first layer with a bad value is" in (out := capsys.readouterr().out)
    assert '"second", in its weight second/bias' in out


def test_bad_loss_with_good_weights(model, run, capsys):
    run([TerminateOnNaN()], [{"loss": 1.0}], model, [{"loss": np.nan}])
    assert "All weights are finite" in capsys.readouterr().out


def test_terminate_needs_no_wake_of_its_own():
    callbacks = CallbackList([TerminateOnNaN()])
    assert callbacks.stops_at_bad_loss and callbacks.batches_until_wake("train") is None
    assert not CallbackList([LambdaCallback()]).stops_at_bad_loss


def test_max_time_stops_inside_an_epoch_and_asks_for_shorter_stretches(model, run, capsys):
    now = [0.0]
    seen, asked = [], []
    callback = MaxTime(10, verbose=1, clock=lambda: now[0])

    def step(batch, logs):
        now[0] += 3
        seen.append(batch)
        asked.append(callback.seconds_between_wakes("train"))

    run(
        [LambdaCallback(on_batch_begin=step), callback], [{"loss": 1}] * 5, model, [{"loss": 1}] * 3
    )
    assert seen == [0, 1, 2, 0] and asked == [1.0, 1.0, 1.0, 0.02]
    assert "10 s are over after batch 1" in capsys.readouterr().out
    assert callback.seconds_between_wakes("train") is None  # not outside fit


def test_lambda_callback_sets_any_hook():
    calls = []
    callback = LambdaCallback(
        on_test_end=lambda logs: calls.append(logs), on_train_end=lambda logs: calls.append(2)
    )
    callbacks = CallbackList([callback])
    callbacks.on_test_end({"loss": 1})
    callbacks.on_train_end()
    callbacks.on_train_begin()
    assert calls == [{"loss": 1}, 2]


@pytest.fixture
def terminal(monkeypatch):
    def terminal(answer):
        monkeypatch.setattr(progress_bar, "can_redraw", lambda: answer)
        monkeypatch.setattr(progress, "can_redraw", lambda: answer)

    return terminal


def drive(bar, model, verbose, epochs=2, steps=3, mode="fit"):
    callbacks = CallbackList(bar, model=model, verbose=verbose, epochs=epochs, steps=steps)
    if mode == "evaluate":
        callbacks.on_test_begin()
        for batch in range(3):
            callbacks.on_test_batch_end(batch, {"loss": 2.0})
        callbacks.on_test_end({"loss": 2.0})
        return
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        for batch in range(3):
            callbacks.on_train_batch_end(batch, {"loss": 1.0})
        callbacks.on_test_begin()
        callbacks.on_test_batch_end(0, {"loss": 7.0})
        callbacks.on_test_end({"loss": 7.0})
        callbacks.on_epoch_end(epoch, {"loss": 1.0, "val_loss": 7.0})
    callbacks.on_train_end()


def test_one_line_an_epoch_where_there_is_no_terminal(model, terminal, capsys):
    terminal(False)
    bar = ProgbarLogger("steps")
    assert CallbackList([bar]).seconds_between_wakes("train") is None
    drive(bar, model, verbose=1)
    out = capsys.readouterr().out
    assert out.count("Epoch ") == 2 and out.count("3/3") == 2 and out.count("val_loss: 7.0000") == 2
    drive(ProgbarLogger("steps"), model, verbose=2)
    assert capsys.readouterr().out.count("3/3") == 2


def test_bar_on_a_terminal_is_woken_by_time(model, terminal, capsys, monkeypatch):
    terminal(True)
    bar = ProgbarLogger("steps")
    bar.set_params({"verbose": 1, "epochs": 1, "steps": 3})
    assert bar.seconds_between_wakes("train") == 0.2 and bar.batches_until_wake("train") is None
    bar.set_params({"verbose": 2, "epochs": 1, "steps": 3})
    assert bar.seconds_between_wakes("train") is None
    monkeypatch.setattr(progress, "LEAST_INTERVAL", 0)
    monkeypatch.setattr(progress_bar, "REDRAW_SECONDS", 0)
    drive(ProgbarLogger("steps"), model, verbose=1)
    out = capsys.readouterr().out
    assert "1/3 [" in out and "3/3 [" in out and "val_loss: 7.0000" in out


def test_bar_learns_an_unknown_number_of_steps(model, terminal, capsys):
    terminal(True)  # woken for batches
    drive(ProgbarLogger("steps"), model, verbose=1, steps=None)
    assert capsys.readouterr().out.count("3/3") == 2

    terminal(False)  # not woken: the model counts
    model._train_counter, model._test_counter = tf.Variable(5), tf.Variable(0)
    count = LambdaCallback(on_epoch_end=lambda epoch, logs: model._train_counter.assign_add(3))
    drive([count, ProgbarLogger("steps")], model, verbose=1, steps=None)
    assert capsys.readouterr().out.count("3/3") == 2


def test_bar_of_evaluate(model, terminal, capsys):
    terminal(False)
    drive(ProgbarLogger("steps"), model, verbose=1, mode="evaluate")
    out = capsys.readouterr().out
    assert out.count("3/3") == 1 and "loss: 2.0000" in out


def test_bar_arguments():
    with pytest.raises(ValueError, match="count_mode"):
        ProgbarLogger("epochs")

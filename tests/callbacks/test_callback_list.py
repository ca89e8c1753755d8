import time

import numpy as np
import pytest
import tensorflow as tf

from tfk.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    ProgbarLogger,
)
from tfk.callbacks.hook_timing import HookTiming


class PerBatch(Callback):
    def on_train_batch_end(self, batch, logs=None):
        logs["seen"] = batch


class Legacy(Callback):
    def __init__(self):  # without super().__init__(), as many user classes are written
        self.calls = []

    def on_batch_begin(self, batch, logs=None):
        self.calls.append(("begin", batch, dict(logs)))

    def on_batch_end(self, batch, logs=None):
        self.calls.append(("end", batch, dict(logs)))


def test_hooks_share_one_dict_of_numbers_and_leave_the_caller_s_alone():
    legacy = Legacy()
    callbacks = CallbackList([PerBatch(), legacy])
    given = {"loss": tf.constant(0.5), "vector": tf.constant([1.0, 2.0]), "plain": 3}
    callbacks.on_train_batch_begin(4)
    callbacks.on_train_batch_end(4, given)
    (_, _, begin), (_, batch, logs) = legacy.calls
    assert begin == {} and batch == 4
    assert logs["loss"] == 0.5 and type(logs["loss"]) is float
    assert isinstance(logs["vector"], np.ndarray) and logs["seen"] == 4
    assert list(logs) == ["loss", "vector", "plain", "seen"]
    assert "seen" not in given


def test_what_is_written_at_the_end_of_an_epoch_reaches_the_history(model, run):
    def write(epoch, logs):
        logs["extra"] = epoch * 10

    history = run([LambdaCallback(on_epoch_end=write)], [{"loss": 1.0}, {"loss": 2.0}], model)
    assert history.history == {"loss": [1.0, 2.0], "extra": [0, 10]}
    assert history.epoch == [0, 1]


@pytest.mark.parametrize(
    ("callback", "train", "test", "predict"),
    [
        (Callback(), None, None, None),
        (History(), None, None, None),
        (PerBatch(), 1, None, None),
        (Legacy(), 1, None, None),
        (LambdaCallback(on_batch_end=lambda batch, logs: None), 1, None, None),
        (LambdaCallback(on_test_batch_end=lambda batch, logs: None), None, 1, None),
        (LambdaCallback(on_predict_batch_begin=lambda batch, logs: None), None, None, 1),
        (EarlyStopping(), None, None, None),
    ],
)
def test_when_to_wake_follows_the_overridden_hooks(callback, train, test, predict):
    callbacks = CallbackList(callback)
    assert callbacks.batches_until_wake("train") == train
    assert callbacks.batches_until_wake("test") == test
    assert callbacks.batches_until_wake("predict") == predict
    assert callbacks.seconds_between_wakes("train") is None


def test_a_subclass_that_adds_a_batch_hook_is_woken_even_if_its_base_declares_less():
    class Every5(Callback):
        def batches_until_wake(self, mode):
            return 5 if mode == "train" else None

        def on_train_batch_end(self, batch, logs=None):
            pass

    class Greedy(Every5):
        def on_train_batch_end(self, batch, logs=None):
            pass

    assert CallbackList([Every5()]).batches_until_wake("train") == 5
    assert CallbackList([Greedy(), Every5()]).batches_until_wake("train") == 1


def test_batch_logs_stay_on_the_device_when_nobody_reads_them():
    class Untouchable:
        def numpy(self):
            raise AssertionError("fetched")

    CallbackList([History()]).on_train_batch_end(0, {"loss": Untouchable()})


def test_history_and_bar_are_added_once_and_at_the_end():
    history = History()
    callbacks = CallbackList([history, Callback()], add_history=True, add_progbar=True)
    kinds = [type(callback) for callback in callbacks]
    assert kinds == [History, Callback, ProgbarLogger]


def test_nested_callbacks_single_callbacks_and_the_last_ones():
    class Last(Callback):
        runs_last = True

        def set_siblings(self, callbacks):
            self.siblings = callbacks

    last, first = Last(), Callback()
    callbacks = CallbackList([last, (first,)], add_history=True)
    assert list(callbacks)[0] is first and list(callbacks)[-1] is last
    assert last.siblings is callbacks.callbacks
    callbacks.append(Callback())
    assert list(callbacks)[-1] is last
    assert list(CallbackList(first)) == [first]


def test_errors_name_the_mistake():
    with pytest.raises(TypeError, match=r"got the class History\. Pass History\(\)"):
        CallbackList([History])
    with pytest.raises(TypeError, match="LambdaCallback"):
        CallbackList([lambda epoch, logs: None])


def test_an_error_in_a_hook_keeps_its_own_traceback(model, run):
    class Broken(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        run([Broken()], [{"loss": 1.0}], model)


def test_abort_reaches_everyone_and_never_hides_the_first_error():
    reached = []

    class Broken(Callback):
        def on_train_abort(self, error):
            raise OSError("second")

    class Fine(Callback):
        def on_train_abort(self, error):
            reached.append(error)

    error = KeyboardInterrupt()
    with pytest.warns(UserWarning, match=r"Broken.on_train_abort failed"):
        CallbackList([Broken(), Fine()]).on_train_abort(error)
    assert reached == [error]


def test_make_logs_labels_outputs():
    class Named:
        metrics_names = ("loss", "acc")

    callbacks = CallbackList([Callback()])
    assert callbacks.make_logs(Named, {}, [1, 2], "test", prefix="val_") == {
        "val_loss": 1,
        "val_acc": 2,
    }
    assert callbacks.make_logs(Named, {}, [1, 2], "predict") == {"outputs": [1, 2]}
    assert CallbackList([]).make_logs(Named, {"a": 1}, [1, 2], "train") == {"a": 1}


def test_slow_hooks_are_reported_once():
    class Slow(Callback):
        def on_train_batch_end(self, batch, logs=None):
            time.sleep(0.005)

    callbacks = CallbackList([Slow()])
    with pytest.warns(UserWarning, match="on_train_batch_end of the callbacks takes") as record:
        for batch in range(20):
            callbacks.on_train_batch_begin(batch)
            callbacks.on_train_batch_end(batch, {})
    assert len(record) == 1


def test_own_callbacks_are_not_timed():
    assert not HookTiming([History()]).active
    assert HookTiming([Callback(), PerBatch()]).active

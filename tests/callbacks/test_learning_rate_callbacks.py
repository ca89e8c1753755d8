import types

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk
from tfk.callbacks import LearningRateScheduler, ReduceLROnPlateau


def losses(*values):
    return [{"val_loss": value} for value in values]


def test_scheduler_sets_the_rate_before_and_records_it_after_the_epoch(model, run, capsys):
    schedule = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate, verbose=1)
    history = run([schedule], losses(1, 1, 1), model)
    np.testing.assert_allclose(history.history["lr"], [0.1, 0.05, 0.025], rtol=1e-6)
    assert "Epoch 3: LearningRateScheduler setting learning rate to" in capsys.readouterr().out


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch: 0.5,
        lambda epoch, lr: tf.constant(0.5),
        lambda epoch, lr: np.float64(0.5),
        lambda *a: 0.5,
    ],
)
def test_scheduler_takes_any_number_and_old_signatures(schedule, model, run):
    history = run([LearningRateScheduler(schedule)], losses(1), model)
    assert history.history["lr"] == [0.5]


@pytest.mark.parametrize("bad", ["fast", None, [0.1, 0.2], True])
def test_scheduler_refuses_what_is_no_number(bad, model, run):
    with pytest.raises(ValueError, match="one real number"):
        run([LearningRateScheduler(lambda epoch: bad)], losses(1), model)


def test_a_type_error_inside_the_schedule_is_not_hidden(model, run):
    def schedule(epoch, rate):
        raise TypeError("inside")

    with pytest.raises(TypeError, match="inside"):
        run([LearningRateScheduler(schedule)], losses(1), model)


@pytest.mark.parametrize(
    "callback", [LearningRateScheduler(lambda epoch: 0.1), ReduceLROnPlateau()]
)
def test_a_model_without_learning_rate_is_refused(callback, model, run):
    model.optimizer = None
    with pytest.raises(
        ValueError, match="optimizer that has a learning_rate, got the optimizer None"
    ):
        run([callback], losses(1), model)


def test_plateau_worked_by_hand(model, run, capsys):
    callback = ReduceLROnPlateau(
        factor=0.5, patience=2, cooldown=1, min_delta=0, min_lr=0.03, verbose=1
    )
    history = run([callback], losses(5, 5, 5, 5, 5, 5, 5, 5, 5), model)
    # epochs 1, 2 wait: halved after 2; epoch 3 cools down and counts 1, 4 counts 2: halved; then
    # the floor 0.03
    np.testing.assert_allclose(
        history.history["lr"], [0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03, 0.03], rtol=1e-6
    )
    assert capsys.readouterr().out.count("ReduceLROnPlateau reducing") == 2


def test_plateau_decides_as_keras(model, run):
    tf_keras = pytest.importorskip("tf_keras")
    random = np.random.RandomState(1)
    for trial in range(40):
        values = random.rand(40).round(1).tolist()
        settings = {
            "factor": float(random.choice([0.1, 0.5])),
            "patience": int(random.randint(1, 4)),
            "cooldown": int(random.randint(0, 3)),
            "mode": str(random.choice(["min", "max", "auto"])),
            "min_delta": float(random.choice([0, 0.05])),
            "min_lr": float(random.choice([0, 1e-3])),
        }
        model.optimizer.learning_rate = np.float32(0.1)
        ours = run([ReduceLROnPlateau(**settings)], losses(*values), model).history["lr"]

        rate = tf.Variable(0.1)
        theirs = tf_keras.callbacks.ReduceLROnPlateau(**settings)
        theirs.set_model(types.SimpleNamespace(optimizer=types.SimpleNamespace(lr=rate)))
        theirs.on_train_begin()
        expected = []
        for epoch, value in enumerate(values):
            logs = {"val_loss": value}
            theirs.on_epoch_end(epoch, logs)
            expected.append(logs["lr"])
        np.testing.assert_allclose(ours, expected, rtol=1e-6, err_msg=f"{trial} {settings}")


def test_plateau_arguments():
    with pytest.raises(ValueError, match="factor to be below 1"):
        ReduceLROnPlateau(factor=1.0)
    with pytest.warns(DeprecationWarning, match="min_delta"):
        assert ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5
    with pytest.raises(TypeError, match="unknown arguments"):
        ReduceLROnPlateau(speed=2)


def test_plateau_state_goes_to_another_object(model, run):
    first = ReduceLROnPlateau(patience=3)
    run([first], losses(1, 2, 2), model)
    second = ReduceLROnPlateau(patience=3)
    second.set_model(model)
    second.on_train_begin()
    second.set_state(first.get_state())
    second.on_epoch_end(3, {"val_loss": 2})
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_an_optimizer_of_the_user_may_have_the_old_name_alone():
    class Optimizer:
        lr = tf.Variable(1.0)

    class Model:
        optimizer, stop_training = Optimizer(), False

    model = Model()
    for keras in (tfk, tf_keras):
        model.optimizer.lr.assign(1.0)
        callback = keras.callbacks.ReduceLROnPlateau("val_loss", patience=1, min_delta=0.0)
        callback.model = model
        callback.on_train_begin()
        for epoch, loss in enumerate((1.0, 1.0, 1.1)):
            logs = {"val_loss": loss}
            callback.on_epoch_end(epoch, logs)
        assert float(model.optimizer.lr) == pytest.approx(0.01) and "lr" in logs

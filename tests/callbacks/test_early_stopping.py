import numpy as np
import pytest

from tfk.callbacks import EarlyStopping


def losses(*values, name="val_loss"):
    return [{name: value} for value in values]


@pytest.mark.parametrize(
    ("settings", "values", "epochs", "best"),
    [
        ({}, [3, 2, 2, 1], 3, 2),
        ({"patience": 2}, [3, 2, 2.5, 2.4, 1], 4, 2),
        ({"patience": 2}, [3, 2, 2.5, 1.9, 3, 3, 1], 6, 1.9),
        ({"min_delta": 0.5}, [3, 2.6, 2], 2, 3),
        ({"mode": "max"}, [1, 2, 2, 9], 3, 2),
        ({"mode": "max", "min_delta": -1}, [1, 1.5, 9], 2, 1),
        ({"baseline": 0.5, "patience": 2}, [3, 2, 1, 0.9], 4, 0.9),
        ({"start_from_epoch": 2}, [1, 5, 6, 7, 8], 4, 6),
        ({"patience": 0}, [1, 1], 2, 1),
        ({"patience": 5}, [3, 2, 1], 3, 1),
    ],
)
def test_stops_where_worked_out_by_hand(settings, values, epochs, best, model, run):
    callback = EarlyStopping(**settings)
    history = run([callback], losses(*values), model)
    assert len(history.epoch) == epochs
    assert callback.best == best


def test_same_decisions_as_keras(model, run):
    tf_keras = pytest.importorskip("tf_keras")
    random = np.random.RandomState(0)
    for trial in range(40):
        values = random.rand(30).tolist()
        settings = {
            "patience": int(random.randint(0, 6)),
            "min_delta": float(random.choice([0, 0.1])),
            "mode": str(random.choice(["min", "max", "auto"])),
            "baseline": random.choice([None, 0.3]),
            "start_from_epoch": int(random.randint(0, 4)),
            "restore_best_weights": bool(random.randint(2)),
        }
        ours, theirs = EarlyStopping(**settings), tf_keras.callbacks.EarlyStopping(**settings)
        model.weight.assign([0.0])
        epochs = len(run([ours], losses(*values), model).epoch)
        weight = model.get_weights()

        model.weight.assign([0.0])
        theirs.set_model(model)
        theirs.on_train_begin()
        model.stop_training = False
        for epoch, value in enumerate(values):
            model.weight.assign_add([1.0])
            theirs.on_epoch_end(epoch, {"val_loss": value})
            if model.stop_training:
                break
        theirs.on_train_end()
        assert (epochs, ours.best_epoch, ours.stopped_epoch, ours.wait, ours.best) == (
            epoch + 1,
            theirs.best_epoch,
            theirs.stopped_epoch,
            theirs.wait,
            theirs.best,
        ), (trial, settings)
        assert weight == model.get_weights()


def test_best_weights_come_back_when_epochs_run_out(model, run, capsys):
    run([EarlyStopping(restore_best_weights=True, patience=9, verbose=1)], losses(3, 1, 2), model)
    assert model.get_weights() == [[2.0]]
    assert "best epoch: 2" in capsys.readouterr().out


def test_best_weights_come_back_after_an_interrupt(model, run):
    callback = EarlyStopping(restore_best_weights=True, patience=9)
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate([3.0, 1.0, 2.0]):
        model.weight.assign_add([1.0])
        callback.on_epoch_end(epoch, {"val_loss": value})
    callback.on_train_abort(KeyboardInterrupt())
    assert model.get_weights() == [[2.0]]


def test_nan_is_no_improvement(model, run):
    callback = EarlyStopping(restore_best_weights=True, patience=1)
    history = run([callback], losses(3.0, float("nan"), 1.0), model)
    assert len(history.epoch) == 2 and callback.best == 3.0
    assert model.get_weights() == [[1.0]]


def test_the_metric_knows_the_direction_in_mode_auto(model, run):
    model.metrics = [type("Odd", (), {"name": "odd", "higher_is_better": True})()]
    callback = EarlyStopping(monitor="val_odd")
    history = run([callback], losses(1, 2, 3, 2, name="val_odd"), model)
    assert len(history.epoch) == 4 and callback.best == 3


@pytest.mark.parametrize(
    ("monitor", "direction"),
    [
        ("val_loss", "min"),
        ("acc", "max"),
        ("val_accuracy", "max"),
        ("val_auc", "max"),
        ("top_acc_5", "max"),
        ("mae", "min"),
    ],
)
def test_the_name_decides_without_a_metric(monitor, direction):
    assert EarlyStopping(monitor=monitor).direction == direction


def test_missing_quantity_and_unknown_mode_warn(model, run):
    with pytest.warns(
        UserWarning, match=r"monitor='val_loss' is not among .*'loss'.*validation_data"
    ):
        run([EarlyStopping()], losses(1.0, name="loss"), model)
    with pytest.warns(UserWarning, match="expected mode to be"):
        EarlyStopping(mode="smallest")


def test_state_goes_to_another_object(model, run):
    first = EarlyStopping(restore_best_weights=True, patience=2)
    run([first], losses(3, 1, 2), model)
    second = EarlyStopping(restore_best_weights=True, patience=2)
    second.set_model(model)
    second.on_train_begin()
    second.set_state(first.get_state())
    model.stop_training = False
    second.on_epoch_end(3, {"val_loss": 2})
    assert model.stop_training
    second.on_train_end()
    assert model.get_weights() == [[2.0]]

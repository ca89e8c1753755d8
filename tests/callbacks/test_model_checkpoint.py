import os
import time

import numpy as np
import pytest
import tensorflow as tf

from tfk.callbacks import ModelCheckpoint


@pytest.fixture
def saver(model):
    """The scripted model with `save` and `save_weights` that write its weight into a text file."""

    def save(path, overwrite=True, **kwargs):
        model.saved.append((os.path.basename(path), kwargs))
        with open(path, "w") as file:
            file.write(str(model.get_weights()[0]))

    model.save = model.save_weights = save
    return model


def losses(*values):
    return [{"val_loss": value} for value in values]


def saved_names(model):
    return [name for name, _ in model.saved]


@pytest.mark.parametrize(
    ("settings", "values", "names"),
    [
        ({}, [3, 2], ["1.keras", "2.keras"]),
        (
            {"save_best_only": True},
            [3, 4, 2, 2, float("nan"), 1],
            ["1.keras", "3.keras", "6.keras"],
        ),
        ({"save_best_only": True, "mode": "max"}, [3, 4, 2], ["1.keras", "2.keras"]),
        (
            {"save_best_only": True, "initial_value_threshold": 2.5},
            [3, 2, 1],
            ["2.keras", "3.keras"],
        ),
        ({"period": 2}, [3, 2, 1, 0, 0], ["2.keras", "4.keras"]),
        ({"save_last": True}, [3, 2], ["1.keras", "last.keras", "2.keras", "last.keras"]),
        (
            {"save_last": True, "save_best_only": True},
            [3, 4],
            ["1.keras", "last.keras", "last.keras"],
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:ModelCheckpoint. period")
def test_which_epochs_are_saved(settings, values, names, saver, run, tmp_path):
    run([ModelCheckpoint(tmp_path / "{epoch}.keras", **settings)], losses(*values), saver)
    assert saved_names(saver) == names


def test_saves_when_keras_does(saver, run, tmp_path):
    tf_keras = pytest.importorskip("tf_keras")
    random = np.random.RandomState(0)
    for _ in range(10):
        values = random.rand(20).round(1).tolist()
        settings = {
            "save_best_only": bool(random.randint(2)),
            "monitor": str(random.choice(["val_loss", "val_acc"])),
            "initial_value_threshold": random.choice([None, 0.5]),
        }
        logs = [{settings["monitor"]: value} for value in values]
        saver.saved.clear()
        run([ModelCheckpoint(tmp_path / "{epoch}.keras", **settings)], logs, saver)
        ours = saved_names(saver)
        saver.saved.clear()
        theirs = tf_keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras"), **settings)
        saver.distribute_strategy = tf.distribute.get_strategy()
        theirs.set_model(saver)
        for epoch, values in enumerate(logs):
            theirs.on_epoch_end(epoch, values)
        assert ours == saved_names(saver)


def test_every_so_many_batches_across_epochs_and_stretches(saver, run, tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}-{batch}-{loss:.1f}.h5", save_freq=3)
    run([checkpoint], losses(1, 1, 1), saver, batches=[{"loss": 0.5}] * 4)
    assert saved_names(saver) == ["1-3-0.5.h5", "2-2-0.5.h5", "3-1-0.5.h5", "3-4-0.5.h5"]

    checkpoint = ModelCheckpoint(tmp_path / "{epoch}-{batch}.h5", save_freq=5)
    checkpoint.set_model(saver)
    checkpoint.on_epoch_begin(0)
    assert (
        checkpoint.batches_until_wake("train") == 5
        and checkpoint.batches_until_wake("test") is None
    )
    checkpoint.on_train_batch_begin(0)
    checkpoint.on_train_batch_end(2, {})  # a stretch of three batches that another callback ended
    assert checkpoint.batches_until_wake("train") == 2
    checkpoint.on_train_batch_begin(3)
    checkpoint.on_train_batch_end(4, {})
    assert saved_names(saver)[-1] == "1-5.h5" and checkpoint.batches_until_wake("train") == 5


def test_epoch_level_checkpoints_do_not_wake_the_loop(tmp_path):
    assert ModelCheckpoint(tmp_path / "x.h5").batches_until_wake("train") is None


def test_the_best_k_stay_and_the_others_go(saver, run, tmp_path):
    checkpoint = ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5", save_weights_only=True, save_top_k=2, save_last=True
    )
    run([checkpoint], losses(5, 3, 4, 9, 1), saver)
    assert sorted(os.listdir(tmp_path)) == ["2.weights.h5", "5.weights.h5", "last.weights.h5"]
    assert [value for value, _ in checkpoint.top] == [1, 3] and checkpoint.best == 1
    assert saved_names(saver).count("4.weights.h5") == 0  # not among the best two: never written


def test_top_one_with_a_fixed_name_is_kept(saver, run, tmp_path):
    run([ModelCheckpoint(tmp_path / "best.h5", save_top_k=1)], losses(2, 3, 1), saver)
    assert os.listdir(tmp_path) == ["best.h5"]


def test_folders_and_tensorflow_checkpoints_are_deleted_whole(saver, run, tmp_path):
    def save(path, overwrite=True):
        for ending in (".index", ".data-00000-of-00001"):
            open(path + ending, "w").close()

    saver.save_weights = save
    run(
        [ModelCheckpoint(tmp_path / "w-{epoch}", save_weights_only=True, save_top_k=1)],
        losses(2, 1),
        saver,
    )
    assert sorted(os.listdir(tmp_path)) == ["w-2.data-00000-of-00001", "w-2.index"]


def test_missing_quantity_warns_and_keeps_training(saver, run, tmp_path):
    with pytest.warns(UserWarning, match="monitor='val_loss' is not among"):
        run([ModelCheckpoint(tmp_path / "x.h5", save_best_only=True)], [{"loss": 1.0}] * 2, saver)
    assert saver.saved == []


def test_the_metric_turns_the_direction(saver, run, tmp_path):
    saver.metrics = [type("Odd", (), {"name": "odd", "higher_is_better": True})()]
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}.h5", monitor="val_odd", save_best_only=True)
    run([checkpoint], [{"val_odd": value} for value in (1, 2, 1)], saver)
    assert saved_names(saver) == ["1.h5", "2.h5"] and checkpoint.best == 2


def test_messages(saver, run, tmp_path, capsys):
    run([ModelCheckpoint(tmp_path / "x.h5", save_best_only=True, verbose=1)], losses(1, 2), saver)
    out = capsys.readouterr().out
    assert "Epoch 1: val_loss improved from inf to 1.00000, saving model to" in out
    assert "Epoch 2: val_loss did not improve from 1.00000" in out


def test_options_go_to_formats_that_take_them(saver, run, tmp_path):
    options = tf.train.CheckpointOptions()
    run(
        [ModelCheckpoint(tmp_path / "w", save_weights_only=True, options=options)], losses(1), saver
    )
    run(
        [ModelCheckpoint(tmp_path / "w.h5", save_weights_only=True, options=options)],
        losses(1),
        saver,
    )
    assert saver.saved == [("w", {"options": options}), ("w.h5", {})]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"save_freq": "batch"}, ValueError, "save_freq"),
        ({"save_freq": 0}, ValueError, "save_freq"),
        ({"options": 3}, TypeError, "SaveOptions"),
        (
            {"options": tf.saved_model.SaveOptions(), "filepath": "x.keras"},
            ValueError,
            "takes? no options|take no",
        ),
        ({"save_top_k": 2}, ValueError, "placeholder"),
        ({"every": 2}, TypeError, r"unknown arguments \['every'\]"),
    ],
)
def test_arguments_are_checked(settings, error, message):
    with pytest.raises(error, match=message):
        ModelCheckpoint(**{"filepath": "x", **settings})


def test_placeholder_without_value(saver, run, tmp_path):
    with pytest.raises(KeyError, match="needs 'acc', there are only"):
        run([ModelCheckpoint(tmp_path / "{acc}.h5")], losses(1), saver)


def test_state_goes_to_another_object(saver, run, tmp_path):
    first = ModelCheckpoint(tmp_path / "{epoch}.h5", save_best_only=True, save_top_k=2)
    run([first], losses(3, 2), saver)
    second = ModelCheckpoint(tmp_path / "{epoch}.h5", save_best_only=True, save_top_k=2)
    second.set_model(saver)
    second.on_train_begin()
    second.set_state(first.get_state())
    second.on_epoch_end(2, {"val_loss": 2.5})
    second.on_epoch_end(3, {"val_loss": 1.0})
    assert sorted(os.listdir(tmp_path)) == ["2.h5", "4.h5"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_newest_file_is_loaded_on_restart(saver, run, tmp_path):
    loaded = []
    saver.load_weights = loaded.append
    for name in ("w-3.h5", "w-12.h5", "other.h5"):
        (tmp_path / name).write_text("")
    now = time.time()
    os.utime(tmp_path / "w-3.h5", (now + 5, now + 5))
    run(
        [ModelCheckpoint(tmp_path / "w-{epoch}.h5", load_weights_on_restart=True)], losses(1), saver
    )
    assert loaded == [str(tmp_path / "w-3.h5")]


def test_validation_values_in_names_need_whole_epochs(tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "{val_loss}.keras", save_freq=2)
    with pytest.raises(KeyError, match="save_freq='epoch'"):
        checkpoint._get_file_path(0, 1, {"loss": 1.0})

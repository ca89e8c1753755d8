"""Every option of the callbacks against tf_keras: the same logs lead to the same epochs, rates,
weights and files.
"""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

LOSSES = [1.0, 0.8, 0.9, 0.79, 0.9, 0.9, 0.3, 0.35, 0.36, 0.34]
EPOCHS = [
    {"loss": loss, "acc": 1 - loss, "val_loss": loss + 0.1, "val_acc": round(1 - loss, 1)}
    for loss in LOSSES
]
BATCHES = [{"loss": 0.5}, {"loss": 0.25}, {"loss": 0.75}, {"loss": 0.125}]
HOOKS = [
    "on_epoch_begin",
    "on_epoch_end",
    "on_batch_begin",
    "on_batch_end",
    "on_train_begin",
    "on_train_end",
]
MORE_HOOKS = [
    f"on_{mode}_batch_{moment}" for mode in ("train", "test") for moment in ("begin", "end")
]


class Optimizer:
    """An optimizer with nothing but its learning rate, under both names."""

    def __init__(self):
        self.lr = tf.Variable(0.1)

    @property
    def learning_rate(self):
        return self.lr

    @learning_rate.setter
    def learning_rate(self, value):
        self.lr.assign(value)


def save(model):
    """A `save` and `save_weights` that put the weights into a text file."""

    def save(path, overwrite=True, **options):
        with open(path, "w") as file:
            file.write(f"{model.get_weights()[0]}")

    return save


def notes(folder, hooks):
    """A function for each hook that notes its call and the keys of the logs in a file."""

    def noting(hook):
        def note(*position, logs=None):
            *position, logs = (*position, logs) if logs is not None else position
            with open(f"{folder}/calls", "a") as file:
                print(hook, *position, sorted(logs), file=file)

        return note

    return {hook: noting(hook) for hook in hooks}


def writer(callbacks):
    """A callback that writes into the logs, for those after it."""

    class Writer(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            logs["loss"] += 1

        def on_epoch_end(self, epoch, logs=None):
            logs.update(extra=epoch, val_loss=-logs["val_loss"], array=np.arange(2.0), text="a,b")

    return Writer()


def checkpoint(callbacks, folder, name="{epoch:02d}-{val_loss:.2f}.h5", **settings):
    return callbacks.ModelCheckpoint(f"{folder}/{name}", **settings)


TABLE = {
    "stopping, a name that rises": lambda c, f: [c.EarlyStopping("val_acc", patience=1)],
    "stopping, min_delta": lambda c, f: [
        c.EarlyStopping("val_loss", min_delta=0.3, patience=2, mode="min")
    ],
    "stopping, mode max": lambda c, f: [
        c.EarlyStopping("val_loss", min_delta=-0.1, patience=3, mode="max")
    ],
    "stopping, baseline": lambda c, f: [c.EarlyStopping("val_loss", baseline=0.5, patience=4)],
    "stopping, best weights": lambda c, f: [
        c.EarlyStopping(
            "val_loss", patience=1, restore_best_weights=True, start_from_epoch=3, verbose=1
        )
    ],
    "stopping, an unknown name": lambda c, f: [c.EarlyStopping("auc")],
    "stopping, an unknown mode": lambda c, f: [c.EarlyStopping("acc", mode="odd")],
    "plateau, cooldown": lambda c, f: [
        c.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, cooldown=2, min_lr=0.04)
    ],
    "plateau, mode max": lambda c, f: [
        c.ReduceLROnPlateau("val_acc", mode="max", patience=2, min_delta=0.15)
    ],
    "plateau, an unknown name": lambda c, f: [c.ReduceLROnPlateau("auc", patience=1)],
    "schedule of epochs": lambda c, f: [c.LearningRateScheduler(lambda epoch: 1 / (epoch + 1))],
    "schedule of epochs and rates": lambda c, f: [
        c.LearningRateScheduler(lambda epoch, lr: lr * 0.9, verbose=1)
    ],
    "schedule and plateau": lambda c, f: [
        c.LearningRateScheduler(lambda epoch, lr: lr * 0.9),
        c.ReduceLROnPlateau("loss", patience=1, verbose=1),
    ],
    "checkpoint, every epoch": lambda c, f: [checkpoint(c, f, verbose=1)],
    "checkpoint, mode": lambda c, f: [
        checkpoint(
            c, f, monitor="val_loss", mode="max", save_best_only=True, save_weights_only=True
        )
    ],
    "checkpoint, a name that rises": lambda c, f: [
        checkpoint(c, f, monitor="val_acc", save_best_only=True, initial_value_threshold=0.15)
    ],
    "checkpoint, options": lambda c, f: [
        checkpoint(
            c, f, name="{epoch}", save_weights_only=True, options=tf.train.CheckpointOptions()
        )
    ],
    "checkpoint, every third batch": lambda c, f: [
        checkpoint(c, f, "{epoch}-{batch}-{loss}.h5", save_freq=3)
    ],
    "checkpoint, better batches": lambda c, f: [
        checkpoint(c, f, "{epoch}-{batch}.h5", monitor="loss", save_freq=3, save_best_only=True)
    ],
    "checkpoint, an unknown name": lambda c, f: [
        checkpoint(c, f, monitor="auc", save_best_only=True)
    ],
    "csv": lambda c, f: [c.CSVLogger(f"{f}/log.csv")],
    "csv, separator": lambda c, f: [
        writer(c),
        c.CSVLogger(f"{f}/log.csv", separator=";", append=True),
    ],
    "lambda": lambda c, f: [c.LambdaCallback(**notes(f, HOOKS))],
    "lambda, other hooks": lambda c, f: [c.LambdaCallback(**notes(f, [*HOOKS, *MORE_HOOKS]))],
    "logs that are written into": lambda c, f: [
        writer(c),
        c.LambdaCallback(**notes(f, HOOKS)),
        checkpoint(c, f, "{extra}-{val_loss:.1f}.h5", save_best_only=True, mode="min"),
        c.EarlyStopping(patience=3),
    ],
    "history": lambda c, f: [c.History()],
    "one after the other": lambda c, f: [
        c.LambdaCallback(**notes(f, HOOKS)),
        c.CSVLogger(f"{f}/log.csv"),
    ],
}


# Callbacks that logs alone do not move, or that Keras 2 does not have, and who tests them instead.
TESTED_ELSEWHERE = {
    "BackupAndRestore": "test_backup_and_restore",
    "BaseLogger": "test_base_logger",
    "Callback": "test_callback_list",
    "CallbackList": "test_callback_list",
    "HParams": "test_tensorboard",
    "JSONLogger": "test_epoch_logs",
    "LearningRateFinder": "test_measuring",
    "MaxTime": "test_stopping",
    "NormLogger": "test_measuring",
    "ProfilerSummary": "test_measuring",
    "ProgbarLogger": "test_callback_list",
    "RemoteMonitor": "test_epoch_logs",
    "SidecarEvaluatorModelExport": "test_sidecar_evaluator_model_export",
    "TensorBoard": "test_tensorboard",
    "TerminateOnNaN": "test_bad_values",
}


@pytest.mark.filterwarnings("ignore:.*expected mode")
def test_every_callback_has_a_case(tmp_path):
    made = [callback for make in TABLE.values() for callback in make(tfk.callbacks, tmp_path)]
    in_table = {type(callback).__name__ for callback in made} - {"Writer"}
    public = {name for name in tfk.callbacks.__all__ if name != "experimental"}
    assert public == in_table | set(TESTED_ELSEWHERE)
    for name, file in TESTED_ELSEWHERE.items():
        assert name in (pathlib.Path(__file__).parent / f"{file}.py").read_text("utf8"), name


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.filterwarnings("ignore:.*(is not among the logs|expected mode)")
def test_same_decisions_and_files(name, tmp_path, model, run):
    outcomes = []
    for package in (tfk, tf_keras):
        folder = tmp_path / package.__name__
        folder.mkdir()
        net = type(model)()
        net.optimizer, net.distribute_strategy = Optimizer(), tf.distribute.get_strategy()
        net.save = net.save_weights = save(net)
        callbacks = TABLE[name](package.callbacks, folder)
        for _ in range(2):  # the objects are used again
            history = run(callbacks, EPOCHS, net, BATCHES, kind=package.callbacks.CallbackList)
        files = {path.name: path.read_text() for path in folder.iterdir()}
        outcomes.append([history.epoch, plain(history.history), net.get_weights(), files])
    assert outcomes[0] == outcomes[1]


def plain(history):
    return {name: np.asarray(values).tolist() for name, values in history.items()}

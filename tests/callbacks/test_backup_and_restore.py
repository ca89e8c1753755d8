"""Training that is killed and run again ends with the same bits."""

import functools
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.callbacks import (
    BackupAndRestore,
    Callback,
    EarlyStopping,
    History,
    LearningRateScheduler,
    ModelCheckpoint,
    NormLogger,
    ReduceLROnPlateau,
)
from tfk.callbacks.state_file import read_state

ROWS = np.random.RandomState(0)
X = ROWS.normal(size=(44, 5)).astype("float32")
Y = (X[:, :1] * X[:, 1:2]).astype("float32")
EPOCHS, BATCH, STEPS = 3, 4, 11


class Killed(BaseException):
    pass


class Killer(Callback):
    """Ends the "process" after a batch of an epoch (batch None: after the epoch)."""

    def __init__(self, epoch, batch=None):
        super().__init__()
        self.epoch, self.batch, self.now = epoch, batch, None

    def get_state(self):
        return {}  # nothing that a resumed run needs

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            raise Killed

    def on_epoch_end(self, epoch, logs=None):
        if (epoch, None) == (self.epoch, self.batch):
            raise Killed


def network():
    return tfk.Sequential(
        [
            tfk.layers.Dense(6, activation="relu", input_shape=(5,)),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dropout(0.4),
            tfk.layers.Dense(1),
        ]
    )


def program(
    folder,
    data=None,
    build=network,
    optimizer="adam",
    callbacks=(),
    save_freq=3,
    killer=None,
    **fit,
):
    """One run of a program: everything is made anew, as in a new process."""
    tfk.utils.set_random_seed(3)
    tfk.backend.clear_session()
    tfk.mixed_precision.set_global_policy(fit.pop("policy", "float32"))
    model = build()
    model.compile(optimizer() if callable(optimizer) else optimizer, "mse", metrics=["mae"])
    given = [make() for make in callbacks]
    backup = BackupAndRestore(folder, save_freq=save_freq)
    arguments = {"x": X, "y": Y, "batch_size": BATCH} if data is None else data()
    settings = {"epochs": EPOCHS, "verbose": 0, **arguments, **fit}
    model.fit(**settings, callbacks=[*given, backup, *([killer] if killer else [])])
    return model, given


@functools.cache
def never_killed(**settings):
    """The model of the default program, trained without a break."""
    with tempfile.TemporaryDirectory() as folder:
        return program(folder, **settings)[0]


def equal_after_kills(tmp_path, kills, expected=None, **settings):
    """Asserts that a run killed at each of `kills` and run again ends as one that was never
    killed.
    """
    expected = expected or program(tmp_path / "whole", **settings)[0]
    for kill in kills:
        with pytest.raises(Killed):
            program(tmp_path / "killed", killer=Killer(*kill), **settings)
    model, callbacks = program(tmp_path / "killed", **settings)
    assert all(map(np.array_equal, model.get_weights(), expected.get_weights()))
    optimizers = (model.optimizer.variables, expected.optimizer.variables)
    assert all(np.array_equal(mine.numpy(), other.numpy()) for mine, other in zip(*optimizers))
    assert model.history.epoch == expected.history.epoch
    assert dict(model.history.history) == dict(expected.history.history)
    return model, callbacks


@pytest.mark.parametrize(
    ("save_freq", "kills"),
    [
        (3, [(0, 1), (0, 9), (2, None)]),
        ("epoch", [(0, 9), (1, None)]),
        (1, [(0, 0), (1, STEPS - 1)]),
        (STEPS, [(1, 5)]),
        (7, [(2, 5)]),
    ],
)
def test_resumes_after_kills_anywhere(tmp_path, save_freq, kills):
    equal_after_kills(tmp_path, kills, expected=never_killed(), save_freq=save_freq)


def test_many_kills_and_callbacks_with_state(tmp_path):
    callbacks = [
        lambda: ReduceLROnPlateau(monitor="loss", patience=1, factor=0.5, min_delta=0.3),
        lambda: EarlyStopping(monitor="mae", mode="max", patience=3, restore_best_weights=True),
        lambda: NormLogger(by_layer=True),
    ]
    model, (plateau, stopping, _) = equal_after_kills(
        tmp_path,
        [(0, 5), (1, 2), (4, 10)],
        callbacks=callbacks,
        epochs=7,
        validation_data=(X[:9], Y[:9]),
    )
    assert len(model.history.epoch) < 7 or stopping.stopped_epoch == 0
    assert min(model.history.history["lr"]) < 0.001


def test_the_rate_of_a_scheduler_is_not_set_twice(tmp_path):
    callbacks = [lambda: LearningRateScheduler(lambda epoch, rate: rate * 0.5)]
    model, _ = equal_after_kills(tmp_path, [(1, 5)], callbacks=callbacks)
    np.testing.assert_allclose(model.history.history["lr"], [5e-4, 2.5e-4, 1.25e-4], rtol=1e-6)


@pytest.mark.parametrize("name", ["Nadam", "RMSprop", "Adafactor"])
def test_other_optimizers(name, tmp_path):
    equal_after_kills(
        tmp_path, [(1, 6)], optimizer=lambda: getattr(tfk.optimizers, name)(0.01), epochs=2
    )


def test_averaging_accumulation_momentum_and_schedules(tmp_path):
    def optimizer():
        schedule = tfk.optimizers.schedules.ExponentialDecay(0.05, 5, 0.9)
        return tfk.optimizers.SGD(
            schedule,
            momentum=0.9,
            use_ema=True,
            ema_overwrite_frequency=4,
            gradient_accumulation_steps=2,
        )

    equal_after_kills(tmp_path, [(1, 6)], optimizer=optimizer)


def test_loss_scaling(tmp_path):
    equal_after_kills(tmp_path, [(1, 6)], policy="mixed_float16", epochs=2)


def dataset():
    pairs = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(44).batch(BATCH).prefetch(2)
    return {"x": pairs}


def endless_dataset():
    pairs = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(44).repeat().batch(BATCH)
    return {"x": pairs, "steps_per_epoch": 7}


class Shuffled(tfk.utils.Sequence):
    def __init__(self):
        self.order = np.arange(44)

    def __len__(self):
        return STEPS

    def __getitem__(self, index):
        chosen = self.order[index * BATCH : (index + 1) * BATCH]
        return X[chosen], Y[chosen]

    def on_epoch_end(self):
        np.random.shuffle(self.order)


@pytest.mark.parametrize(
    "data", [dataset, endless_dataset, lambda: {"x": Shuffled(), "shuffle": True}]
)
def test_other_data(data, tmp_path):
    def with_validation():
        return {
            **data(),
            "validation_data": tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(44).batch(5),
        }

    equal_after_kills(tmp_path, [(1, 4), (2, 1)], data=with_validation)


def test_a_generator_is_told_not_to_be_exact(tmp_path):
    def batches():
        while True:
            yield X[:4], Y[:4]

    def data():
        return {"x": batches(), "steps_per_epoch": 5}

    with pytest.raises(Killed):
        program(tmp_path, data, killer=Killer(1, 3))
    with pytest.warns(UserWarning, match="the data come from a generator"):
        model, _ = program(tmp_path, data)
    assert model.history.epoch == [0, 1, 2] and int(model.optimizer.iterations) == 15


class TwoOptimizers(tfk.Model):
    """Trains two parts by turns with optimizers of its own, whose variables the first trace
    makes.
    """

    def __init__(self):
        super().__init__()
        self.first, self.second = tfk.layers.Dense(4, activation="tanh"), tfk.layers.Dense(1)
        self.noise = tf.random.Generator.from_seed(5)
        self.optimizers = {
            "first": tfk.optimizers.Adam(0.01),
            "second": tfk.optimizers.SGD(0.01, momentum=0.9),
        }
        self.build((None, 5))

    def call(self, x):
        return self.second(self.first(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean((self(x + self.noise.normal(tf.shape(x)) / 10) - y) ** 2)
        for part, layer in (("first", self.first), ("second", self.second)):
            self.optimizers[part].minimize(loss, layer.trainable_variables, tape=tape)
        return {"loss": loss}


def test_models_with_a_train_step_of_their_own(tmp_path):
    equal_after_kills(
        tmp_path, [(0, 5), (1, 6)], build=TwoOptimizers, epochs=2, validation_data=(X[:9], Y[:9])
    )


def test_a_recurrent_network_with_dropout(tmp_path):
    def build():
        return tfk.Sequential(
            [
                tfk.layers.Reshape((5, 1), input_shape=(5,)),
                tfk.layers.GRU(3, dropout=0.2, recurrent_dropout=0.2),
                tfk.layers.GaussianNoise(0.1),
                tfk.layers.Dense(1),
            ]
        )

    equal_after_kills(tmp_path, [(1, 6)], build=build, epochs=2)


def test_killed_after_the_decision_to_stop(tmp_path):
    callbacks = [
        lambda: EarlyStopping(monitor="loss", patience=0, min_delta=100, restore_best_weights=True)
    ]
    expected, _ = program(tmp_path / "whole", callbacks=callbacks, save_freq="epoch", epochs=9)

    class KillAtTheEnd(Callback):
        runs_last = True

        def on_train_end(self, logs=None):
            raise Killed

    killer = [*callbacks, KillAtTheEnd]
    with pytest.raises(Killed):
        program(tmp_path / "killed", callbacks=killer, save_freq="epoch", epochs=9)
    model, _ = program(tmp_path / "killed", callbacks=callbacks, save_freq="epoch", epochs=9)
    assert model.history.epoch == expected.history.epoch == [0, 1]
    assert all(map(np.array_equal, model.get_weights(), expected.get_weights()))


def test_files_of_a_finished_training_are_removed_and_two_are_kept_before(tmp_path):
    seen = []

    class Look(Callback):
        runs_last = True

        def on_epoch_end(self, epoch, logs=None):
            seen.append(sorted(os.listdir(tmp_path)))

    program(tmp_path, callbacks=[Look], save_freq="epoch")
    assert [len(names) for names in seen] == [0, 1, 2] or [len(names) for names in seen] == [
        1,
        2,
        2,
    ]
    assert os.listdir(tmp_path) == []


def test_a_torn_backup_falls_back_to_the_one_before(tmp_path):
    with pytest.raises(Killed):
        program(tmp_path / "killed", killer=Killer(1, 8))
    newest = max((tmp_path / "killed").iterdir(), key=lambda path: int(path.stem.split("-")[-1]))
    newest.write_bytes(newest.read_bytes()[:500])
    unfinished = (
        tmp_path / "killed" / ".training-state-9.zip.1.tmp"
    )  # of a process killed while it wrote
    unfinished.write_bytes(b"PK")
    with pytest.warns(
        UserWarning, match="damaged or not a saved state.*Trying the backup before it"
    ):
        model, _ = program(tmp_path / "killed")
    assert all(map(np.array_equal, model.get_weights(), never_killed().get_weights()))
    assert not unfinished.exists()


def test_a_full_disk_stops_training_and_keeps_the_last_backup(tmp_path, monkeypatch):
    calls = []
    real = os.fsync

    def fsync(descriptor):
        calls.append(descriptor)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        program(tmp_path)
    names = sorted(os.listdir(tmp_path))
    assert names == ["training-state-1.zip", "training-state-2.zip"]
    assert read_state(tmp_path / names[-1])["position"] == {
        "epoch": 0,
        "step": 9,
        "shuffle_seed": read_state(tmp_path / names[0])["position"]["shuffle_seed"],
    }


def test_state_of_another_model_is_refused_and_changes_nothing(tmp_path):
    with pytest.raises(Killed):
        program(tmp_path, killer=Killer(1, 8))

    def other():
        return tfk.Sequential([tfk.layers.Dense(2, input_shape=(5,)), tfk.layers.Dense(1)])

    with pytest.raises(ValueError, match=r"another model or optimizer.*first differ in"):
        program(tmp_path, build=other)


def test_callbacks_without_state_are_named(tmp_path):
    class Counts(Callback):
        pass

    with pytest.raises(Killed):
        program(tmp_path, callbacks=[Counts], killer=Killer(1, 8))
    with pytest.warns(UserWarning, match="Counts restart"):
        program(tmp_path, callbacks=[Counts])


def test_state_of_user_callbacks_comes_back(tmp_path):
    class Counts(Callback):
        def __init__(self):
            super().__init__()
            self.batches = np.zeros(2, "int32")

        def on_train_batch_end(self, batch, logs=None):
            self.batches[0] += 1

        def get_state(self):
            return {"batches": self.batches}

        def set_state(self, state):
            self.batches = state["batches"]

    _, (counts,) = equal_after_kills(
        tmp_path, [(1, 8)], expected=never_killed(), callbacks=[Counts]
    )
    assert counts.batches[0] == EPOCHS * STEPS


def test_the_same_objects_go_on_after_an_interrupt(tmp_path):
    """As in a notebook: the cell with `fit` is interrupted and run again."""
    validation = tf.data.Dataset.from_tensor_slices((X[:9], Y[:9])).batch(4)
    expected = never_killed(validation_data=validation)
    tfk.utils.set_random_seed(3)
    tfk.backend.clear_session()
    model = network()
    model.compile("adam", "mse", metrics=["mae"])
    fit = {
        "x": X,
        "y": Y,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "verbose": 0,
        "validation_data": validation,
    }
    backup = BackupAndRestore(tmp_path / "killed", save_freq=3)
    with pytest.raises(Killed):
        model.fit(**fit, callbacks=[backup, Killer(1, 7)])
    model.fit(**fit, callbacks=[backup])
    assert all(map(np.array_equal, model.get_weights(), expected.get_weights()))
    assert model.history.history == expected.history.history


@pytest.mark.parametrize("name", ["30s", "1.5m", "2h"])
def test_times(name):
    backup = BackupAndRestore("x", save_freq=name)
    assert backup.seconds == {"30s": 30, "1.5m": 90, "2h": 7200}[name]
    assert backup.batches_until_wake("train") is None


def test_saves_by_time(tmp_path):
    backup = BackupAndRestore(tmp_path, save_freq="0.01s", delete_checkpoint=False)
    model = network()
    model.compile("sgd", "mse")
    model.fit(X, Y, batch_size=1, epochs=30, verbose=0, callbacks=[backup])
    assert len(os.listdir(tmp_path)) == 2
    assert (
        0 < backup.seconds_between_wakes("train") <= 0.01
        and backup.seconds_between_wakes("test") is None
    )


@pytest.mark.parametrize("bad", ["often", "10", 0, None, -3])
def test_save_freq_is_checked(bad):
    with pytest.raises(ValueError, match="save_freq"):
        BackupAndRestore("x", save_freq=bad)


def test_wakes_and_counts_over_stretches(tmp_path, model):
    backup = BackupAndRestore(tmp_path, save_freq=10)
    assert backup.batches_until_wake("train") == 10 and backup.batches_until_wake("test") is None
    assert BackupAndRestore(tmp_path).batches_until_wake("train") is None
    assert BackupAndRestore(tmp_path).seconds_between_wakes("train") is None
    backup._first_batch, backup._batches_since_save = 3, 0
    backup.set_model(model)
    backup.set_params({"steps": 100})
    backup.on_train_batch_end(6)
    assert backup.batches_until_wake("train") == 6


def test_it_runs_after_all_others():
    backup = BackupAndRestore("x")
    callbacks = tfk.callbacks.CallbackList([backup, Callback()], add_history=True)
    assert list(callbacks)[-1] is backup and any(
        isinstance(callback, History) for callback in backup._siblings
    )


PROGRAM = pathlib.Path(__file__).with_name("resumed_training.py")


def test_killed_by_the_system_at_random_moments(tmp_path):
    """SIGKILL inside the compiled loop, while files are written, anywhere; `resumed_training.py
    --kills 20` does more.
    """
    command = [sys.executable, str(PROGRAM), str(tmp_path), "arrays", "--kills", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "all equal bit for bit" in done.stdout


def test_preemption_saves_and_leaves(tmp_path):
    expected = never_killed()

    class Preempt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 5:
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    tfk.utils.set_random_seed(3)
    tfk.backend.clear_session()
    model = network()
    model.compile("adam", "mse", metrics=["mae"])
    backup = BackupAndRestore(tmp_path / "killed", save_freq=False, save_before_preemption=True)
    fit = {
        "x": X,
        "y": Y,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "verbose": 0,
        "validation_data": (X[:9], Y[:9]),
    }
    with pytest.raises(SystemExit) as left:
        model.fit(**fit, callbacks=[Preempt(), backup])
    assert left.value.code == 143 and signal.getsignal(signal.SIGTERM) is before
    (name,) = os.listdir(tmp_path / "killed")
    assert read_state(tmp_path / "killed" / name)["position"]["step"] == 6
    model, _ = program(tmp_path / "killed", save_freq=100)
    assert all(map(np.array_equal, model.get_weights(), expected.get_weights()))


def test_checkpoints_of_best_models_go_on_as_well(tmp_path):
    folder = {"name": "whole"}

    def checkpoint():
        return ModelCheckpoint(
            tmp_path / folder["name"] / "{epoch}.weights.h5",
            "loss",
            save_weights_only=True,
            save_top_k=2,
        )

    program(tmp_path / "a", callbacks=[checkpoint], epochs=5)
    folder["name"] = "killed"
    with pytest.raises(Killed):
        program(tmp_path / "b", callbacks=[checkpoint], epochs=5, killer=Killer(3, 8))
    program(tmp_path / "b", callbacks=[checkpoint], epochs=5)
    names = sorted(os.listdir(tmp_path / "whole"))
    assert names == sorted(os.listdir(tmp_path / "killed")) and len(names) == 2
    for name in names:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes()


def test_random_generators_of_python_and_numpy_come_back(tmp_path):
    drawn = []

    class Draw(Callback):
        def on_epoch_end(self, epoch, logs=None):
            drawn.append((epoch, random.random(), np.random.rand()))

        def get_state(self):
            return {}

    program(tmp_path / "whole", callbacks=[Draw], epochs=4)
    expected = list(drawn)
    drawn.clear()
    with pytest.raises(Killed):
        program(tmp_path / "killed", callbacks=[Draw], epochs=4, killer=Killer(2, 5))
    del drawn[2:]
    program(tmp_path / "killed", callbacks=[Draw], epochs=4)
    assert drawn == expected

"""Callbacks of one's own: watch training, and step in.

A callback is an object whose methods `fit`, `evaluate` and `predict` call: when they begin and end,
at each epoch and at each batch. Four are shown here: one writes down in which order its methods are
called; one follows the learning rate batch by batch; one changes it by a plan; and one stops
training when the goal is reached, and puts the best weights back. They read figures from `logs` and
reach the model as `self.model`.

Training stops by itself before the 40 epochs are over, with more than 96 % of the validation digits
read rightly, after a few seconds.

    python examples/custom_callback.py [--epochs 40] [--goal 0.975]
"""

import argparse

import numpy as np
from support.digits import load_images
from support.outcome import conclude

import tfk
from tfk import layers


class Diary(tfk.callbacks.Callback):
    """Writes down each call, like calls in a row only once."""

    HOOKS = tuple(
        f"on_{part}_{when}"
        for part in (
            "train",
            "test",
            "predict",
            "epoch",
            "train_batch",
            "test_batch",
            "predict_batch",
        )
        for when in ("begin", "end")
    )

    def __init__(self):
        super().__init__()
        self.calls = []
        for hook in self.HOOKS:
            setattr(self, hook, self.noting(hook))

    def noting(self, hook):
        def note(*arguments, **keywords):
            if hook not in self.calls[-2:]:  # begin, end, begin, end, ...
                self.calls.append(hook)

        return note


class Warmup(tfk.callbacks.Callback):
    """Raises the learning rate from almost nothing to `peak`, then lowers it, as half a wave, to
    nothing.

    Args:
        peak: The highest learning rate.
        warm: Epochs to get there.
        epochs: Epochs of the whole plan.
    """

    def __init__(self, peak, warm, epochs):
        super().__init__()
        self.peak, self.warm, self.epochs = peak, warm, epochs

    def on_epoch_begin(self, epoch, logs=None):
        if epoch < self.warm:
            share = (epoch + 1) / self.warm
        else:
            share = 0.5 * (1 + np.cos(np.pi * (epoch - self.warm) / (self.epochs - self.warm)))
        self.model.optimizer.learning_rate.assign(self.peak * share)


class RateLog(tfk.callbacks.Callback):
    """Keeps the learning rate of each batch, and reports it among the figures of the epoch."""

    def on_train_begin(self, logs=None):
        self.rates = []

    def on_train_batch_end(self, batch, logs=None):
        self.rates.append(float(self.model.optimizer.learning_rate))

    def on_epoch_end(self, epoch, logs=None):
        logs["learning_rate"] = self.rates[-1]


class StopAtGoal(tfk.callbacks.Callback):
    """Stops when `monitor` reaches `goal`; at the end the model has the weights of its best
    epoch.
    """

    def __init__(self, goal, monitor="val_accuracy"):
        super().__init__()
        self.goal, self.monitor = goal, monitor

    def on_train_begin(self, logs=None):
        self.best, self.best_epoch, self.best_weights = -np.inf, None, None

    def on_epoch_end(self, epoch, logs=None):
        if logs[self.monitor] > self.best:
            self.best, self.best_epoch = logs[self.monitor], epoch
            self.best_weights = self.model.get_weights()
        if self.best >= self.goal:
            print(f"{self.monitor} {self.best:.4f} in epoch {epoch + 1}: that is enough")
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.best_weights)


def build_model():
    model = tfk.Sequential(
        [
            tfk.Input((8, 8, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--goal", type=float, default=0.975)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    images, labels = load_images()
    train, validation = (images[:1400], labels[:1400]), (images[1400:], labels[1400:])

    diary, rates, goal = Diary(), RateLog(), StopAtGoal(arguments.goal)
    model = build_model()
    history = model.fit(
        *train,
        batch_size=32,
        epochs=arguments.epochs,
        validation_data=validation,
        callbacks=[Warmup(3e-3, warm=3, epochs=arguments.epochs), rates, goal, diary],
        verbose=0,
    )
    first_epoch = diary.calls[: diary.calls.index("on_epoch_end") + 1]
    print("called in this order in the first epoch:", ", ".join(first_epoch))
    print(
        "learning rate by epoch:",
        ", ".join(f"{rate:.5f}" for rate in history.history["learning_rate"]),
    )
    epochs = len(history.epoch)
    print(f"{epochs} epochs, {len(rates.rates)} batches; the best was epoch {goal.best_epoch + 1}")
    accuracy = model.evaluate(*validation, verbose=0, return_dict=True)["accuracy"]
    conclude("epochs until the goal", epochs, at_most=arguments.epochs - 1)
    conclude("validation accuracy of the best epoch", accuracy, at_least=0.96)


if __name__ == "__main__":
    main()

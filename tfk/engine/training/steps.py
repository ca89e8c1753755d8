"""What one batch does in training, evaluation and prediction: the default of each, and how
overrides are found.

The compiled loop asks for the results of the metrics once per graph call instead of once per batch,
so a default step comes in two halves here: `update` works on a batch, `results` reads the metrics.
"""

import tensorflow as tf

from tfk.engine.data.replicas import is_divided, joined, own, part_of
from tfk.utils.autograph import converted, is_library
from tfk.utils.nest import map_tensors
from tfk.utils.packing import unpack_x_y_sample_weight

MODES = ("train", "test", "predict")


def gradient_step(model, x, y, sample_weight):
    """Trains on a batch; returns the outputs (from before the update) and the loss."""
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = model.compute_loss(x, y, y_pred, sample_weight)
    check_target_and_loss(model, y, loss)
    model.optimizer.minimize(loss, model.trainable_variables, tape=tape)
    return y_pred, loss


def forward_step(model, x, y, sample_weight):
    """Evaluates a batch; returns the outputs and the loss, None when there is none."""
    y_pred = model(x, training=False)
    return y_pred, model.compute_loss(x, y, y_pred, sample_weight)


def train_update(model, data):
    """One step of training on a batch and its metrics; returns the loss."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    y_pred, loss = gradient_step(model, x, y, sample_weight)
    model.compiled_metrics.update_state(y, y_pred, sample_weight)
    return loss


def test_update(model, data):
    """Loss and metrics of a batch; returns the loss."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    y_pred, loss = forward_step(model, x, y, sample_weight)
    model.compiled_metrics.update_state(y, y_pred, sample_weight)
    return loss


def predict_update(model, data):
    """The outputs for a batch."""
    return model(unpack_x_y_sample_weight(data)[0], training=False)


UPDATES = {"train": train_update, "test": test_update, "predict": predict_update}


def check_target_and_loss(model, y, loss):
    """Raises ValueError when there is nothing to minimize."""
    if y is None and model.loss:
        raise ValueError(
            f'Model "{model.name}" was compiled with loss={model.loss!r} and needs targets, but got'
            " none. Pass y to fit, or batches (x, y)."
        )
    if loss is None:
        raise ValueError(
            f'Model "{model.name}" has no loss to minimize. Pass loss=... to compile, or call'
            " add_loss in the model."
        )


def default(method):
    """Marks a method of `Trainer` as the one that a model has unless it overrides it."""
    method.is_default = True
    return method


def overrides(model, method):
    """Whether the model's class (or the object itself) defines `method` anew."""
    function = getattr(model, method)
    return not getattr(function, "is_default", False)


class Step:
    """The work of one batch in one mode, ready to be traced.

    Attributes:
        default: Whether no method was overridden, so that `results` may be read once for many
            batches.
    """

    def __init__(self, model, mode):
        self.model, self.mode = model, mode
        own_results = any(
            overrides(model, name) for name in ("compute_metrics", "get_metrics_result")
        )
        self.default = not overrides(model, f"{mode}_step") and (
            mode == "predict" or not own_results
        )

    def __call__(self, data):
        """Runs one batch: returns the loss of a default step (outputs when predicting), else the
        step's logs.
        """
        if not tf.distribute.has_strategy():
            return self.run(data)
        strategy = tf.distribute.get_strategy()
        work = self.run if strategy.num_replicas_in_sync == 1 else self.run_part
        if is_divided(data):
            work = self.run_own
        return self.reduced(strategy.run(work, args=(data,)), strategy)

    def run_part(self, data):
        """The same for the rows of one replica."""
        with part_of(data, by_worker=self.mode == "predict") as part:
            return self.run(part)

    def run_own(self, data):
        """The same for data that were divided before."""
        with own(data) as part:
            return self.run(part)

    def run(self, data):
        """The same where nothing is divided."""
        model = self.model
        if self.default:
            return UPDATES[self.mode](model, data)
        step = getattr(model, f"{self.mode}_step")
        logs = step(data) if tf.executing_eagerly() or is_library(step) else converted(step)(data)
        if self.mode != "predict" and not isinstance(logs, dict):
            raise TypeError(
                f"{type(model).__name__}.{self.mode}_step: expected a dict of names and tensors to"
                " be returned, such as "
                f'{{"loss": loss}}, got {type(logs).__name__}.'
            )
        return logs

    def reduced(self, values, strategy):
        """Values of all replicas as one: outputs one after another, losses added, logs of the first
        replica.
        """

        def reduce(value):
            if self.mode == "predict":
                return joined(strategy.experimental_local_results(value))
            if self.default:
                return strategy.reduce(tf.distribute.ReduceOp.SUM, value, axis=None)
            return strategy.experimental_local_results(value)[0]

        return map_tensors(reduce, values)

    def results(self):
        """Results of the model's metrics by name."""
        return self.model.get_metrics_result()

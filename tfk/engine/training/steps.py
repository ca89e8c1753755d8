"""The steps of training, evaluation and prediction.

The default steps are implemented here once. `Trainer.train_step` and its siblings pass them
`compute_metrics` to measure a batch. The loops read the results of the metrics once per graph call
instead of once per batch, so they only pass its first half, which updates the metrics.
"""

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.symbolic_call import NO_OUTPUT
from tfk.utils.autograph import converted, is_library
from tfk.utils.nest import map_tensors
from tfk.utils.overrides import is_overridden
from tfk.utils.packing import unpack_x_y_sample_weight
from tfk.utils.replicas import combined, is_divided, joined, own, part_of

MODES = ("train", "test", "predict")


def train_step(model, data, measure):
    """Train on a batch.

    Args:
        model: The model.
        data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        measure: Function of `(x, y, y_pred, sample_weight)`, where `y_pred` are the outputs before
            the update.

    Returns: The loss, and the result of `measure`.
    """
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        check_outputs(model, y_pred)
        loss = model.compute_loss(x, y, y_pred, sample_weight)
    check_target_and_loss(model, y, loss)
    model.optimizer.minimize(loss, model.trainable_variables, tape=tape)
    return loss, measure(x, y, y_pred, sample_weight)


def test_step(model, data, measure):
    """Evaluate a batch, like `train_step`; the loss is None if there is none."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    y_pred = model(x, training=False)
    check_outputs(model, y_pred)
    loss = model.compute_loss(x, y, y_pred, sample_weight)
    return loss, measure(x, y, y_pred, sample_weight)


def predict_step(model, data):
    """Return the outputs for a batch."""
    y_pred = model(unpack_x_y_sample_weight(data)[0], training=False)
    if y_pred is None:
        raise ValueError(f"{layer_title(model)}: {NO_OUTPUT}")
    return y_pred


def check_outputs(model, y_pred):
    """Raise ValueError for a model that returns nothing to compute its loss from."""
    if y_pred is None and model.loss:
        raise ValueError(f"{layer_title(model)}: {NO_OUTPUT}")


def check_target_and_loss(model, y, loss):
    """Raise ValueError if there is nothing to minimize."""
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


class Step:
    """The processing of one batch in one mode, ready to be traced.

    Attributes:
        default: Whether no method was overridden, so that `results` may be read once for many
            batches.
    """

    def __init__(self, model, mode):
        self.model, self.mode = model, mode
        own_results = any(
            is_overridden(model, name) for name in ("compute_metrics", "get_metrics_result")
        )
        self.default = not is_overridden(model, f"{mode}_step") and (
            mode == "predict" or not own_results
        )

    def __call__(self, data):
        """Run one batch: return the loss of a default step (outputs when predicting), else the
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
        """Run the rows of one replica."""
        with part_of(data, by_worker=self.mode == "predict") as part:
            return self.run(part)

    def run_own(self, data):
        """Run data that were split before."""
        with own(data) as part:
            return self.run(part)

    def run(self, data):
        """Run without splitting."""
        model = self.model
        if self.default:
            return self.run_default(data)
        step = getattr(model, f"{self.mode}_step")
        logs = step(data) if tf.executing_eagerly() or is_library(step) else converted(step)(data)
        if self.mode != "predict" and not isinstance(logs, dict):
            raise TypeError(
                f"{type(model).__name__}.{self.mode}_step: expected a dict of names and tensors to"
                " be returned, such as "
                f'{{"loss": loss}}, got {type(logs).__name__}.'
            )
        return logs

    def run_default(self, data):
        """Run a default step, without the results of the metrics."""
        if self.mode == "predict":
            return predict_step(self.model, data)
        step = train_step if self.mode == "train" else test_step
        loss, _ = step(self.model, data, self.update_metrics)
        return loss

    def update_metrics(self, x, y, y_pred, sample_weight):
        """Run the first half of the default `compute_metrics`; `results` is the second."""
        self.model.compiled_metrics.update_state(y, y_pred, sample_weight)

    def reduced(self, values, strategy):
        """Combine values of all replicas: outputs concatenated, losses added, logs of a custom step
        as `distribute_reduction_method` says.
        """

        def reduce(value):
            if self.mode == "predict":
                return joined(strategy.experimental_local_results(value))
            if self.default:
                return strategy.reduce(tf.distribute.ReduceOp.SUM, value, axis=None)
            return combined(value, strategy, self.model.distribute_reduction_method)

        return map_tensors(reduce, values)

    def results(self):
        """Return the results of the model's metrics by name."""
        return self.model.get_metrics_result()

"""Resolves the metrics a user names, given targets and outputs."""

from tfk import losses
from tfk.metrics import lookup
from tfk.metrics.accuracies import (
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from tfk.metrics.metric import Metric
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.metrics.regression import cosine_similarity
from tfk.saving import registry
from tfk.utils.naming import to_snake_case

# Names that depend on shapes: the function for each kind of target.
BY_SHAPE = {
    "accuracy": {
        "binary": binary_accuracy,
        "sparse": sparse_categorical_accuracy,
        "one_hot": categorical_accuracy,
    },
    "crossentropy": {
        "binary": losses.binary_crossentropy,
        "sparse": losses.sparse_categorical_crossentropy,
        "one_hot": losses.categorical_crossentropy,
    },
}
ABBREVIATIONS = {"acc": "accuracy", "ce": "crossentropy"}

RISING = (
    *BY_SHAPE["accuracy"].values(),
    accuracy,
    top_k_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    cosine_similarity,
)


def resolve(metric, y_true=None, y_pred=None, loss=None):
    """Return the `Metric` object for an entry of `compile(metrics=...)`.

    `"accuracy"` (or `"acc"`) and `"crossentropy"` (or `"ce"`) select the binary function for
    outputs with a last axis of size 1, the sparse one for targets with fewer axes than the outputs
    or a last axis of size 1, and the one-hot one otherwise.

    Args:
        metric: A name, function, class, config, `Loss` or `Metric` object.
        y_true: Targets, or any object with their `shape`; None defers the choice to the first
            batch. Defaults to None.
        y_pred: Predictions, or any object with their `shape`. Defaults to None.
        loss: Loss of this output, or None; used if the shapes are unknown. Defaults to None.
    Returns: The `Metric`, named as given; functions keep their own name.
    Raises: ValueError if the name is unknown.
    >>> resolve("acc", tf.zeros((8, 1)), tf.zeros((8, 3))).name
    'acc'
    """
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, str) and ABBREVIATIONS.get(metric.lower(), metric.lower()) in BY_SHAPE:
        return _by_shape(metric, y_true, y_pred, loss)
    found = lookup.get(metric)
    if isinstance(found, Metric):
        return found
    if isinstance(found, losses.Loss):
        found._allow_sum_over_batch_size = True
    name = metric if isinstance(metric, str) else _name_of(found)
    wrapper = MeanMetricWrapper(found, name=name)
    wrapper.higher_is_better = _direction(found)
    return wrapper


def _by_shape(name, y_true, y_pred, loss):
    """Return the metric for a name that depends on targets and outputs."""
    word = ABBREVIATIONS.get(name.lower(), name.lower())

    def choose(y_true, y_pred):
        return BY_SHAPE[word][target_kind(y_true, y_pred, loss)]

    wrapper = MeanMetricWrapper(None if y_true is None else choose(y_true, y_pred), name=name)
    wrapper._choose = choose
    wrapper.higher_is_better = word == "accuracy"
    return wrapper


def target_kind(y_true, y_pred, loss=None):
    """Return the kind of an output's targets: `"binary"`, `"sparse"` or `"one_hot"`."""
    true_rank, pred_rank = (None if y is None else y.shape.rank for y in (y_true, y_pred))
    if not true_rank or not pred_rank:
        name = (getattr(loss, "name", None) or getattr(loss, "__name__", None) or "binary").lower()
        return next((kind for kind in ("binary", "sparse") if kind in name), "one_hot")
    classes, last = y_pred.shape[-1], y_true.shape[-1]
    if classes == 1:
        return "binary"
    if true_rank < pred_rank or (last == 1 and (classes or 0) > 1):
        return "sparse"
    return "one_hot"


def _name_of(function):
    return (
        getattr(function, "name", None)
        or getattr(function, "__name__", None)
        or to_snake_case(type(function).__name__)
    )


def _direction(function):
    """Return True or False if larger or smaller values are known to be better, else None."""
    if function in RISING:
        return True
    return (
        False
        if isinstance(function, losses.Loss) or function in registry.built_ins("losses").values()
        else None
    )

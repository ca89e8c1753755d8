"""Which metric a user means, given what the targets and outputs look like."""

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

# The names whose meaning depends on shapes: the function for each kind of target.
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
    """A `Metric` object for what a user put into `compile(metrics=...)`.

    `"accuracy"` (or `"acc"`) and `"crossentropy"` (or `"ce"`) mean the binary function for outputs
    with a last axis of size 1, the sparse one for targets with fewer axes than the outputs or a
    last axis of size 1, and the one-hot one otherwise.

    Args:
        metric: A name, function, class, config, `Loss` or `Metric` object.
        y_true: Targets, or anything with their `shape`; None leaves it to the first batch that the
            metric sees what such a name means.
        y_pred: Outputs, or anything with their `shape`.
        loss: The loss of this output, or None; it decides if the shapes are unknown.
    Returns: The `Metric`; its name is the name as given, for functions their own name.
    Raises: ValueError for an unknown name.
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
    """The metric for a name whose meaning depends on targets and outputs."""
    word = ABBREVIATIONS.get(name.lower(), name.lower())

    def choose(y_true, y_pred):
        return BY_SHAPE[word][target_kind(y_true, y_pred, loss)]

    wrapper = MeanMetricWrapper(None if y_true is None else choose(y_true, y_pred), name=name)
    wrapper._choose = choose
    wrapper.higher_is_better = word == "accuracy"
    return wrapper


def target_kind(y_true, y_pred, loss=None):
    """`"binary"`, `"sparse"` or `"one_hot"`: what the targets of an output are."""
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
    """True or False where it is known that larger or smaller values are better, else None."""
    if function in RISING:
        return True
    return (
        False
        if isinstance(function, losses.Loss) or function in registry.built_ins("losses").values()
        else None
    )

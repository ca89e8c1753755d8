"""Cross-entropies for binary, one-hot and integer targets.

Outputs of a sigmoid or softmax activation carry the logits they were computed from
(`utils/logits.py`). The functions here use these logits, which is cheaper, and exact even if the
probability was rounded to 0 or 1.
"""

import warnings

import tensorflow as tf

from tfk import config
from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.ragged import accepts_ragged
from tfk.losses.reduction import Reduction
from tfk.saving.registry import register
from tfk.typing import LossReduction, TensorLike
from tfk.utils.checks import check_int, check_number
from tfk.utils.index_checks import check_indices
from tfk.utils.logits import attached_kind, logits_of
from tfk.utils.masks import set_mask


def to_logits(y_pred, from_logits, function):
    """Return the outputs and whether they are logits; attached logits replace probabilities.

    Logits are used whatever activation attached them, as in Keras 2: a binary cross-entropy of a
    softmax applies the sigmoid to the logits of the softmax.

    Args:
        y_pred: Outputs, a tensor.
        from_logits: Whether the user declares the outputs to be logits.
        function: Name of the calling function, for the warning.
    """
    logits = logits_of(y_pred)
    if logits is None:
        return y_pred, from_logits
    if from_logits:
        kind = attached_kind(y_pred)
        warnings.warn(
            f"{function}: from_logits=True, but the output comes from a {kind} activation. The"
            f" logits before the {kind} are used; remove the activation or from_logits=True to"
            " silence this warning.",
            stacklevel=3,
        )
    return tf.cast(logits, y_pred.dtype), True


def clip_probabilities(probabilities):
    """Clip probabilities to `[epsilon, 1 - epsilon]`, so that their logarithm is finite."""
    epsilon = config.epsilon()
    return tf.clip_by_value(probabilities, epsilon, 1.0 - epsilon)


def smooth(y_true, label_smoothing, uniform):
    """Return `(1 - label_smoothing) * y_true + label_smoothing * uniform`; unchanged for the number
    0.
    """
    if isinstance(label_smoothing, (int, float)) and label_smoothing == 0:
        return y_true
    label_smoothing = tf.cast(label_smoothing, y_true.dtype)
    return y_true * (1.0 - label_smoothing) + label_smoothing * uniform


def one_hot_pair(function, y_true, y_pred, label_smoothing, axis):
    """Check targets and outputs; return smoothed one-hot targets in the dtype of the outputs."""
    check_int(function, "axis", axis)
    pred_shape = y_pred.shape
    if not y_true.shape.is_compatible_with(pred_shape):
        raise ValueError(
            f"{function}: expected y_true and y_pred of the same shape (..., classes), got "
            f"{tuple(y_true.shape)} and {tuple(pred_shape)}. Integer class ids need "
            "sparse_categorical_crossentropy, or to_categorical first."
        )
    if pred_shape.rank and pred_shape[-1] == 1:
        warnings.warn(
            f"{function}: y_pred has a single class (shape {tuple(pred_shape)}), so the loss is"
            " always 0. Use a binary cross-entropy for two classes in one output.",
            SyntaxWarning,
            stacklevel=3,
        )
    classes = pred_shape[axis] if pred_shape.rank else None
    if classes is None:
        classes = tf.cast(tf.shape(y_pred)[axis], y_pred.dtype)
    return smooth(tf.cast(y_true, y_pred.dtype), label_smoothing, 1.0 / classes)


@register("metrics")
@register("losses")
@accepts_ragged
def categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
):
    """Categorical cross-entropy `-sum(y_true * log(y_pred))` of one-hot (or soft) targets.

    Args:
        y_true: Targets, shape `(batch, ..., classes)`, a distribution along `axis`.
        y_pred: Predictions, same shape as `y_true`; probabilities are first normalized to sum to 1.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Fraction in `[0, 1]` of each target that is spread evenly over the classes.
            Defaults to 0.0.
        axis: Class axis. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    Raises: ValueError if the shapes differ.
    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = one_hot_pair(
        "categorical_crossentropy", tf.convert_to_tensor(y_true), y_pred, label_smoothing, axis
    )
    output, from_logits = to_logits(y_pred, from_logits, "categorical_crossentropy")
    if from_logits:
        return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=output, axis=axis)
    output = clip_probabilities(output / tf.reduce_sum(output, axis, keepdims=True))
    return -tf.reduce_sum(y_true * tf.math.log(output), axis)


@register("metrics")
@register("losses")
@accepts_ragged
def sparse_categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    axis: int = -1,
    ignore_class: int | None = None,
):
    """Categorical cross-entropy `-log(y_pred[y_true])` of integer targets.

    Args:
        y_true: Class ids in `[0, classes)`, shape `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: Predictions, shape `(batch, ..., classes)`.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        axis: Class axis of `y_pred`. Defaults to -1.
        ignore_class: Class id (often -1 or 255) whose samples are ignored: the result carries a
            mask that excludes them from averages. Defaults to None.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    Raises: ValueError if the shapes are incompatible.
    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    name = "sparse_categorical_crossentropy"
    y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    logits, from_logits = to_logits(y_pred, from_logits, name)
    if not from_logits:
        logits = tf.math.log(clip_probabilities(logits))
    logits = _with_classes_last(logits, check_int(name, "axis", axis))
    classes = logits.shape[-1]
    labels = y_true if y_true.dtype in (tf.int32, tf.int64) else tf.cast(y_true, tf.int64)
    _check_sparse_shapes(name, labels.shape, logits.shape)

    in_rows = logits.shape.rank == 2
    flat_labels = labels if labels.shape.rank == 1 else tf.reshape(labels, [-1])
    flat_logits = (
        logits
        if in_rows
        else tf.reshape(logits, [-1, tf.shape(logits)[-1] if classes is None else classes])
    )
    if ignore_class is not None:
        valid = tf.not_equal(flat_labels, tf.cast(ignore_class, flat_labels.dtype))
        flat_labels = tf.where(valid, flat_labels, tf.zeros_like(flat_labels))
    check_indices(flat_labels, classes, f"{name}: class ids")
    values = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=flat_labels, logits=flat_logits)
    if ignore_class is not None:
        values = tf.where(valid, values, tf.zeros_like(values))
    if not in_rows:
        shape = logits.shape[:-1]
        values = tf.reshape(values, shape if shape.is_fully_defined() else tf.shape(logits)[:-1])
    if ignore_class is not None:
        set_mask(values, tf.reshape(valid, tf.shape(values)))
    return values


def _with_classes_last(logits, axis):
    rank = logits.shape.rank
    if rank is None:
        if axis != -1:
            raise ValueError(
                f"sparse_categorical_crossentropy: axis={axis} needs outputs of known rank; set"
                " their shape with tf.ensure_shape, or move the classes to the last axis."
            )
        return logits
    axis %= rank
    if axis == rank - 1:
        return logits
    return tf.transpose(logits, [*range(axis), *range(axis + 1, rank), axis])


def _check_sparse_shapes(name, labels, logits):
    if labels.rank is None or logits.rank is None:
        return
    expected = logits[:-1]
    if labels.rank == logits.rank and logits.rank > 1 and labels[-1] not in (None, 1):
        raise ValueError(
            f"{name}: expected class ids of shape {tuple(expected)}, got targets {tuple(labels)}"
            f" for outputs of shape {tuple(logits)}. One-hot targets need categorical_crossentropy,"
            " or tf.argmax(y, -1) first."
        )
    sizes = labels.num_elements(), expected.num_elements()
    if None not in sizes and sizes[0] != sizes[1]:
        raise ValueError(
            f"{name}: expected class ids of shape {tuple(expected)}, got {tuple(labels)} for"
            f" outputs of shape {tuple(logits)}."
        )


@register("metrics", aliases=("bce", "BCE"))
@register("losses", aliases=("bce", "BCE"))
@accepts_ragged
def binary_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
):
    """Mean over `axis` of the binary cross-entropy `-y_true * log(y_pred) - (1 - y_true) * log(1 -
    y_pred)`.

    Args:
        y_true: Targets in `[0, 1]`, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Amount in `[0, 1]` by which targets are moved towards 0.5. Defaults to 0.0.
        axis: Axis to average over. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    Raises: ValueError if the shapes differ.
    >>> binary_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = smooth(tf.cast(y_true, y_pred.dtype), label_smoothing, 0.5)
    return tf.reduce_mean(
        binary_values(y_true, y_pred, from_logits, "binary_crossentropy"), axis=axis
    )


def binary_values(y_true, y_pred, from_logits, function):
    """Return elementwise cross-entropies in the dtype of the outputs; `function` is named in
    warnings.
    """
    output, from_logits = to_logits(y_pred, from_logits, function)
    if from_logits:
        if not y_true.shape.is_compatible_with(output.shape):
            raise ValueError(
                f"{function}: expected y_true and y_pred of one shape, got {tuple(y_true.shape)}"
                f" and {tuple(output.shape)}."
            )
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=output)
    epsilon = config.epsilon()
    output = clip_probabilities(output)
    return -(
        y_true * tf.math.log(output + epsilon)
        + (1.0 - y_true) * tf.math.log(1.0 - output + epsilon)
    )


@register("metrics")
@register("losses")
@accepts_ragged
def binary_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
):
    """Binary cross-entropy times `(1 - p)**gamma`, where `p` is the predicted probability of the
    target.

    Args:
        y_true: Targets in `[0, 1]`, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
        apply_class_balancing: Whether to weight class 1 by `alpha` and class 0 by `1 - alpha`.
            Defaults to False.
        alpha: Weight of class 1, in `[0, 1]`. Defaults to 0.25.
        gamma: Focusing parameter, at least 0: larger values reduce the weight of well-classified
            samples; 0 yields the plain cross-entropy. Defaults to 2.0.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Amount in `[0, 1]` by which targets are moved towards 0.5. Defaults to 0.0.
        axis: Axis to average over. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    Source: Lin et al., 2018, arXiv:1708.02002, equations 4 and 5.
    >>> binary_focal_crossentropy([[1.0]], [[0.5]]).numpy().round(4)
    array([0.1733], dtype=float32)
    """
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = smooth(tf.cast(y_true, y_pred.dtype), label_smoothing, 0.5)
    attached = logits_of(y_pred) is not None
    probability = tf.sigmoid(y_pred) if from_logits and not attached else y_pred
    truth = y_true * probability + (1.0 - y_true) * (1.0 - probability)
    values = binary_values(y_true, y_pred, from_logits, "binary_focal_crossentropy")
    # Clipped, because the slope of x**gamma at 0 is infinite for gamma below 1.
    values = tf.pow(1.0 - clip_probabilities(truth), gamma) * values
    if apply_class_balancing:
        values = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * values
    return tf.reduce_mean(values, axis=axis)


@register("metrics")
@register("losses")
@accepts_ragged
def categorical_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
):
    """Categorical cross-entropy whose terms are weighted by `alpha * (1 - y_pred)**gamma`.

    Args:
        y_true: Targets, shape `(batch, ..., classes)`, a distribution along `axis`.
        y_pred: Predictions, same shape as `y_true`; probabilities are first normalized to sum to 1.
        alpha: Weight, a number or one per class. Defaults to 0.25.
        gamma: Focusing parameter, at least 0: larger values reduce the weight of well-classified
            samples. Defaults to 2.0.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Fraction in `[0, 1]` of each target that is spread evenly over the classes.
            Defaults to 0.0.
        axis: Class axis. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    Raises: ValueError if the shapes differ.
    Source: Lin et al., 2018, arXiv:1708.02002, extended to several classes.
    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy().round(4)
    array([0.0433], dtype=float32)
    """
    name = "categorical_focal_crossentropy"
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = one_hot_pair(name, tf.convert_to_tensor(y_true), y_pred, label_smoothing, axis)
    output, from_logits = to_logits(y_pred, from_logits, name)
    if from_logits:
        log_output = tf.nn.log_softmax(output, axis=axis)
        output = clip_probabilities(tf.exp(log_output))
    else:
        output = clip_probabilities(output / tf.reduce_sum(output, axis, keepdims=True))
        log_output = tf.math.log(output)
    return -tf.reduce_sum(alpha * tf.pow(1.0 - output, gamma) * y_true * log_output, axis)


def check_smoothing(owner, label_smoothing):
    """Return `label_smoothing` if it is a number in `[0, 1]` or a tensor."""
    if not tf.is_tensor(label_smoothing):
        check_number(owner, "label_smoothing", label_smoothing, minimum=0, maximum=1)
    return label_smoothing


@register("losses")
class BinaryCrossentropy(LossFunctionWrapper):
    """Binary cross-entropy: `-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`.

    Args:
        from_logits: Whether `y_pred` holds logits rather than probabilities. Outputs of a sigmoid
            activation are scored by their logits in either case. Defaults to False.
        label_smoothing: Amount in `[0, 1]` by which targets are moved towards 0.5. Defaults to 0.0.
        axis: Axis to average over. Defaults to -1.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"binary_crossentropy"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Raises: ValueError if `label_smoothing` is not in `[0, 1]` or the shapes differ.
    >>> round(float(BinaryCrossentropy()([[0.0], [1.0]], [[0.5], [0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "binary_crossentropy",
    ):
        super().__init__(
            binary_crossentropy,
            reduction=reduction,
            name=name,
            from_logits=from_logits,
            label_smoothing=check_smoothing("BinaryCrossentropy", label_smoothing),
            axis=axis,
        )
        self.from_logits = from_logits


@register("losses")
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Focal binary cross-entropy: reduces the weight of well-classified samples, for rare
    positives.

    Args:
        apply_class_balancing: Whether to weight class 1 by `alpha` and class 0 by `1 - alpha`.
            Defaults to False.
        alpha: Weight of class 1, in `[0, 1]`. Defaults to 0.25.
        gamma: Focusing parameter, at least 0; 0 yields the plain cross-entropy. Defaults to 2.0.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Amount in `[0, 1]` by which targets are moved towards 0.5. Defaults to 0.0.
        axis: Axis to average over. Defaults to -1.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"binary_focal_crossentropy"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Raises: ValueError if `label_smoothing` is not in `[0, 1]` or the shapes differ.
    Source: Lin et al., 2018, arXiv:1708.02002.
    >>> round(float(BinaryFocalCrossentropy(gamma=2.0)([[1.0]], [[0.5]])), 4)
    0.1733
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "binary_focal_crossentropy",
    ):
        super().__init__(
            binary_focal_crossentropy,
            reduction=reduction,
            name=name,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=check_number(type(self).__name__, "gamma", gamma, minimum=0),
            from_logits=from_logits,
            label_smoothing=check_smoothing("BinaryFocalCrossentropy", label_smoothing),
            axis=axis,
        )
        self.from_logits = from_logits
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha
        self.gamma = gamma


@register("losses")
class CategoricalCrossentropy(LossFunctionWrapper):
    """Categorical cross-entropy of one-hot targets: `-sum(y_true * log(y_pred))`.

    Args:
        from_logits: Whether `y_pred` holds logits rather than probabilities. Outputs of a softmax
            activation are scored by their logits in either case. Defaults to False.
        label_smoothing: Fraction in `[0, 1]` of each target that is spread evenly over the classes.
            Defaults to 0.0.
        axis: Class axis. Defaults to -1.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"categorical_crossentropy"`.
    Input shape: One-hot `y_true` and `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Raises: ValueError if `label_smoothing` is not in `[0, 1]` or the shapes differ.
    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "categorical_crossentropy",
    ):
        super().__init__(
            categorical_crossentropy,
            reduction=reduction,
            name=name,
            from_logits=from_logits,
            label_smoothing=check_smoothing("CategoricalCrossentropy", label_smoothing),
            axis=axis,
        )


@register("losses")
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Focal categorical cross-entropy: reduces the weight of well-classified samples.

    Args:
        alpha: Weight, a number or one per class. Defaults to 0.25.
        gamma: Focusing parameter, at least 0. Defaults to 2.0.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Fraction in `[0, 1]` of each target that is spread evenly over the classes.
            Defaults to 0.0.
        axis: Class axis. Defaults to -1.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"categorical_focal_crossentropy"`.
    Input shape: One-hot `y_true` and `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Raises: ValueError if `label_smoothing` is not in `[0, 1]` or the shapes differ.
    Source: Lin et al., 2018, arXiv:1708.02002, extended to several classes.
    >>> round(float(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.0433
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "categorical_focal_crossentropy",
    ):
        super().__init__(
            categorical_focal_crossentropy,
            reduction=reduction,
            name=name,
            alpha=alpha,
            gamma=check_number(type(self).__name__, "gamma", gamma, minimum=0),
            from_logits=from_logits,
            label_smoothing=check_smoothing("CategoricalFocalCrossentropy", label_smoothing),
            axis=axis,
        )
        self.from_logits = from_logits
        self.alpha = alpha
        self.gamma = gamma


@register("losses")
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Categorical cross-entropy of integer targets: `-log(y_pred[y_true])`.

    Args:
        from_logits: Whether `y_pred` holds logits rather than probabilities. Outputs of a softmax
            activation are scored by their logits in either case. Defaults to False.
        ignore_class: Class id whose samples are ignored, both in the sum and in the number of
            values. Defaults to None.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"sparse_categorical_crossentropy"`.
    Input shape: Integer `y_true` of shape `(batch, ...)` or `(batch, ..., 1)`; `y_pred` of shape
        `(batch, ..., classes)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Raises: ValueError if the shapes are incompatible.
    >>> round(float(SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.25, 0.75]])), 4)
    1.0397
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "sparse_categorical_crossentropy",
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            reduction=reduction,
            name=name,
            from_logits=from_logits,
            ignore_class=ignore_class,
        )

"""Intersection over union of predicted and true regions."""

import tensorflow as tf

from tfk.losses.alignment import to_tensor
from tfk.metrics.metric import Metric
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, Ints, TensorLike
from tfk.utils.checks import check_int, check_number, check_positive_int, describe
from tfk.utils.index_checks import check_indices
from tfk.utils.loading import reserve


def confusion_matrix(y_true, y_pred, classes, weights):
    """Return weighted numbers of samples by true class (row) and predicted class (column).

    Args:
        y_true: Class ids, shape `(samples,)`, integers.
        y_pred: Predicted class ids, same shape as `y_true`.
        classes: Number of classes.
        weights: Floating-point weights, same shape as `y_true`.
    >>> labels, predictions = tf.constant([0, 1, 1]), tf.constant([0, 1, 0])
    >>> confusion_matrix(labels, predictions, 2, tf.ones(3)).numpy().tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    # On CPU without XLA the scatter op itself raises for ids out of range.
    for ids, what in ((y_true, "targets"), (y_pred, "outputs")):
        check_indices(ids, classes, f"IoU: class ids of the {what}")
    return tf.scatter_nd(tf.stack([y_true, y_pred], axis=1), weights, (classes, classes))


def mean_iou(confusion, class_ids):
    """Return the mean over classes of `TP / (TP + FP + FN)`; absent classes are left out.

    Args:
        confusion: Confusion matrix.
        class_ids: Classes to average over.
    >>> float(mean_iou(tf.constant([[1.0, 0.0], [1.0, 2.0]]), (1,)))
    0.6666666865348816
    """
    hits = tf.linalg.diag_part(confusion)
    union = tf.reduce_sum(confusion, axis=0) + tf.reduce_sum(confusion, axis=1) - hits
    hits, union = (tf.gather(values, class_ids) for values in (hits, union))
    occurring = tf.cast(tf.not_equal(union, 0), confusion.dtype)
    return tf.math.divide_no_nan(
        tf.reduce_sum(tf.math.divide_no_nan(hits, union)), tf.reduce_sum(occurring)
    )


@register("metrics")
class IoU(Metric):
    """Mean intersection over union of selected classes: `TP / (TP + FP + FN)` over all batches.

    Args:
        num_classes: Number of classes.
        target_class_ids: List or tuple of the classes to average over.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        ignore_class: Class id of targets (often -1 or 255) whose samples are ignored. Defaults to
            None.
        sparse_y_true: Whether targets are class ids rather than one-hot along `axis`. Defaults to
            True.
        sparse_y_pred: Whether predictions are class ids rather than scores along `axis`. Defaults
            to True.
        axis: Class axis. Defaults to -1.
    Input shape: `y_true` and `y_pred` of shape `(batch, ...)` for class ids, with a class axis
        otherwise.
    Output shape: Scalar.
    Raises: ValueError if a class id is not in `[0, num_classes)`.
    >>> metric = IoU(num_classes=2, target_class_ids=[0])
    >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1]); round(float(metric.result()), 4)
    0.3333
    """

    higher_is_better = True

    def __init__(
        self,
        num_classes: int,
        target_class_ids,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: Ints = -1,
    ):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = check_positive_int(self, "num_classes", num_classes)
        reserve(f"{describe(self)} of {num_classes} classes", elements=num_classes**2)
        self.target_class_ids = tuple(int(class_id) for class_id in target_class_ids)
        wrong = [
            class_id for class_id in self.target_class_ids if not 0 <= class_id < self.num_classes
        ]
        if wrong or not self.target_class_ids:
            raise ValueError(
                f"{describe(self)}: expected target_class_ids in [0, {self.num_classes}), got "
                f"{wrong or self.target_class_ids}."
            )
        self.ignore_class = (
            None if ignore_class is None else check_int(self, "ignore_class", ignore_class)
        )
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_weight(
            "total_confusion_matrix", (self.num_classes, self.num_classes)
        )

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the confusion matrix with a batch.

        Args:
            y_true: Class ids, or one-hot classes along `axis`.
            y_pred: Class ids, or scores along `axis`.
            sample_weight: None, weights in the shape of the class ids, or one per sample. Defaults
                to None.
        Raises: InvalidArgumentError for class ids out of range, on CPU.
        """
        ids = [
            tf.cast(y, tf.int32) if sparse else tf.argmax(y, axis=self.axis, output_type=tf.int32)
            for y, sparse in ((y_true, self.sparse_y_true), (y_pred, self.sparse_y_pred))
        ]
        y_true, y_pred = (tf.reshape(y, [-1]) for y in ids)
        weights = self._weights_of(ids[1], sample_weight)
        if self.ignore_class is not None:
            valid = tf.not_equal(y_true, self.ignore_class)
            weights = tf.where(valid, weights, tf.zeros_like(weights))
            y_true, y_pred = (tf.where(valid, y, tf.zeros_like(y)) for y in (y_true, y_pred))
        self.total_cm.assign_add(confusion_matrix(y_true, y_pred, self.num_classes, weights))

    def _weights_of(self, class_ids, sample_weight):
        if sample_weight is None:
            return tf.ones([tf.size(class_ids)], self._dtype)
        weights = tf.cast(to_tensor(sample_weight), self._dtype)
        missing = class_ids.shape.rank - weights.shape.rank
        if weights.shape.rank == 1 and missing > 0:  # one per sample
            weights = tf.reshape(weights, [-1] + [1] * missing)
        if weights.shape.rank == class_ids.shape.rank:
            weights = tf.broadcast_to(weights, tf.shape(class_ids))
        elif weights.shape.rank == 0:
            weights = tf.fill(tf.shape(class_ids), weights)
        return tf.reshape(weights, [-1])

    def result(self):
        """Return the mean over the classes."""
        return mean_iou(self.total_cm, self.target_class_ids)

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        names = (
            "num_classes",
            "target_class_ids",
            "ignore_class",
            "sparse_y_true",
            "sparse_y_pred",
            "axis",
        )
        settings = {name: getattr(self, name) for name in names if name not in self._implied}
        if "target_class_ids" in settings:
            settings["target_class_ids"] = list(self.target_class_ids)
        return {**super().get_config(), **settings}

    _implied = ()  # arguments of this class that a subclass does not have


@register("metrics")
class MeanIoU(IoU):
    """Mean intersection over union of all classes.

    Args:
        num_classes: Number of classes.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        ignore_class: Class id of targets whose samples are ignored. Defaults to None.
        sparse_y_true: Whether targets are class ids rather than one-hot along `axis`. Defaults to
            True.
        sparse_y_pred: Whether predictions are class ids rather than scores along `axis`. Defaults
            to True.
        axis: Class axis. Defaults to -1.
    Input shape: `y_true` and `y_pred` of shape `(batch, ...)` for class ids, with a class axis
        otherwise.
    Output shape: Scalar.
    >>> metric = MeanIoU(num_classes=2)
    >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1]); round(float(metric.result()), 4)
    0.3333
    """

    _implied = ("target_class_ids",)

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: Ints = -1,
    ):
        classes = range(check_positive_int("MeanIoU", "num_classes", num_classes))
        super().__init__(
            num_classes, classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )


@register("metrics")
class BinaryIoU(IoU):
    """Mean intersection over union of a binary segmentation.

    Args:
        target_class_ids: Classes to average over, out of 0 and 1. Defaults to `(0, 1)`.
        threshold: Scores at or above it are class 1. Defaults to 0.5.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar.
    Raises: ValueError if a class id is neither 0 nor 1.
    >>> metric = BinaryIoU(threshold=0.3)
    >>> metric.update_state([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]); round(float(metric.result()), 4)
    0.3333
    """

    _implied = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(
        self,
        target_class_ids=(0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = check_number(self, "threshold", threshold)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the confusion matrix with a batch: targets 0 and 1, and scores of the same
        shape.
        """
        super().update_state(y_true, tf.cast(y_pred, self._dtype) >= self.threshold, sample_weight)

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {**super().get_config(), "threshold": self.threshold}


@register("metrics")
class OneHotIoU(IoU):
    """Mean intersection over union of selected classes, for one-hot targets.

    Args:
        num_classes: Number of classes.
        target_class_ids: List or tuple of the classes to average over.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        ignore_class: Class id of targets whose samples are ignored. Defaults to None.
        sparse_y_pred: Whether predictions are class ids rather than scores along `axis`. Defaults
            to False.
        axis: Class axis. Defaults to -1.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    Raises: ValueError if a class id is not in `[0, num_classes)`.
    >>> metric = OneHotIoU(num_classes=2, target_class_ids=[1])
    >>> metric.update_state([[1, 0], [0, 1]], [[0.6, 0.4], [0.7, 0.3]]); float(metric.result())
    0.0
    """

    _implied = ("sparse_y_true",)

    def __init__(
        self,
        num_classes: int,
        target_class_ids,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: Ints = -1,
    ):
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


@register("metrics")
class OneHotMeanIoU(MeanIoU):
    """Mean intersection over union of all classes, for one-hot targets.

    Args:
        num_classes: Number of classes.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        ignore_class: Class id of targets whose samples are ignored. Defaults to None.
        sparse_y_pred: Whether predictions are class ids rather than scores along `axis`. Defaults
            to False.
        axis: Class axis. Defaults to -1.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = OneHotMeanIoU(num_classes=2)
    >>> metric.update_state([[1, 0], [0, 1]], [[0.6, 0.4], [0.3, 0.7]]); float(metric.result())
    1.0
    """

    _implied = ("target_class_ids", "sparse_y_true")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: Ints = -1,
    ):
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

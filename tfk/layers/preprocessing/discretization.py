"""Discretization layer: continuous values as bin indices."""

import numpy as np
import tensorflow as tf

from tfk.layers.preprocessing.categories import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    SparseOutput,
    as_tensor,
    check_output,
    encode,
    encoded_shape,
    map_values,
    output_dtype,
)
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_int, describe


@register("layers")
class Discretization(SparseOutput, PreprocessingLayer):
    """Layer that maps continuous values to bin indices; values below the first boundary are in bin
    0.

    Args:
        bin_boundaries: Boundaries in increasing order; a value equal to a boundary is in the bin
            above. Defaults to None.
        num_bins: Number of bins to learn with `adapt`, with about as many values each, if no
            boundaries are given. Defaults to None.
        epsilon: Error bound of the quantile summary kept by `adapt`, in (0, 1). Defaults to 0.01.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`. Defaults to `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
    Input shape: Any.
    Output shape: Same as the input for `"int"`, else rows of `len(bin_boundaries) + 1`.
    Raises: ValueError if both `bin_boundaries` and `num_bins` are given, or if `adapt` is called
        with boundaries or without `num_bins`.
    >>> Discretization(bin_boundaries=[0.0, 1.0])(tf.constant([-1.5, 0.0, 3.4])).numpy()
    array([0, 1, 2])
    """

    adapt_batch_size = 32  # the summary depends on it; this is what Keras 2 takes

    def __init__(
        self,
        bin_boundaries=None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs,
    ):
        bins = kwargs.pop("bins", None)  # the old name of both arguments
        if isinstance(bins, int):
            num_bins = bins
        elif bins is not None:
            bin_boundaries = bins
        kwargs["dtype"] = output_dtype(type(self), kwargs.get("dtype"), output_mode)
        super().__init__(**kwargs)
        if num_bins is not None:
            num_bins = check_int(self, "num_bins", num_bins, minimum=0)
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError(f"{describe(self)}: pass num_bins or bin_boundaries, not both.")
        self.input_bin_boundaries = None if bin_boundaries is None else _numbers(bin_boundaries)
        self.bin_boundaries = self.input_bin_boundaries or ()
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.output_mode = check_output(self, output_mode, sparse, (INT, ONE_HOT, MULTI_HOT, COUNT))
        self.sparse = sparse

    def build(self, input_shape: Shape):
        if self.input_bin_boundaries is None:
            self.summary = self.add_weight(
                "summary", (2, None), dtype="float32", initializer=_no_values, trainable=False
            )

    @property
    def can_adapt(self):
        return self.input_bin_boundaries is None

    def update_state(self, data):
        if self.input_bin_boundaries is not None:
            raise ValueError(f"{describe(self)}: cannot adapt, because bin_boundaries were given.")
        if self.num_bins is None:
            raise ValueError(f"{describe(self)}: pass num_bins, the number of bins to learn.")
        data = tf.cast(
            data.values if isinstance(data, (tf.RaggedTensor, tf.SparseTensor)) else data,
            tf.float32,
        )
        merged = tf.numpy_function(
            lambda values, summary: merge(summarize(values, self.epsilon), summary, self.epsilon),
            [data, self.summary],
            tf.float32,
        )
        self.summary.assign(tf.ensure_shape(merged, (2, None)))

    def reset_state(self) -> None:
        if self.input_bin_boundaries is None:
            self.summary.assign(np.zeros((2, 0)))

    def finalize_state(self):
        if self.input_bin_boundaries is None and self.built:
            summary = self.summary.numpy()
            if summary.size:
                self.bin_boundaries = _numbers(compress(summary, 1.0 / self.num_bins)[0, :-1])

    def call(self, inputs: TensorLike):
        numbers = map_values(self._bins, as_tensor(inputs))
        return encode(numbers, self.output_mode, self.bin_count, self.compute_dtype, self.sparse)

    @property
    def bin_count(self):
        """Number of bins; before `adapt`, the requested number."""
        if not self.bin_boundaries and self.num_bins:
            return self.num_bins
        return len(self.bin_boundaries) + 1

    def _bins(self, values):
        return tf.raw_ops.Bucketize(input=values, boundaries=list(self.bin_boundaries))

    def compute_output_shape(self, input_shape: Shape):
        return encoded_shape(input_shape, self.output_mode, self.bin_count)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "bin_boundaries": self.input_bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }


# A summary is a float32 array of two rows: values in increasing order, and how many data points
# each represents.


def summarize(values, epsilon):
    """Return a summary with about `1 / epsilon` of the values."""
    values = np.sort(np.ravel(values))
    increment = int(len(values) * np.float32(epsilon))
    step = max(increment, 1)
    chosen = values[increment::step]
    return np.stack([chosen, np.full_like(chosen, step)])


def merge(first, second, epsilon):
    """Return the summary of two groups of data."""
    both = np.concatenate([first, second], axis=1)
    return compress(both[:, np.argsort(both[0], kind="stable")], epsilon)


def compress(summary, epsilon):
    """Reduce a summary to at most `1 / epsilon` values by interpolation."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    cumulated = summary[1].cumsum()
    found_shares = cumulated / cumulated[-1]
    values = np.interp(shares, found_shares, summary[0])
    weights = np.diff(np.interp(shares, found_shares, cumulated), prepend=0)
    return np.stack([values, weights]).astype(np.float32)


def _no_values(shape, dtype=None):
    return tf.zeros((2, 0), dtype)


def _numbers(values):
    return tuple(np.asarray(values).tolist())

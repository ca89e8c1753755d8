"""Margins before and after each spatial axis: the arguments of cropping and padding layers."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import window_output_shape
from tfk.typing import Config, DataFormat, Shape
from tfk.utils.checks import check_int, describe, is_integer
from tfk.utils.conv_arithmetic import normalize_data_format


def check_margins(layer, argument, value, rank):
    """Return one pair of non-negative integers per axis, for `rank` axes.

    A single integer applies to all margins, and an integer in place of a pair to both of its
    margins; with one axis, a single pair is accepted.
    """
    if is_integer(value):
        value = ((value, value),) * rank
    elif (
        rank == 1
        and isinstance(value, (tuple, list))
        and len(value) == 2
        and all(map(is_integer, value))
    ):
        value = (value,)
    try:
        pairs = tuple((one, one) if is_integer(one) else tuple(one) for one in value)
        if len(pairs) != rank or any(len(pair) != 2 for pair in pairs):
            raise TypeError
        return tuple(
            tuple(check_int(layer, argument, amount, minimum=0) for amount in pair)
            for pair in pairs
        )
    except TypeError:
        raise ValueError(
            f"{describe(layer)}: expected {argument} to be an integer or {rank} of them or {rank}"
            f" pairs (before, after), got {value!r}."
        ) from None


class Margins(Layer):
    """Base class of layers that change `rank` spatial axes by fixed margins.

    A subclass sets `rank`, `argument` (the name of its argument) and `sign` (1 to grow, -1 to
    shrink), and uses `self._margins` and `self._axis_margins(rank)` in `call`.
    """

    rank = None
    argument = None
    sign = None
    keeps_input_dtype = True

    def __init__(self, margins, data_format: DataFormat | None = None, **kwargs):
        super().__init__(**kwargs)
        self._margins = check_margins(self, self.argument, margins, self.rank)
        setattr(self, self.argument, self._margins[0] if self.rank == 1 else self._margins)
        self.data_format = (
            "channels_last" if self.rank == 1 else normalize_data_format(data_format, self)
        )
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _axis_margins(self):
        """Return one pair per input axis: zeros for batch and channels."""
        none = ((0, 0),)
        if self.data_format == "channels_first":
            return none + none + self._margins
        return none + self._margins + none

    def compute_output_shape(self, input_shape: Shape):
        def lengths(sizes):
            return [
                None if size is None else size + self.sign * sum(pair)
                for size, pair in zip(sizes, self._margins)
            ]

        return window_output_shape(
            self, tf.TensorShape(input_shape), self.rank, self.data_format, lengths
        )

    def get_config(self) -> Config:
        config = {**super().get_config(), self.argument: getattr(self, self.argument)}
        return config if self.rank == 1 else {**config, "data_format": self.data_format}

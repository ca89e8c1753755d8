"""`keras.utils.conv_utils`: arithmetic of convolutions."""

import numpy as np

from tfk.utils.checks import check_tuple
from tfk.utils.conv_arithmetic import (
    conv_input_length,
    conv_output_length,
    deconv_output_length,
    normalize_data_format,
    tf_data_format,
)
from tfk.utils.conv_arithmetic import normalize_padding as _normalize_padding


def normalize_tuple(value, n, name, allow_zero=False):
    """`value` as a tuple of `n` integers; one integer stands for all of them."""
    return check_tuple("normalize_tuple", name, value, n, minimum=0 if allow_zero else 1)


def normalize_padding(value):
    """Return the padding mode in lower case."""
    return _normalize_padding(value, choices=("valid", "same", "causal"))


def convert_data_format(data_format, ndim):
    """TensorFlow's name of a layout for tensors of `ndim` axes."""
    return tf_data_format(data_format, ndim)


def convert_kernel(kernel):
    """Return a kernel of Theano as one of TensorFlow, and back: all spatial axes reversed."""
    axes = tuple(range(np.ndim(kernel) - 2))
    return np.copy(np.flip(kernel, axes))


__all__ = [
    "conv_input_length",
    "conv_output_length",
    "convert_data_format",
    "convert_kernel",
    "deconv_output_length",
    "normalize_data_format",
    "normalize_padding",
    "normalize_tuple",
]

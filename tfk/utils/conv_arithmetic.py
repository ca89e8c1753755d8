"""Shape arithmetic for convolutions, transposed convolutions and pooling."""

import tensorflow as tf

from tfk import config
from tfk.utils.checks import check_choice, describe, is_integer


def conv_output_length(length, kernel, padding, stride, dilation=1):
    """Return the number of window positions along one axis.

    Args:
        length: Size of the input, or None.
        kernel: Size of the window.
        padding: `"valid"`, `"same"`, `"causal"` or `"full"`.
        stride: Step of the window.
        dilation: Distance between the window's elements. Defaults to 1.
    Returns: The size of the output, None where `length` is None.
    >>> conv_output_length(28, 3, "valid", 2)
    13
    """
    check_choice("conv_output_length", "padding", padding, ("valid", "same", "causal", "full"))
    if length is None:
        return None
    reach = (kernel - 1) * dilation  # how far the last element lies from the first
    positions = length + {"valid": -reach, "same": 0, "causal": 0, "full": reach}[padding]
    return (positions + stride - 1) // stride


def conv_input_length(length, kernel, padding, stride):
    """Return the size of an input that gives `length` window positions; None where `length` is
    None."""
    check_choice("conv_input_length", "padding", padding, ("valid", "same", "full"))
    if length is None:
        return None
    pad = {"valid": 0, "same": kernel // 2, "full": kernel - 1}[padding]
    return (length - 1) * stride - 2 * pad + kernel


def deconv_output_length(length, kernel, padding, output_padding=None, stride=1, dilation=1):
    """Return the size of a transposed convolution's output along one axis.

    Args:
        length: Size of the input (an int or a scalar tensor), or None.
        kernel: Size of the window.
        padding: `"valid"`, `"same"` or `"full"`.
        output_padding: Extra elements at the end; None infers the usual size. Defaults to None.
        stride: Step of the window. Defaults to 1.
        dilation: Distance between the window's elements. Defaults to 1.
    Returns: The size of the output, None where `length` is None.
    >>> deconv_output_length(13, 3, "valid", stride=2)
    27
    """
    check_choice("deconv_output_length", "padding", padding, ("valid", "same", "full"))
    if length is None:
        return None
    kernel = (kernel - 1) * dilation + 1
    if output_padding is None:
        extra = {"valid": max(kernel - stride, 0), "same": 0, "full": -(stride + kernel - 2)}[
            padding
        ]
        return length * stride + extra
    pad = {"valid": 0, "same": kernel // 2, "full": kernel - 1}[padding]
    return (length - 1) * stride + kernel - 2 * pad + output_padding


def normalize_padding(value, owner="Convolution", choices=("valid", "same")):
    """Return the padding mode in lower case, checked against `choices`."""
    return _lowered_choice(owner, "padding", value, choices)


def normalize_data_format(value, owner="Layer"):
    """Return `"channels_last"` or `"channels_first"`; None means the global setting."""
    if value is None:
        return config.image_data_format()
    return _lowered_choice(owner, "data_format", value, config.IMAGE_DATA_FORMATS)


def _lowered_choice(owner, argument, value, choices):
    lowered = str(value).lower()
    return lowered if lowered in choices else check_choice(owner, argument, value, choices)


def tf_data_format(data_format, rank):
    """TensorFlow's name of a layout for inputs of `rank` 3, 4 or 5, such as `"NHWC"`."""
    spatial = {3: "W", 4: "HW", 5: "DHW"}[rank]
    return f"NC{spatial}" if data_format == "channels_first" else f"N{spatial}C"


def normalize_axis(axis, rank, owner="Layer"):
    """Return `axis` (an integer or several) counted from the front.

    Raises: ValueError when an axis lies outside `[-rank, rank)`; TypeError when it is no integer.
    >>> normalize_axis(-1, 4), normalize_axis((1, -1), 4)
    (3, (1, 3))
    """
    if isinstance(axis, (tuple, list, tf.TensorShape)):
        return tuple(normalize_axis(one, rank, owner) for one in axis)
    if not is_integer(axis):
        raise TypeError(
            f"{describe(owner)}: expected axis to be an integer or several, got {axis!r}."
        )
    if not -rank <= axis < rank:
        raise ValueError(
            f"{describe(owner)}: expected axis in [{-rank}, {rank}) for inputs of rank {rank}, got"
            f" {axis!r}."
        )
    return int(axis) % rank

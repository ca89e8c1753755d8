"""Helpers of layers that slide a window over 1 to 3 axes: data formats, axes, output sizes."""

import tensorflow as tf

from tfk.utils.checks import describe
from tfk.utils.conv_arithmetic import conv_output_length
from tfk.utils.shapes import dynamic_shape


def spatial_axes(data_format, rank):
    """Return the axes a window slides over, for inputs with one batch axis."""
    return (
        tuple(range(2, rank + 2)) if data_format == "channels_first" else tuple(range(1, rank + 1))
    )


def channel_axis(data_format, rank):
    """Return the channel axis, counted from the end: any number of batch axes may come first."""
    return -1 - rank if data_format == "channels_first" else -1


def to_channels_last(inputs, rank):
    """Move the channels of `(batch, channels, *spatial)` to the end."""
    return tf.transpose(inputs, (0, *range(2, rank + 2), 1))


def to_channels_first(inputs, rank):
    """Move the channels of `(batch, *spatial, channels)` behind the batch axis."""
    return tf.transpose(inputs, (0, rank + 1, *range(1, rank + 1)))


def in_channels_last(function, inputs, data_format, rank):
    """Call a function that only supports inputs `(batch, *spatial, channels)`.

    Several batch axes are merged for the call. Leading channels are moved to the end and back: the
    CPU has no channels-first kernels, and on a GPU the graph optimizer removes redundant
    transposes.
    """
    batch_axes = inputs.shape.rank - rank - 1
    folded = inputs if batch_axes == 1 else fold_batch(inputs, rank)
    if data_format == "channels_first":
        outputs = to_channels_first(function(to_channels_last(folded, rank)), rank)
    else:
        outputs = function(folded)
    return outputs if batch_axes == 1 else unfold_batch(outputs, inputs, rank)


def fold_batch(inputs, rank):
    """Merge all batch axes; the last `rank + 1` axes stay."""
    return tf.reshape(inputs, (-1, *dynamic_shape(inputs)[-rank - 1 :]))


def unfold_batch(outputs, inputs, rank):
    """Restore the batch axes of `inputs` on outputs of `fold_batch(inputs, rank)`."""
    sizes = dynamic_shape(inputs)[: -rank - 1] + dynamic_shape(outputs)[1:]
    unfolded = tf.reshape(outputs, sizes)
    unfolded.set_shape(inputs.shape[: -rank - 1] + outputs.shape[1:])
    return unfolded


def window_output_shape(layer, input_shape, rank, data_format, lengths, channels=None):
    """Compute the output shape from a function that maps spatial sizes to output sizes.

    Args:
        layer: Layer named in error messages.
        input_shape: Shape of the input, with any number of batch axes.
        rank: Number of spatial axes.
        data_format: `"channels_last"` or `"channels_first"`.
        lengths: Function from a list of spatial sizes to the output sizes.
        channels: Number of output channels; None keeps that of the input. Defaults to None.
    """
    input_shape = tf.TensorShape(input_shape)
    if input_shape.rank is None:
        return tf.TensorShape(None)
    sizes = input_shape.as_list()
    batch, rest = sizes[: -rank - 1], sizes[-rank - 1 :]
    first = data_format == "channels_first"
    spatial = list(lengths(rest[1:] if first else rest[:-1]))
    if any(size is not None and size <= 0 for size in spatial):
        raise ValueError(
            f"{describe(layer)}: an input of shape {tuple(input_shape)} is too small: the output"
            f" would have the spatial shape {tuple(spatial)}. Use larger inputs, smaller windows or"
            " padding='same'."
        )
    channels = (rest[0] if first else rest[-1]) if channels is None else channels
    return tf.TensorShape(batch + ([channels, *spatial] if first else [*spatial, channels]))


def window_lengths(sizes, window, padding, strides, dilation=None):
    """Return the output sizes of a window along each axis."""
    dilation = dilation or (1,) * len(window)
    return [
        conv_output_length(size, window[i], padding, strides[i], dilation[i])
        for i, size in enumerate(sizes)
    ]

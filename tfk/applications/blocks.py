"""Building blocks shared by several model families."""

from tfk import config, initializers, layers


def channel_axis():
    """Return the channel axis of a batch of images: 3, or 1 with `channels_first`."""
    return 3 if config.image_data_format() == "channels_last" else 1


def channels_of(x):
    """Return the number of channels of a batch of images."""
    return x.shape[channel_axis()]


def height_and_width(x):
    """Return the height and width of a batch of images, None where unknown."""
    return tuple(x.shape[1:3] if channel_axis() == 3 else x.shape[2:4])


def batch_norm(x, name=None, **settings):
    """Batch normalization of the channels."""
    return layers.BatchNormalization(axis=channel_axis(), name=name, **settings)(x)


def concatenate(branches, name=None):
    """Concatenate several batches of images along the channels."""
    return layers.Concatenate(axis=channel_axis(), name=name)(branches)


def pad_for_stride(x, window, name=None):
    """Pad so that a window of odd size with stride 2 is aligned as it was when the published
    weights were trained.

    That is `window // 2` on both sides, but one less at the start of an even or unknown size.
    """
    reach = window // 2
    odd = [size is not None and size % 2 for size in height_and_width(x)]
    return layers.ZeroPadding2D(tuple((reach - (not o), reach) for o in odd), name=name)(x)


def convolution(x, filters, window, stride=1, name=None, **options):
    """Convolution with fan-out initialization, padded to keep the size by default."""
    initializer = initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")
    options = {"padding": "same", "kernel_initializer": initializer, **options}
    return layers.Conv2D(filters, window, stride, name=name, **options)(x)


def squeeze_and_excite(x, reduced, name, activation):
    """Scale the channels by weights computed from the whole image (squeeze-and-excite).

    Args:
        x: Features.
        reduced: Number of channels in between, at least 1 is taken.
        name: Begin of the layers' names.
        activation: Activation in between.
    Source: Hu et al., 2017, arXiv:1709.01507.
    """
    channels = channels_of(x)
    weights = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    shape = (1, 1, channels) if channel_axis() == 3 else (channels, 1, 1)
    weights = layers.Reshape(shape, name=f"{name}se_reshape")(weights)
    weights = convolution(
        weights, max(1, int(reduced)), 1, name=f"{name}se_reduce", activation=activation
    )
    weights = convolution(weights, channels, 1, name=f"{name}se_expand", activation="sigmoid")
    return layers.Multiply(name=f"{name}se_excite")([x, weights])


def round_to_multiple(value, divisor=8):
    """Return the multiple of `divisor` nearest to `value`, at least `divisor`.

    >>> round_to_multiple(30), round_to_multiple(11), round_to_multiple(1)
    (32, 8, 8)
    """
    return max(divisor, int(value + divisor / 2) // divisor * divisor)


def make_divisible(value, divisor=8):
    """Like `round_to_multiple`, but never less than 90 % of `value`.

    >>> make_divisible(30), make_divisible(11)
    (32, 16)
    """
    rounded = round_to_multiple(value, divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded

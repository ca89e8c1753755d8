"""`keras.applications.imagenet_utils`: the input shapes of networks."""

import warnings

from tfk import config


def obtain_input_shape(
    input_shape, default_size, min_size, data_format, require_flatten, weights=None
):
    """Return the input shape of a network for images.

    Args:
        input_shape: What the user asked for, or None.
        default_size, min_size: Usual and least height and width.
        data_format: `"channels_last"`, `"channels_first"`, or None for that of the configuration.
        require_flatten: Whether the network ends in Dense layers, which need known sizes.
        weights: None for a fresh network, `"imagenet"`, or the path of a file.
    Raises: ValueError for a shape that the network cannot have.
    """
    first = (data_format or config.image_data_format()) == "channels_first"
    channels = 3
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        channels = input_shape[0 if first else -1]
        if channels not in (1, 3):
            warnings.warn(f"Images have 1 or 3 channels as a rule, got {channels}.")
    size = default_size if require_flatten else None
    default = (channels, size, size) if first else (size, size, channels)
    if weights == "imagenet" and require_flatten:
        if input_shape is not None and tuple(input_shape) != default:
            raise ValueError(
                f"With include_top=True and weights='imagenet', input_shape must be {default}, got"
                f" {input_shape}."
            )
        return default
    if not input_shape:
        return default
    sizes = input_shape[1:] if first else input_shape[:2]
    if len(input_shape) != 3 or any(size is not None and size < min_size for size in sizes):
        raise ValueError(
            f"Expected input_shape to be three integers with sizes of at least {min_size}, got"
            f" {input_shape}."
        )
    if weights == "imagenet" and input_shape[0 if first else -1] != 3:
        raise ValueError(f"weights='imagenet' need images of 3 channels, got {input_shape}.")
    if require_flatten and None in input_shape:
        raise ValueError(f"include_top=True needs a fixed input_shape, got {input_shape}.")
    return tuple(input_shape)


_obtain_input_shape = obtain_input_shape  # its name in Keras 2.0 to 2.3

__all__ = ["obtain_input_shape"]

"""Shape manipulation: reshaping, axes, padding, repetition, resizing."""

import tensorflow as tf

from tfk import config
from tfk.backend.tensors import is_sparse, ndim, to_dense
from tfk.utils.checks import check_choice
from tfk.utils.resizing import check_method


def concatenate(tensors, axis=-1):
    """Concatenate tensors along an axis; the result is sparse or ragged if all of them are."""
    if all(is_sparse(tensor) for tensor in tensors):
        return tf.sparse.concat(axis, tensors)
    if all(isinstance(tensor, tf.RaggedTensor) for tensor in tensors):
        return tf.concat(tensors, axis)
    return tf.concat([to_dense(tensor) for tensor in tensors], axis)


def stack(x, axis=0):
    """Stack tensors of the same shape along a new axis."""
    return tf.stack(x, axis)


def reshape(x, shape):
    """Reshape a tensor."""
    return tf.reshape(x, shape)


def flatten(x):
    """Flatten a tensor to one axis."""
    return tf.reshape(x, [-1])


def batch_flatten(x):
    """Flatten each sample to one axis."""
    lengths = tf.TensorShape(x.shape)[1:]
    length = (
        lengths.num_elements() if lengths.is_fully_defined() else tf.reduce_prod(tf.shape(x)[1:])
    )
    return tf.reshape(x, [-1, length])


def expand_dims(x, axis=-1):
    """Insert an axis of length 1."""
    return tf.expand_dims(x, axis)


def squeeze(x, axis):
    """Remove an axis of length 1."""
    return tf.squeeze(x, [axis])


def transpose(x):
    """Reverse the order of the axes."""
    return tf.transpose(x)


def permute_dimensions(x, pattern):
    """Permute the axes to the order in `pattern`."""
    return tf.transpose(x, pattern)


def reverse(x, axes):
    """Reverse the elements along one or more axes."""
    return tf.reverse(x, [axes] if isinstance(axes, int) else axes)


def tile(x, n):
    """Tile the tensor `n` times; `n` may be one number per axis."""
    return tf.tile(x, [n] if isinstance(n, int) else n)


def repeat(x, n):
    """Turn `(samples, features)` into `(samples, n, features)`."""
    if ndim(x) != 2:
        raise ValueError(f"repeat: expected a tensor of two axes, got the shape {x.shape}.")
    return tf.tile(tf.expand_dims(x, 1), [1, n, 1])


def repeat_elements(x, rep, axis):
    """Repeat each element along an axis.

    >>> repeat_elements(tf.constant([1, 2]), 2, axis=0).numpy()
    array([1, 1, 2, 2], dtype=int32)
    """
    return tf.repeat(x, rep, axis)


def arange(start, stop=None, step=1, dtype="int32"):
    """Return numbers from `start` to `stop` (exclusive), or from 0 to `start` if `stop` is None."""
    if stop is None and start < 0:
        start = 0
    return tf.cast(
        tf.range(start, stop, step) if stop is not None else tf.range(0, start, step), dtype
    )


def temporal_padding(x, padding=(1, 1)):
    """Add zeros before and after the middle axis of `(batch, time, features)`."""
    return tf.pad(x, [[0, 0], _pair("temporal_padding", padding), [0, 0]])


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Add zeros around the rows and columns of images."""
    return _pad_spatially("spatial_2d_padding", x, padding, data_format, 2)


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Add zeros around the three spatial axes of volumes."""
    return _pad_spatially("spatial_3d_padding", x, padding, data_format, 3)


def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Enlarge images by integer factors.

    Args:
        x: Images of four axes.
        height_factor: Factor for the rows.
        width_factor: Factor for the columns.
        data_format: `"channels_last"` or `"channels_first"`.
        interpolation: As in `smart_resize`. Defaults to `"nearest"`.
    """
    data_format = check_data_format("resize_images", data_format)
    method = check_method("resize_images", interpolation)
    if data_format == "channels_first":
        x = tf.transpose(x, [0, 2, 3, 1])
    known = tf.TensorShape(x.shape)[1:3]
    size = known if known.is_fully_defined() else tf.shape(x)[1:3]
    x = tf.image.resize(x, [size[0] * height_factor, size[1] * width_factor], method=method)
    return tf.transpose(x, [0, 3, 1, 2]) if data_format == "channels_first" else x


def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Enlarge 5D volumes by integer factors, repeating their elements."""
    first = 2 if check_data_format("resize_volumes", data_format) == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), start=first):
        x = tf.repeat(x, factor, axis)
    return x


def check_data_format(owner, data_format):
    """Return the given data format, or the default one."""
    return check_choice(
        owner, "data_format", data_format or config.image_data_format(), config.IMAGE_DATA_FORMATS
    )


def _pad_spatially(owner, x, padding, data_format, rank):
    if len(padding) != rank:
        raise ValueError(f"{owner}: expected {rank} pairs (before, after), got {padding!r}.")
    spatial = [_pair(owner, pair) for pair in padding]
    none = [[0, 0]]
    if check_data_format(owner, data_format) == "channels_first":
        return tf.pad(x, none + none + spatial)
    return tf.pad(x, none + spatial + none)


def _pair(owner, padding):
    if len(padding) != 2:
        raise ValueError(f"{owner}: expected a pair (before, after), got {padding!r}.")
    return list(padding)

"""Shape manipulation: reshaping, axes, padding, repetition, resizing."""

import tensorflow as tf

from tfk import config
from tfk.backend.tensors import is_sparse, ndim, to_dense
from tfk.utils.checks import check_choice
from tfk.utils.resizing import check_method


def concatenate(tensors, axis=-1):
    """Concatenate tensors along an axis; the result is sparse or ragged if all of them are.

    Args:
        tensors: List of tensors whose other axes agree.
        axis: The axis. Defaults to -1.

    >>> concatenate([tf.constant([[1, 2]]), tf.constant([[3]])]).numpy()
    array([[1, 2, 3]], dtype=int32)
    """
    if all(is_sparse(tensor) for tensor in tensors):
        return tf.sparse.concat(axis, tensors)
    if all(isinstance(tensor, tf.RaggedTensor) for tensor in tensors):
        return tf.concat(tensors, axis)
    return tf.concat([to_dense(tensor) for tensor in tensors], axis)


def stack(x, axis=0):
    """Stack tensors of the same shape along a new axis.

    Args:
        x: List of tensors.
        axis: Index of the new axis. Defaults to 0.

    >>> stack([tf.constant([1, 2]), tf.constant([3, 4])]).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    return tf.stack(x, axis)


def reshape(x, shape):
    """Reshape a tensor.

    Args:
        x: Tensor.
        shape: New shape; one size may be -1 and is inferred.

    >>> reshape(tf.constant([1, 2, 3, 4]), (2, -1)).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    return tf.reshape(x, shape)


def flatten(x):
    """Flatten a tensor to one axis.

    Args:
        x: Tensor.

    >>> flatten(tf.ones((2, 3))).shape
    TensorShape([6])
    """
    return tf.reshape(x, [-1])


def batch_flatten(x):
    """Flatten each sample to one axis.

    Args:
        x: Tensor `(batch, ...)`.

    >>> batch_flatten(tf.ones((2, 3, 4))).shape
    TensorShape([2, 12])
    """
    lengths = tf.TensorShape(x.shape)[1:]
    length = (
        lengths.num_elements() if lengths.is_fully_defined() else tf.reduce_prod(tf.shape(x)[1:])
    )
    return tf.reshape(x, [-1, length])


def expand_dims(x, axis=-1):
    """Insert an axis of length 1.

    Args:
        x: Tensor.
        axis: Index of the new axis. Defaults to -1.

    >>> expand_dims(tf.ones((2, 3))).shape
    TensorShape([2, 3, 1])
    """
    return tf.expand_dims(x, axis)


def squeeze(x, axis):
    """Remove an axis of length 1.

    Args:
        x: Tensor.
        axis: The axis.

    >>> squeeze(tf.ones((2, 1, 3)), axis=1).shape
    TensorShape([2, 3])
    """
    return tf.squeeze(x, [axis])


def transpose(x):
    """Reverse the order of the axes.

    Args:
        x: Tensor.

    >>> transpose(tf.ones((2, 3))).shape
    TensorShape([3, 2])
    """
    return tf.transpose(x)


def permute_dimensions(x, pattern):
    """Permute the axes.

    Args:
        x: Tensor.
        pattern: Old index of each new axis.

    >>> permute_dimensions(tf.ones((2, 3, 4)), (0, 2, 1)).shape
    TensorShape([2, 4, 3])
    """
    return tf.transpose(x, pattern)


def reverse(x, axes):
    """Reverse the elements along one or more axes.

    Args:
        x: Tensor.
        axes: An axis or a list of axes.

    >>> reverse(tf.constant([1, 2, 3]), 0).numpy()
    array([3, 2, 1], dtype=int32)
    """
    return tf.reverse(x, [axes] if isinstance(axes, int) else axes)


def tile(x, n):
    """Repeat the whole tensor along each axis.

    Args:
        x: Tensor.
        n: Number of repetitions of each axis, a list; an integer for a tensor of one axis.

    >>> tile(tf.constant([1, 2]), 2).numpy()
    array([1, 2, 1, 2], dtype=int32)
    """
    return tf.tile(x, [n] if isinstance(n, int) else n)


def repeat(x, n):
    """Repeat each sample along a new second axis.

    Args:
        x: Tensor `(batch, features)`.
        n: Number of repetitions.

    Returns:
        Tensor `(batch, n, features)`.

    Raises: ValueError if `x` does not have two axes.
    >>> repeat(tf.ones((2, 3)), 4).shape
    TensorShape([2, 4, 3])
    """
    if ndim(x) != 2:
        raise ValueError(f"repeat: expected a tensor of two axes, got the shape {x.shape}.")
    return tf.tile(tf.expand_dims(x, 1), [1, n, 1])


def repeat_elements(x, rep, axis):
    """Repeat each element along an axis.

    Args:
        x: Tensor.
        rep: Number of repetitions.
        axis: The axis.

    >>> repeat_elements(tf.constant([1, 2]), 2, axis=0).numpy()
    array([1, 1, 2, 2], dtype=int32)
    """
    return tf.repeat(x, rep, axis)


def arange(start, stop=None, step=1, dtype="int32"):
    """Return evenly spaced numbers.

    Args:
        start: First number; the end of numbers from 0 if `stop` is None.
        stop: End, exclusive. Defaults to None.
        step: Distance of the numbers. Defaults to 1.
        dtype: Dtype of the result. Defaults to `"int32"`.

    >>> arange(3).numpy(), arange(2, 8, 3).numpy()
    (array([0, 1, 2], dtype=int32), array([2, 5], dtype=int32))
    """
    if stop is None and start < 0:
        start = 0
    return tf.cast(
        tf.range(start, stop, step) if stop is not None else tf.range(0, start, step), dtype
    )


def temporal_padding(x, padding=(1, 1)):
    """Add zeros before and after the time axis.

    Args:
        x: Tensor `(batch, time, features)`.
        padding: Numbers of steps to add before and after. Defaults to `(1, 1)`.

    >>> temporal_padding(tf.ones((2, 3, 4)), (2, 0)).shape
    TensorShape([2, 5, 4])
    """
    return tf.pad(x, [[0, 0], _pair("temporal_padding", padding), [0, 0]])


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Add zeros around the rows and columns of images.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        padding: Pairs (before, after) for rows and columns. Defaults to `((1, 1), (1, 1))`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> spatial_2d_padding(tf.ones((1, 2, 2, 3))).shape
    TensorShape([1, 4, 4, 3])
    """
    return _pad_spatially("spatial_2d_padding", x, padding, data_format, 2)


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Add zeros around the three spatial axes of volumes.

    Args:
        x: Volumes `(batch, depth, rows, columns, channels)`, or channels before depth.
        padding: Pairs (before, after) for the three axes. Defaults to `((1, 1), (1, 1), (1, 1))`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> spatial_3d_padding(tf.ones((1, 2, 2, 2, 3))).shape
    TensorShape([1, 4, 4, 4, 3])
    """
    return _pad_spatially("spatial_3d_padding", x, padding, data_format, 3)


def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Enlarge images by integer factors.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        height_factor: Factor for the rows.
        width_factor: Factor for the columns.
        data_format: `"channels_last"` or `"channels_first"`.
        interpolation: Name of a method, as for `smart_resize`. Defaults to `"nearest"`.

    >>> resize_images(tf.ones((1, 2, 3, 4)), 2, 2, "channels_last").shape
    TensorShape([1, 4, 6, 4])
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
    """Enlarge volumes by integer factors, repeating their elements.

    Args:
        x: Volumes `(batch, depth, rows, columns, channels)`, or channels before depth.
        depth_factor: Factor for the first spatial axis.
        height_factor: Factor for the second.
        width_factor: Factor for the third.
        data_format: `"channels_last"` or `"channels_first"`.

    >>> resize_volumes(tf.ones((1, 2, 2, 2, 3)), 2, 1, 3, "channels_last").shape
    TensorShape([1, 4, 2, 6, 3])
    """
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

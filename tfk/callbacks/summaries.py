"""Scalars, histograms, images and texts in TensorBoard's format, without its package.

Each function adds one value to a `Summary` message; `write` passes the message to the default
writer. Plugin names and data classes are those of TensorBoard's `tf.summary.scalar`, `histogram`
and `image`.
"""

import numpy as np
import tensorflow as tf

from tfk.utils.tensorflow_internals import summary_pb2

Summary = summary_pb2.Summary
BUCKETS = 30
MOST_IMAGES = 3


def write(summary, step):
    """Write the values of `summary` at `step` (an int or an int64 tensor) to the default writer, if
    any.
    """
    if summary.value:
        tf.summary.experimental.write_raw_pb(summary.SerializeToString(), step=step)


def add_scalar(summary, tag, value):
    """Add one number."""
    number = np.asarray(value, "float32").reshape(())
    _add(summary, tag, number, "scalars", summary_pb2.DATA_CLASS_SCALAR)


def add_histogram(summary, tag, values):
    """Add the distribution of an array of any shape, as rows of left edge, right edge and count."""
    _add(summary, tag, histogram(values), "histograms", summary_pb2.DATA_CLASS_TENSOR)


def add_images(summary, tag, images):
    """Add the first three of a batch of images `(batch, height, width, 1, 3 or 4)` with values in
    [0, 1].
    """
    pixels = tf.image.convert_image_dtype(
        tf.clip_by_value(images[:MOST_IMAGES], 0.0, 1.0), tf.uint8, saturate=True
    )
    height, width = images.shape[1:3]
    encoded = [tf.io.encode_png(image).numpy() for image in pixels]
    content = [str(width).encode(), str(height).encode(), *encoded]
    _add(summary, tag, np.array(content, object), "images", summary_pb2.DATA_CLASS_BLOB_SEQUENCE)


def add_text(summary, tag, text, plugin, content=b""):
    """Add a string for `plugin`."""
    _add(
        summary,
        tag,
        np.array(text.encode(), object),
        plugin,
        summary_pb2.DATA_CLASS_UNKNOWN,
        content,
    )


def add_plugin_data(summary, tag, plugin, content):
    """Add a message of a plugin, stored in the metadata; the value itself is empty."""
    _add(summary, tag, np.zeros((0,), "float32"), plugin, summary_pb2.DATA_CLASS_UNKNOWN, content)


def histogram(values, buckets=BUCKETS):
    """Return counts in buckets of equal width between minimum and maximum, `(buckets, 3)` in
    float64.

    Non-finite values are ignored. If all values are equal, they are counted in the last bucket.

    >>> histogram([0.0, 1.0, 2.0, 2.0], buckets=2)
    array([[0., 1., 1.],
           [1., 2., 3.]])
    """
    values = np.asarray(values).astype("float64", copy=False).reshape(-1)
    finite = np.isfinite(values)
    if not finite.all():
        values = values[finite]
    if not values.size:
        return np.zeros((buckets, 3))
    low, high = values.min(), values.max()
    if low == high:
        counts = np.zeros(buckets)
        counts[-1] = values.size
        return np.stack([np.full(buckets, low), np.full(buckets, high), counts], axis=1)
    counts, edges = np.histogram(values, buckets, (low, high))
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def _add(summary, tag, value, plugin, data_class, content=b""):
    plugin_data = summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin, content=content)
    metadata = summary_pb2.SummaryMetadata(plugin_data=plugin_data, data_class=data_class)
    summary.value.add(tag=tag, metadata=metadata, tensor=tf.make_tensor_proto(value))

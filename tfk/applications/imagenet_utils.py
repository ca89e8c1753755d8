"""ImageNet: preprocessing for the published weights, and class names."""

import functools
import json

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.applications.weight_files import fetch
from tfk.utils.checks import check_choice, check_positive_int

CLASS_INDEX = (
    "imagenet_class_index.json",
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
)
NUM_CLASSES = 1000
# By color, red first: mean and standard deviation of the pixels of ImageNet, in [0, 1].
MEAN = (0.485, 0.456, 0.406)
STDDEV = (0.229, 0.224, 0.225)
# Mean in [0, 255], blue first, as the caffe library measured it.
CAFFE_MEAN = (103.939, 116.779, 123.68)
MODES = ("caffe", "tf", "torch")


def preprocess_input(x, data_format=None, mode="caffe"):
    """Preprocess pixels as the published weights expect.

    A NumPy array of floating-point numbers is changed in place, as in Keras 2; pass a copy to keep
    it.

    Args:
        x: Array or tensor of pixels in `[0, 255]`, red first: one image or a batch.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        mode: `"caffe"`: blue first, less the mean. `"tf"`: scaled to `[-1, 1]`. `"torch"`: scaled
            to `[0, 1]`, less the mean, divided by the standard deviation. Defaults to `"caffe"`.

    Returns: An array or tensor of the same shape.

    Raises: ValueError for other modes and layouts.

    >>> preprocess_input(np.array([[[0, 51, 255]]]), mode="tf")
    array([[[-1. , -0.6,  1. ]]], dtype=float32)
    """
    check_choice("preprocess_input", "mode", mode, MODES)
    data_format = data_format or config.image_data_format()
    check_choice("preprocess_input", "data_format", data_format, config.IMAGE_DATA_FORMATS)
    if not (
        np.issubdtype(x.dtype, np.floating) if isinstance(x, np.ndarray) else x.dtype.is_floating
    ):
        x = x.astype(config.floatx()) if isinstance(x, np.ndarray) else tf.cast(x, config.floatx())
    axis = -1 if data_format == "channels_last" else -3
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    if mode == "torch":
        x /= 255.0
        x -= _by_channel(x, MEAN, axis)
        x /= _by_channel(x, STDDEV, axis)
        return x
    x = np.flip(x, axis) if isinstance(x, np.ndarray) else x[_reversed_at(axis)]
    x -= _by_channel(x, CAFFE_MEAN, axis)
    return x


def _by_channel(x, values, axis):
    """`values` in the dtype of `x` and in a shape in which they belong to its channels."""
    shape = (-1,) if axis == -1 else (-1, 1, 1)
    if isinstance(x, np.ndarray):
        return np.asarray(values, x.dtype).reshape(shape)
    return tf.reshape(tf.constant(values, x.dtype), shape)


def _reversed_at(axis):
    """The index that turns round the axis -1 or -3."""
    return (..., *(slice(None, None, -1 if place == axis else None) for place in range(axis, 0)))


def preprocess_caffe(x, data_format=None):
    """Preprocess pixels for the published weights: BGR order, with the ImageNet mean subtracted.

    Args:
        x: Array or tensor of pixels in `[0, 255]`, red first: one image or a batch. An array of
            floating-point numbers is changed in place.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> preprocess_caffe(np.zeros((1, 1, 3)))
    array([[[-103.939, -116.779, -123.68 ]]])
    """
    return preprocess_input(x, data_format=data_format, mode="caffe")


def preprocess_tf(x, data_format=None):
    """Preprocess pixels for the published weights: scale them to `[-1, 1]`.

    Args:
        x: Array or tensor of pixels in `[0, 255]`: one image or a batch. An array of floating-point
            numbers is changed in place.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> preprocess_tf(np.array([[[0, 51, 255]]]))
    array([[[-1. , -0.6,  1. ]]], dtype=float32)
    """
    return preprocess_input(x, data_format=data_format, mode="tf")


def preprocess_torch(x, data_format=None):
    """Preprocess pixels for the published weights: scale them to `[0, 1]`, then standardize them by
    the mean and standard deviation of ImageNet.

    Args:
        x: Array or tensor of pixels in `[0, 255]`, red first: one image or a batch. An array of
            floating-point numbers is changed in place.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> preprocess_torch(np.zeros((1, 1, 3))).round(3)
    array([[[-2.118, -2.036, -1.804]]])
    """
    return preprocess_input(x, data_format=data_format, mode="torch")


def preprocess_nothing(x, data_format=None):
    """Return the pixels unchanged: these models include the scaling.

    Args:
        x: Array or tensor of pixels in `[0, 255]`.
        data_format: Of no effect. Defaults to None.

    >>> preprocess_nothing(np.array([0, 255]))
    array([  0, 255])
    """
    return x


def decode_predictions(preds, top=5):
    """Return the names of the most probable ImageNet classes.

    Args:
        preds: Array of shape `(batch, 1000)`, what a model with the ImageNet classifier returned.
        top: How many to name, 1 to 1000. Defaults to 5.

    Returns: For each image a list of `(WordNet id, name, score)`, the likeliest first.

    Raises: ValueError for other shapes; OSError if the file of names cannot be downloaded.

    >>> decode_predictions(np.eye(1, 1000), top=1)  # doctest: +SKIP
    [[('n01440764', 'tench', 1.0)]]
    """
    preds = np.asarray(preds)
    if preds.ndim != 2 or preds.shape[1] != NUM_CLASSES:
        raise ValueError(
            f"decode_predictions: expected scores of ImageNet's {NUM_CLASSES} classes, an array of"
            f" shape (batch, {NUM_CLASSES}), got shape {preds.shape}."
        )
    top = check_positive_int("decode_predictions", "top", top)
    names = _class_names()
    best = np.argsort(-preds, axis=1, kind="stable")[:, :top]
    return [[(*names[i], scores[i]) for i in places] for scores, places in zip(preds, best)]


@functools.cache
def _class_names():
    """Pairs of WordNet id and name, by class."""
    with open(fetch(*CLASS_INDEX, "The names of ImageNet's classes"), encoding="utf8") as file:
        index = json.load(file)
    return tuple(tuple(index[str(number)]) for number in range(NUM_CLASSES))

"""Global settings: the default float dtype, the fuzz factor and the image data format."""

import json
import os
import pathlib
import warnings

from tfk.typing import DataFormat

FLOAT_TYPES = ("float16", "bfloat16", "float32", "float64")
IMAGE_DATA_FORMATS = ("channels_last", "channels_first")

_settings = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def keras_home():
    """Return the folder of the settings file and of downloads: `KERAS_HOME`, or else `~/.keras`.

    >>> import os
    >>> os.environ["KERAS_HOME"] = "/tmp/keras"
    >>> str(keras_home())
    '/tmp/keras'
    >>> del os.environ["KERAS_HOME"]
    """
    return pathlib.Path(os.environ.get("KERAS_HOME") or pathlib.Path.home() / ".keras")


def floatx():
    """Return the name of the default float dtype of layers.

    >>> floatx()
    'float32'
    """
    return _settings["floatx"]


def set_floatx(value):
    """Set the default float dtype.

    Args:
        value: `"float16"`, `"bfloat16"`, `"float32"` or `"float64"`.
    Raises: ValueError for any other value.
    >>> set_floatx("float32")
    """
    if value not in FLOAT_TYPES:
        raise ValueError(f"set_floatx: expected one of {FLOAT_TYPES}, got {value!r}.")
    _settings["floatx"] = value


def epsilon():
    """Return the small constant that keeps divisions and logarithms finite.

    >>> epsilon()
    1e-07
    """
    return _settings["epsilon"]


def set_epsilon(value):
    """Set the result of `epsilon()`.

    Args:
        value: A positive number.
    Raises: ValueError if it is not positive.
    >>> set_epsilon(1e-7)
    """
    if not value > 0:
        raise ValueError(f"set_epsilon: expected a positive number, got {value!r}.")
    _settings["epsilon"] = value


def image_data_format():
    """Return the default data format of images: `"channels_last"` or `"channels_first"`.

    >>> image_data_format()
    'channels_last'
    """
    return _settings["image_data_format"]


def set_image_data_format(data_format: DataFormat):
    """Set the default data format of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`.
    Raises: ValueError for any other value.
    >>> set_image_data_format("channels_last")
    """
    if data_format not in IMAGE_DATA_FORMATS:
        raise ValueError(
            f"set_image_data_format: expected one of {IMAGE_DATA_FORMATS}, got {data_format!r}."
        )
    _settings["image_data_format"] = data_format


def _read_settings_file(path):
    """Apply the settings of a `keras.json`; warn about an unusable file or entry."""
    setters = {
        "floatx": set_floatx,
        "epsilon": set_epsilon,
        "image_data_format": set_image_data_format,
    }
    try:
        stored = json.loads(path.read_text(encoding="utf8"))
        for name in setters.keys() & stored.keys():
            setters[name](stored[name])
    except FileNotFoundError:
        return
    except (OSError, ValueError, TypeError, AttributeError) as error:
        warnings.warn(f"{path} is ignored from here on: {error}")


_read_settings_file(keras_home() / "keras.json")

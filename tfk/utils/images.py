"""Image files and arrays, using Pillow."""

import os
import warnings

import numpy as np

from tfk import config
from tfk.typing import DataFormat, DTypeLike, TensorLike
from tfk.utils.checks import check_choice

COLOR_MODES = {"rgb": 3, "rgba": 4, "grayscale": 1}
GREY_MODES = ("L", "I;16", "I")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def load_img(
    path,
    grayscale: bool = False,
    color_mode: str = "rgb",
    target_size=None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
):
    """Load an image file.

    Args:
        path: Path, or an open file or BytesIO.
        grayscale: Deprecated spelling of `color_mode="grayscale"`. Defaults to False.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"` (16-bit and 32-bit images are not converted).
            Defaults to `"rgb"`.
        target_size: `(height, width)`, or None for the size of the file. Defaults to None.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"hamming"`, `"box"` or `"lanczos"`.
            Defaults to `"nearest"`.
        keep_aspect_ratio: Whether to center-crop to the target's aspect ratio before resizing.
            Defaults to False.

    Returns:
        A `PIL.Image.Image`.
    Raises: TypeError for another kind of path, OSError if the file is not an image.

    >>> load_img("photo.jpg", target_size=(224, 224)).size  # doctest: +SKIP
    (224, 224)
    """
    Image = _pillow("load_img")
    if grayscale:
        warnings.warn('load_img: grayscale=True is an old spelling of color_mode="grayscale".')
        color_mode = "grayscale"
    check_choice("load_img", "color_mode", color_mode, COLOR_MODES)
    check_choice("load_img", "interpolation", interpolation, INTERPOLATIONS)
    if not (isinstance(path, (str, bytes, os.PathLike)) or hasattr(path, "read")):
        raise TypeError(f"load_img: expected a path or an open file, got {type(path).__name__}.")
    image = _read(Image, path)
    if color_mode == "grayscale":
        image = image if image.mode in GREY_MODES else image.convert("L")
    elif image.mode != color_mode.upper():
        image = image.convert(color_mode.upper())
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    height, width = target_size
    box = middle_box(image.size, (width, height)) if keep_aspect_ratio else None
    return image.resize((width, height), Image.Resampling[interpolation.upper()], box=box)


def _read(Image, path):
    try:
        with Image.open(path) as image:
            image.load()
    except OSError as error:
        if error.errno is not None:  # no file, no permission: these name it
            raise
        raise OSError(f"load_img: {path} cannot be read as an image: {error}.") from error
    return image


def middle_box(size, target):
    """Return left, top, right and bottom of the largest center crop with the target's aspect ratio.

    >>> middle_box((60, 40), (10, 10))
    (10, 0, 50, 40)
    """
    (width, height), (target_width, target_height) = size, target
    crop_height = min(height, width * target_height // target_width)
    crop_width = min(width, height * target_width // target_height)
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return left, top, left + crop_width, top + crop_height


def save_img(
    path,
    x: TensorLike,
    data_format: DataFormat | None = None,
    file_format=None,
    scale: bool = True,
    **kwargs,
):
    """Save an array as an image file.

    Args:
        path: Path, or an open file.
        x: Array `(height, width, channels)` with 1, 3 or 4 channels.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        file_format: Format such as `"png"`; None uses the extension of `path`. Defaults to None.
        scale: Whether to rescale the values to 0 to 255. Defaults to True.
        **kwargs: Arguments of Pillow's `save`.
    >>> save_img("noise.png", np.random.rand(8, 10, 3))
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    if image.mode == "RGBA" and file_format in ("jpg", "jpeg"):
        warnings.warn("save_img: JPEG files have no alpha channel; saving as RGB.")
        image = image.convert("RGB")
    if file_format == "jpg":
        file_format = "jpeg"  # the name Pillow knows
    image.save(path, format=file_format, **kwargs)


def img_to_array(img, data_format: DataFormat | None = None, dtype: DTypeLike | None = None):
    """Convert a Pillow image to an array.

    Args:
        img: The image, or an array of rank 2 or 3.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        dtype: Dtype of the result; None uses `config.floatx()`. Defaults to None.

    Returns:
        An array `(height, width, channels)`, or `(channels, height, width)` with channels first.
    Raises: ValueError for an image that does not have 2 or 3 axes.

    >>> img_to_array(np.zeros((2, 3))).shape
    (2, 3, 1)
    """
    data_format = _check_data_format("img_to_array", data_format)
    x = np.asarray(img, dtype=dtype or config.floatx())
    if x.ndim == 2:
        x = x[:, :, np.newaxis]
    if x.ndim != 3:
        raise ValueError(
            f"img_to_array: expected an image of 2 or 3 axes, got the shape {x.shape}."
        )
    return x.transpose(2, 0, 1) if data_format == "channels_first" else x


def array_to_img(
    x: TensorLike,
    data_format: DataFormat | None = None,
    scale: bool = True,
    dtype: DTypeLike | None = None,
):
    """Convert an array to a Pillow image.

    Args:
        x: Array `(height, width, channels)` with 1, 3 or 4 channels.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        scale: Whether to rescale the values to 0 to 255. Defaults to True.
        dtype: Dtype of the computation; None uses `config.floatx()`. Defaults to None.

    Returns:
        A `PIL.Image.Image`.
    Raises: ValueError for an array of another shape.

    >>> array_to_img(np.random.rand(8, 10, 3)).size
    (10, 8)
    """
    Image = _pillow("array_to_img")
    data_format = _check_data_format("array_to_img", data_format)
    x = np.asarray(x, dtype=dtype or config.floatx())
    if x.ndim != 3:
        raise ValueError(f"array_to_img: expected one image of 3 axes, got the shape {x.shape}.")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    channels = x.shape[2]
    if channels not in COLOR_MODES.values():
        raise ValueError(
            f"array_to_img: expected 1, 3 or 4 channels, got {channels} (shape {x.shape})."
        )
    if scale:
        x = x - x.min()
        highest = x.max()
        x = (x / highest if highest else x) * 255
    if channels > 1:
        return Image.fromarray(x.astype("uint8"))
    grey = x[:, :, 0]
    return Image.fromarray(grey.astype("int32" if grey.max() > 255 else "uint8"))


def _pillow(owner):
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(f"{owner} needs Pillow: pip install pillow") from error
    return Image


def _check_data_format(owner, data_format):
    data_format = data_format or config.image_data_format()
    return check_choice(owner, "data_format", data_format, config.IMAGE_DATA_FORMATS)

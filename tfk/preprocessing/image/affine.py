"""Rotation, shift, shear and zoom of one image."""

import numpy as np

from tfk.typing import TensorLike


def apply_affine_transform(
    x: TensorLike,
    theta: float = 0,
    tx: int = 0,
    ty: int = 0,
    shear: int = 0,
    zx: int = 1,
    zy: int = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
):
    """Apply an affine transform to an image: rotation * shift * shear * zoom of the output
        coordinates.

    Args:
        x: Image of three axes.
        theta: Rotation in degrees. Defaults to 0.
        tx: Shift along the rows in pixels. Defaults to 0.
        ty: Shift along the columns in pixels. Defaults to 0.
        shear: Shear angle in degrees. Defaults to 0.
        zx: Zoom factor along the rows; above 1 zooms out. Defaults to 1.
        zy: Zoom factor along the columns. Defaults to 1.
        row_axis: Axis of the rows. Defaults to 1.
        col_axis: Axis of the columns. Defaults to 2.
        channel_axis: Axis of the channels, 0 or 2. Defaults to 0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        order: Degree of the interpolating spline, 0 to 5. Defaults to 1.

    Returns:
        The new image, of the same shape.

    >>> image = np.eye(3)[..., np.newaxis]
    >>> apply_affine_transform(image, ty=1, row_axis=0, col_axis=1, channel_axis=2)[..., 0]
    array([[0., 1., 0.],
           [0., 0., 1.],
           [0., 0., 1.]])
    """
    _check_axes(x, row_axis, col_axis, channel_axis)
    steps = []
    if theta:
        angle = np.deg2rad(theta)
        steps.append(
            [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
    if tx or ty:
        steps.append([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
    if shear:
        angle = np.deg2rad(shear)
        steps.append([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])
    if zx != 1 or zy != 1:
        steps.append([[zx, 0, 0], [0, zy, 0], [0, 0, 1]])
    if not steps:
        return x
    matrix = steps[0]
    for step in steps[1:]:
        matrix = np.dot(matrix, step)
    matrix = _about_the_middle(matrix, x.shape[row_axis], x.shape[col_axis])
    if col_axis > row_axis:  # the matrix uses (column, row), the array (row, column)
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    ndimage = _scipy_ndimage()
    channels = [
        ndimage.affine_transform(
            channel, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.moveaxis(np.stack(channels), 0, channel_axis)


def random_rotation(
    x: TensorLike,
    rg,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
):
    """Rotate an image by a random angle between `-rg` and `rg` degrees.

    Args:
        x: Image of three axes.
        rg: Maximum angle in degrees.
        row_axis: Axis of the rows. Defaults to 1.
        col_axis: Axis of the columns. Defaults to 2.
        channel_axis: Axis of the channels, 0 or 2. Defaults to 0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        interpolation_order: Degree of the interpolating spline, 0 to 5. Defaults to 1.
    Returns: The new image, of the same shape.
    >>> random_rotation(np.ones((3, 8, 8)), 30).shape
    (3, 8, 8)
    """
    theta = np.random.uniform(-rg, rg)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, theta, 0, 0, 0, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_shift(
    x: TensorLike,
    wrg,
    hrg,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
):
    """Shift an image by random fractions of its width and height.

    Args:
        x: Image of three axes.
        wrg: Maximum horizontal shift as a fraction of the width.
        hrg: Maximum vertical shift as a fraction of the height.
        row_axis: Axis of the rows. Defaults to 1.
        col_axis: Axis of the columns. Defaults to 2.
        channel_axis: Axis of the channels, 0 or 2. Defaults to 0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        interpolation_order: Degree of the interpolating spline, 0 to 5. Defaults to 1.
    Returns: The new image, of the same shape.
    >>> random_shift(np.ones((3, 8, 8)), 0.2, 0.2).shape
    (3, 8, 8)
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, tx, ty, 0, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_shear(
    x: TensorLike,
    intensity,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
):
    """Shear an image by a random angle between `-intensity` and `intensity` degrees.

    Args:
        x: Image of three axes.
        intensity: Maximum angle in degrees.
        row_axis: Axis of the rows. Defaults to 1.
        col_axis: Axis of the columns. Defaults to 2.
        channel_axis: Axis of the channels, 0 or 2. Defaults to 0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        interpolation_order: Degree of the interpolating spline, 0 to 5. Defaults to 1.
    Returns: The new image, of the same shape.
    >>> random_shear(np.ones((3, 8, 8)), 10).shape
    (3, 8, 8)
    """
    shear = np.random.uniform(-intensity, intensity)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, 0, 0, shear, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_zoom(
    x: TensorLike,
    zoom_range,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
):
    """Zoom rows and columns of an image by random factors.

    Args:
        x: Image of three axes.
        zoom_range: Pair of the smallest and the largest factor.
        row_axis: Axis of the rows. Defaults to 1.
        col_axis: Axis of the columns. Defaults to 2.
        channel_axis: Axis of the channels, 0 or 2. Defaults to 0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        interpolation_order: Degree of the interpolating spline, 0 to 5. Defaults to 1.
    Returns: The new image, of the same shape.
    Raises: ValueError if `zoom_range` is not a pair.
    >>> random_zoom(np.ones((3, 8, 8)), (0.8, 1.2)).shape
    (3, 8, 8)
    """
    check_pair("random_zoom", "zoom_range", zoom_range)
    zx, zy = draw_zoom(zoom_range)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, 0, 0, 0, zx, zy, *axes, fill_mode, cval, interpolation_order
    )


def draw_zoom(zoom_range):
    """Draw random factors for rows and columns; draw nothing if the range is just 1."""
    if zoom_range[0] == 1 and zoom_range[1] == 1:
        return 1, 1
    return np.random.uniform(zoom_range[0], zoom_range[1], 2)


def check_pair(owner, argument, value):
    """Raise ValueError unless `value` is a pair."""
    if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != 2:
        raise ValueError(
            f"{owner}: expected {argument} to be a pair (lowest, highest), got {value!r}."
        )


def _about_the_middle(matrix, height, width):
    """Return the transform with the center of the image as its origin."""
    row, column = height / 2 - 0.5, width / 2 - 0.5
    there = np.array([[1, 0, row], [0, 1, column], [0, 0, 1]])
    back = np.array([[1, 0, -row], [0, 1, -column], [0, 0, 1]])
    return np.dot(np.dot(there, matrix), back)


def _check_axes(x, row_axis, col_axis, channel_axis):
    if sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            "apply_affine_transform: expected row_axis, col_axis and channel_axis to be 0, 1 and 2"
            f" in some order, the channels first or last, got {(row_axis, col_axis, channel_axis)}."
        )
    if x.ndim != 3:
        raise ValueError(
            f"apply_affine_transform: expected an image of three axes, got the shape {x.shape}."
        )


def _scipy_ndimage():
    try:
        from scipy import ndimage
    except ImportError as error:
        raise ImportError("Moving the pixels of images needs SciPy: pip install scipy") from error
    return ndimage

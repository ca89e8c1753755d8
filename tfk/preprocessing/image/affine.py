"""Rotating, shifting, shearing and zooming one image."""

import numpy as np


def apply_affine_transform(
    x,
    theta=0,
    tx=0,
    ty=0,
    shear=0,
    zx=1,
    zy=1,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    order=1,
):
    """Moves the pixels of an image: each result pixel is read at rotation * shift * shear * zoom of
    its place.

    Args:
        x: Image of three axes.
        theta: Rotation in degrees.
        tx: Shift along the rows in pixels.
        ty: Shift along the columns in pixels.
        shear: Angle of the shear in degrees.
        zx: Factor along the rows; above 1 makes things smaller.
        zy: Factor along the columns.
        row_axis: Axis of the rows.
        col_axis: Axis of the columns.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies outside: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
        cval: Value outside for `"constant"`.
        order: Degree of the interpolating spline, 0 to 5.

    Returns:
        The new image, of the same shape.

    >>> apply_affine_transform(np.eye(3)[..., np.newaxis], ty=1, row_axis=0, col_axis=1, channel_axis=2)[..., 0]
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
    if col_axis > row_axis:  # the matrix speaks of (column, row), the array of (row, column)
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
    x,
    rg,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Rotates an image by a random angle between `-rg` and `rg` degrees; see
    `apply_affine_transform`.
    """
    theta = np.random.uniform(-rg, rg)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, theta, 0, 0, 0, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_shift(
    x,
    wrg,
    hrg,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Shifts an image by up to `wrg` of its width and `hrg` of its height; see
    `apply_affine_transform`.
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, tx, ty, 0, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_shear(
    x,
    intensity,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Shears an image by up to `intensity` degrees either way; see `apply_affine_transform`."""
    shear = np.random.uniform(-intensity, intensity)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, 0, 0, shear, 1, 1, *axes, fill_mode, cval, interpolation_order
    )


def random_zoom(
    x,
    zoom_range,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Zooms rows and columns by random factors between the two of `zoom_range`; see
    `apply_affine_transform`.
    """
    check_pair("random_zoom", "zoom_range", zoom_range)
    zx, zy = draw_zoom(zoom_range)
    axes = (row_axis, col_axis, channel_axis)
    return apply_affine_transform(
        x, 0, 0, 0, 0, zx, zy, *axes, fill_mode, cval, interpolation_order
    )


def draw_zoom(zoom_range):
    """Random factors for rows and columns; draws nothing when the range is just 1."""
    if zoom_range[0] == 1 and zoom_range[1] == 1:
        return 1, 1
    return np.random.uniform(zoom_range[0], zoom_range[1], 2)


def check_pair(owner, argument, value):
    """Raises ValueError unless `value` is a pair."""
    if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != 2:
        raise ValueError(
            f"{owner}: expected {argument} to be a pair (lowest, highest), got {value!r}."
        )


def _about_the_middle(matrix, height, width):
    """The same transform with the middle of the image as its origin."""
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

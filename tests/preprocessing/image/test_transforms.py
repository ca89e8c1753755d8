"""Affine and colour transforms equal tf_keras under the same seed."""

import sys

import numpy as np
import pytest
import scipy.ndimage

from tfk.preprocessing import image as ours

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.preprocessing.image

if not hasattr(
    scipy.ndimage, "interpolation"
):  # tf_keras calls a namespace that new SciPy versions dropped
    scipy.ndimage.interpolation = scipy.ndimage

IMAGE = np.random.RandomState(0).rand(11, 14, 3).astype("float32") * 255
LAST = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"theta": 33},
        {"tx": 2.5, "ty": -1},
        {"shear": 12},
        {"zx": 0.7, "zy": 1.4},
        {"theta": -70, "tx": 1, "shear": 20, "zx": 1.3},
        {},
    ],
)
@pytest.mark.parametrize(
    "fill_mode, order", [("nearest", 1), ("constant", 0), ("reflect", 3), ("wrap", 1)]
)
def test_affine(change, fill_mode, order):
    options = {**change, "fill_mode": fill_mode, "order": order, "cval": 9.0}
    for x, axes in (
        (IMAGE, LAST),
        (IMAGE.transpose(2, 0, 1), {}),
        (IMAGE, {**LAST, "row_axis": 1, "col_axis": 0}),
    ):
        a, b = (m.apply_affine_transform(x, **options, **axes) for m in (ours, theirs))
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, atol=1e-3)


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("random_rotation", (40,)),
        ("random_shift", (0.2, 0.3)),
        ("random_shear", (20,)),
        ("random_zoom", ((0.6, 1.5),)),
        ("random_zoom", ((1, 1),)),
        ("random_channel_shift", (50.0,)),
        ("random_brightness", ((0.3, 1.7),)),
        ("random_brightness", ((0.3, 1.7), False)),
    ],
)
def test_random_changes(name, arguments):
    axes = {**LAST, "fill_mode": "reflect"}
    if "channel" in name or "brightness" in name:
        axes = {}
    for x in (IMAGE, IMAGE * 2 - 100):
        results = []
        for module in (ours, theirs):
            np.random.seed(2)
            results.append(getattr(module, name)(x, *arguments, **axes))
        np.testing.assert_allclose(*results, atol=1e-3)


def test_errors(monkeypatch):
    with pytest.raises(ValueError, match="channels first or last"):
        ours.apply_affine_transform(IMAGE, channel_axis=1, row_axis=0)
    with pytest.raises(ValueError, match="three axes"):
        ours.apply_affine_transform(IMAGE[0])
    with pytest.raises(ValueError, match="zoom_range to be a pair"):
        ours.random_zoom(IMAGE, 0.2)
    with pytest.raises(ValueError, match="brightness_range to be a pair"):
        ours.random_brightness(IMAGE, (1, 2, 3))
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        ours.apply_affine_transform(IMAGE, theta=3, **LAST)

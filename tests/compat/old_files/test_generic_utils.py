"""`keras.utils.generic_utils` against Keras 2's own."""

import numpy as np
import pytest

from tfk.compat.old_files import generic_utils

keras_generic_utils = pytest.importorskip("tf_keras.src.utils.generic_utils")


def takes(a, b=1, *rest, named=None, **more):
    """A function with every kind of argument."""


@pytest.mark.parametrize("name", ["a", "b", "rest", "named", "more", "other"])
@pytest.mark.parametrize("accept_all", [False, True])
def test_has_arg(name, accept_all):
    expected = keras_generic_utils.has_arg(takes, name, accept_all)
    assert generic_utils.has_arg(takes, name, accept_all) == expected


@pytest.mark.parametrize(
    "name, args",
    [
        ("to_list", (1,)),
        ("to_list", ([1, 2],)),
        ("is_all_none", ([None, None],)),
        ("is_all_none", (0,)),
        ("make_batches", (10, 4)),
        ("to_snake_case", ("MyLayer2D",)),
    ],
)
def test_same_results(name, args):
    assert getattr(generic_utils, name)(*args) == getattr(keras_generic_utils, name)(*args)


def test_slices_of_arrays():
    rows = np.arange(5)
    first, second = generic_utils.slice_arrays([rows, 2 * rows], 1, 3)
    assert (first == [1, 2]).all() and (second == [2, 4]).all()
    assert (generic_utils.slice_arrays(rows, [4, 0]) == [4, 0]).all()
    with pytest.raises(TypeError, match="not understood: b"):
        generic_utils.validate_kwargs({"b": 1}, {"a"})

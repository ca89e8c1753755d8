"""Comparisons of nests of tensors, variables, arrays, numbers and strings."""

import numpy as np
import tensorflow as tf


def assert_close(ours, theirs, rtol=1e-5, atol=None, what="", dtypes=True):
    """Both have one structure, shapes and dtypes, and values that are close.

    Args:
        ours: What was computed: a nest (dicts, lists, tuples) of tensors (ragged and sparse ones,
            variables), arrays, numbers, strings and Nones. A list may stand for a tuple.
        theirs: What it is compared with.
        rtol: Relative tolerance; 0 with `atol=0` asks for equal bits.
        atol: Absolute tolerance, by default the same number.
        what: Text in front of the message.
        dtypes: False lets dtypes differ.
    """
    for place, one, other in _pairs(ours, theirs, what or "result"):
        if one is None or other is None:
            assert one is None and other is None, f"{place}: {one!r} instead of {other!r}"
            continue
        one, other = np.asarray(one), np.asarray(other)
        assert one.shape == other.shape, f"{place}: shape {one.shape} instead of {other.shape}"
        if dtypes:
            assert one.dtype.kind == other.dtype.kind == "U" or one.dtype == other.dtype, (
                f"{place}: dtype {one.dtype} instead of {other.dtype}"
            )
        if one.dtype.kind in "OSU" or not (rtol or atol):
            np.testing.assert_array_equal(one, other, err_msg=place)
        else:
            tolerances = {"rtol": rtol, "atol": rtol if atol is None else atol}
            np.testing.assert_allclose(one, other, err_msg=place, **tolerances)


def assert_identical(ours, theirs, what=""):
    """Both have one structure, shapes and dtypes, and equal values."""
    assert_close(ours, theirs, rtol=0, atol=0, what=what)


def assert_same_history(ours, theirs, rtol=1e-4, atol=1e-5):
    """Both `History` objects have the same names in the same order, epochs, and close values."""
    assert list(ours.history) == list(theirs.history) and ours.epoch == theirs.epoch
    assert_close(ours.history, theirs.history, rtol, atol, dtypes=False)


def assert_same_datasets(ours, theirs, rtol=0, atol=0):
    """Both `tf.data.Dataset`s have the same element spec, cardinality and elements."""
    assert ours.element_spec == theirs.element_spec
    assert int(ours.cardinality()) == int(theirs.cardinality())
    assert_close(list(ours), list(theirs), rtol, atol)


def assert_same_outputs(ours, theirs, inputs, rtol=1e-5, atol=1e-6):
    """Both models give close outputs once the second one has the weights of the first."""
    theirs.set_weights(ours.get_weights())
    assert_close(ours(inputs), theirs(inputs), rtol, atol)


def _pairs(ours, theirs, place):
    """`(place, one, other)` for each leaf of two nests of one structure."""
    ours, theirs = _opened(ours), _opened(theirs)
    if isinstance(theirs, dict):
        assert isinstance(ours, dict) and list(ours) == list(theirs), (
            f"{place}: {_described(ours)} instead of {_described(theirs)}"
        )
        for key in theirs:
            yield from _pairs(ours[key], theirs[key], f"{place}[{key!r}]")
    elif isinstance(theirs, (list, tuple)):
        assert isinstance(ours, (list, tuple)) and len(ours) == len(theirs), (
            f"{place}: {_described(ours)} instead of {_described(theirs)}"
        )
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _pairs(one, other, f"{place}[{index}]")
    else:
        assert not isinstance(ours, (dict, list, tuple)), f"{place}: got {_described(ours)}"
        yield place, ours, theirs


def _opened(value):
    """Ragged and sparse tensors as dicts of dense ones."""
    if isinstance(value, tf.RaggedTensor):
        return {"values": _opened(value.values), "row_splits": value.row_splits}
    if isinstance(value, tf.SparseTensor):
        parts = ("indices", "values", "dense_shape")
        return {part: getattr(value, part) for part in parts}
    return value


def _described(value):
    if isinstance(value, dict):
        return f"keys {list(value)}"
    return f"{len(value)} items" if isinstance(value, (list, tuple)) else repr(value)[:80]

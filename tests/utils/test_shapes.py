import collections

import pytest
import tensorflow as tf

from tfk.utils import shapes

Pair = collections.namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "value, expected",
    [
        (tf.TensorShape(None), True),
        ((), True),
        ((None, 3), True),
        ([None, 3], True),
        ([(None, 3), (None, 4)], False),
        ([tf.TensorShape([1])], False),
        ({"a": (1,)}, False),
        ("ab", False),
    ],
)
def test_is_shape(value, expected):
    assert shapes.is_shape(value) is expected


def test_nests_keep_their_structure():
    nest = {"x": (None, 3), "y": [(2,), Pair((1, 1), None)]}
    assert shapes.map_shapes(len, nest) == {"x": 2, "y": [1, Pair(2, None)]}
    converted = shapes.to_tensor_shapes(nest)
    assert isinstance(converted["y"][1], Pair) and isinstance(converted["x"], tf.TensorShape)
    assert shapes.to_tuples(converted) == nest
    with pytest.raises(
        TypeError, match="Expected a shape or a list, tuple or dict of shapes, got 'ab'"
    ):
        shapes.map_shapes(len, "ab")


def test_to_tuple():
    assert shapes.to_tuple(tf.TensorShape([None, 3])) == (None, 3)
    assert shapes.to_tuple(tf.TensorShape(None)) is None


def test_dynamic_shape():
    assert shapes.dynamic_shape(tf.zeros((2, 3))) == [2, 3]

    @tf.function(input_signature=[tf.TensorSpec((None, 3))])
    def first_sizes(x):
        sizes = shapes.dynamic_shape(x)
        assert sizes[1] == 3
        return sizes[0]

    assert int(first_sizes(tf.zeros((5, 3)))) == 5


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ((2, 3), (2, 3), (2, 3)),
        ((2, 1), (3,), (2, 3)),
        ((None, 1, 3), (4, 3), (None, 4, 3)),
        ((None,), (1,), (None,)),
        ((None,), (5,), (5,)),
        ((None,), (None,), (None,)),
        ((), (2,), (2,)),
    ],
)
def test_broadcast_shapes(first, second, expected):
    assert shapes.broadcast_shapes(first, second) == expected
    assert shapes.broadcast_shapes(second, first) == expected


def test_shapes_that_do_not_broadcast():
    with pytest.raises(
        ValueError, match=r"Add: shapes \(2, 3\) and \(2, 4\) do not broadcast: sizes 3 and 4"
    ):
        shapes.broadcast_shapes((2, 3), (2, 4), "Add")

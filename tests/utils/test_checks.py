import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.utils import checks


class Dense:
    def __init__(self, name=None):
        self.name = name


class Unfinished:
    @property
    def name(self):
        raise AttributeError("no name yet")


OWNER = Dense("head")


@pytest.mark.parametrize(
    "owner, expected",
    [
        (Dense("head"), 'Dense "head"'),
        (Dense(), "Dense"),
        (Unfinished(), "Unfinished"),
        (Dense, "Dense"),
        (len, "len"),
        ("pad_sequences", "pad_sequences"),
    ],
)
def test_describe(owner, expected):
    assert checks.describe(owner) == expected


def test_values_are_returned_in_their_final_form():
    assert checks.check_positive_int(OWNER, "units", np.int64(3)) == 3
    assert type(checks.check_positive_int(OWNER, "units", 3.0)) is int
    assert checks.check_int(OWNER, "seed", -3) == -3
    assert checks.check_rate(OWNER, "rate", 0.5) == 0.5
    assert checks.check_choice(OWNER, "mode", "a", {"a": 1}) == "a"
    assert checks.check_bool(OWNER, "flag", False) is False
    assert checks.check_tuple(OWNER, "strides", 2, 3) == (2, 2, 2)
    assert checks.check_tuple(OWNER, "strides", [1, np.int32(2)], 2) == (1, 2)
    assert checks.check_tuple(OWNER, "padding", 0, 2, minimum=0) == (0, 0)
    checks.check_no_more(OWNER, {})


@pytest.mark.parametrize(
    "check, error, message",
    [
        (
            lambda: checks.check_positive_int(OWNER, "units", 0),
            ValueError,
            "units to be a positive integer, got 0",
        ),
        (
            lambda: checks.check_positive_int(OWNER, "units", 2.5),
            TypeError,
            "positive integer, got 2.5. Pass units=1",
        ),
        (lambda: checks.check_positive_int(OWNER, "units", True), TypeError, "got True"),
        (lambda: checks.check_int(OWNER, "seed", "a"), TypeError, "seed to be an integer, got 'a'"),
        (
            lambda: checks.check_int(OWNER, "seed", -1, 0),
            ValueError,
            "seed to be at least 0, got -1",
        ),
        (
            lambda: checks.check_rate(OWNER, "rate", 1.5),
            ValueError,
            "rate to be at least 0 and at most 1, got 1.5",
        ),
        (lambda: checks.check_rate(OWNER, "rate", float("nan")), ValueError, "got nan"),
        (lambda: checks.check_number(OWNER, "x", "1"), TypeError, "x to be a number, got '1'"),
        (
            lambda: checks.check_number(OWNER, "x", -1, minimum=0),
            ValueError,
            "x to be at least 0, got -1",
        ),
        (
            lambda: checks.check_choice(OWNER, "mode", "c", "ab"),
            ValueError,
            "mode to be one of 'a', 'b', got 'c'",
        ),
        (lambda: checks.check_bool(OWNER, "flag", 1), TypeError, "flag to be True or False, got 1"),
        (
            lambda: checks.check_tuple(OWNER, "k", (1, 2, 3), 2),
            ValueError,
            r"tuple of 2 integers.*got \(1, 2, 3\)",
        ),
        (lambda: checks.check_tuple(OWNER, "k", "ab", 2), ValueError, "got 'ab'"),
        (lambda: checks.check_tuple(OWNER, "k", (1, 0), 2), ValueError, "each at least 1"),
        (lambda: checks.check_tuple(OWNER, "k", None, 2), ValueError, "got None"),
        (lambda: checks.check_tuple(OWNER, "k", 2.5, 2), ValueError, "got 2.5"),
        (
            lambda: checks.check_no_more(OWNER, {"b": 1, "a": 2}, "Hint."),
            TypeError,
            "arguments: a, b. Hint.",
        ),
    ],
)
def test_errors_name_the_object(check, error, message):
    with pytest.raises(error, match=f'^Dense "head": .*{message}'):
        check()


THREES = [
    *(np.array(3), np.int64(3), tf.constant(3), tf.constant(3, tf.int64)),
    *(np.array(3.0), tf.constant(3.0), tf.Variable(3), tf.compat.v1.Dimension(3)),
]


@pytest.mark.parametrize("three", THREES, ids=repr)
def test_numbers_without_axes_are_plain_numbers(three):
    assert checks.check_positive_int(OWNER, "units", three) == 3
    if isinstance(checks.plain_number(three), int):
        assert checks.check_tuple(OWNER, "sizes", [1, three], 2) == (1, 3)
        assert checks.check_tuple(OWNER, "sizes", three, 2) == (3, 3)
    assert checks.check_rate(OWNER, "rate", three / 10 if hasattr(three, "dtype") else 0.3) < 1
    assert type(checks.check_positive_int(OWNER, "units", three)) is int


def test_arrays_with_axes_and_symbolic_tensors_are_no_numbers():
    for value in (np.array([3]), tf.constant([3]), tfk.Input((2,)), "3", None):
        with pytest.raises((TypeError, ValueError)):
            checks.check_positive_int(OWNER, "units", value)


@pytest.mark.parametrize("three", THREES[:4], ids=repr)
def test_layers_take_sizes_without_axes(three):
    layers, x = tfk.layers, tf.ones((2, 8, 8, 3))
    assert layers.Conv2D(three, (three, three))(x).shape == (2, 6, 6, 3)
    assert layers.MaxPooling2D(three)(x).shape == (2, 2, 2, 3)
    assert layers.Reshape((three, -1))(x).shape == (2, 3, 64)
    assert layers.GRU(three)(tf.ones((2, 4, 5))).shape == (2, 3)
    assert layers.Permute((three, 1, 2))(x).shape == (2, 3, 8, 8)
    assert layers.Dropout(three / 10).get_config()["rate"] == pytest.approx(0.3)
    assert tfk.utils.pad_sequences([[1]], maxlen=three).shape == (1, 3)
    assert layers.TextVectorization(max_tokens=three).get_config()["max_tokens"] == 3

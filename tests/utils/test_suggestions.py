"""The nearest existing name for a misspelled one."""

import pytest

from tfk.utils.suggestions import did_you_mean, nearest

ACTIVATIONS = ("elu", "relu", "selu", "sigmoid", "softmax", "tanh")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("rleu", "relu"),
        ("RELU", "relu"),
        ("Sigmoid", "sigmoid"),
        ("sofmax", "softmax"),
        ("unrelated", None),
        ("", None),
        (3, None),
    ],
)
def test_the_nearest_name(given, expected):
    assert nearest(given, ACTIVATIONS) == expected


def test_a_name_in_the_same_case_comes_first():
    names = ("GlorotNormal", "glorot_normal", "glorot_uniform")
    assert nearest("glorot", names) == "glorot_normal"
    assert nearest("GlorotNorml", names) == "GlorotNormal"


def test_long_names_take_no_time():
    assert nearest("x" * 1_000_000, ["y" * 1_000_000]) is None


def test_sentences():
    assert did_you_mean("smae", ["valid", "same"]) == "Did you mean 'same'?"
    assert did_you_mean("ridge", ["l1", "l2"], "regularizers") == "The regularizers are 'l1', 'l2'."
    assert did_you_mean("ridge", [f"unlike {number}" for number in range(50)]) == ""
    assert did_you_mean("ridge", []) == ""

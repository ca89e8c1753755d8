"""`keras.applications.imagenet_utils.obtain_input_shape` against tf_keras."""

import pytest

from tfk.compat.old_files.imagenet_utils import obtain_input_shape

pytest.importorskip("tf_keras")
from tf_keras.src.applications import imagenet_utils

LAST, FIRST = "channels_last", "channels_first"
CASES = [
    (None, 224, 32, LAST, True, "imagenet"),
    (None, 224, 32, FIRST, False, None),
    ((224, 224, 3), 224, 32, LAST, True, "imagenet"),
    ((64, 64, 3), 224, 32, LAST, True, "imagenet"),
    ((64, 64, 1), 224, 32, LAST, True, None),
    ((1, 64, None), 224, 32, FIRST, False, None),
    ((64, 64, 4), 224, 32, LAST, False, "imagenet"),
    ((16, 64, 3), 224, 32, LAST, False, None),
    ((64, 64), 224, 32, LAST, False, None),
    ((None, 64, 3), 224, 32, LAST, True, None),
]


def outcome(function, arguments):
    try:
        return function(*arguments)
    except ValueError:
        return "refused"


@pytest.mark.parametrize("arguments", CASES, ids=str)
def test_as_keras(arguments):
    theirs = outcome(imagenet_utils.obtain_input_shape, arguments)
    assert outcome(obtain_input_shape, arguments) == theirs

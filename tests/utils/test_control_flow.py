import numpy as np
import pytest
import tensorflow as tf

from tfk.utils.control_flow import smart_cond, static_bool
from tfk.utils.masks import get_mask, set_mask


@pytest.mark.parametrize(
    "value, expected",
    [(True, True), (False, False), (1, True), (0, False), (None, False), (np.bool_(True), True)],
)
def test_known_values_run_one_branch(value, expected):
    calls = []
    assert (
        smart_cond(value, lambda: calls.append("yes") or 1, lambda: calls.append("no") or 2)
        == 2 - expected
    )
    assert calls == ["yes" if expected else "no"]


def test_eager_tensors_are_known():
    assert static_bool(tf.constant(True)) is True


def test_tensors_of_a_graph_run_the_branch_they_say():
    @tf.function(input_signature=[tf.TensorSpec((), "bool")])
    def choose(pred):
        assert static_bool(pred) is None
        return smart_cond(pred, lambda: 1, lambda: 2)

    assert (int(choose(True)), int(choose(False))) == (1, 2)


def test_variables_are_read_when_the_graph_runs():
    flag = tf.Variable(True)
    choose = tf.function(lambda: smart_cond(flag, lambda: 1, lambda: 2))
    assert int(choose()) == 1
    flag.assign(False)
    assert int(choose()) == 2


def test_masks():
    x = tf.zeros(3)
    assert get_mask(x) is None
    set_mask(x, tf.constant([True, False, True]))
    assert get_mask(x).numpy().tolist() == [True, False, True]
    array = np.zeros(3)
    set_mask(array, [True])
    assert get_mask(array) is None

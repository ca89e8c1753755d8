"""EinsumDense: shapes of the weights, values, error messages."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import EinsumDense


@pytest.mark.parametrize(
    "equation, bias_axes, input_shape, output_shape, kernel, bias, full",
    [
        ("ab,bc->ac", "c", (None, 4), 5, (4, 5), (5,), (None, 5)),
        ("abc,cd->abd", "d", (None, 3, 4), (None, 5), (4, 5), (5,), (None, 3, 5)),
        ("abc,cd->abd", "bd", (None, 3, 4), (3, 5), (4, 5), (3, 5), (None, 3, 5)),
        ("abc,cde->abde", "e", (None, 3, 4), (None, 2, 5), (4, 2, 5), (5,), (None, 3, 2, 5)),
        ("abc,cde->abde", "d", (None, 3, 4), (None, 2, 5), (4, 2, 5), (2, 1), (None, 3, 2, 5)),
        ("...x,xy->...y", "y", (None, 3, 4), 5, (4, 5), (5,), (None, 3, 5)),
        ("ab...,bc->ac...", "c", (None, 3, 4), 5, (3, 5), (5, 1), (None, 5, 4)),
        ("abc,abd->acd", None, (2, 3, 4), (4, 5), (2, 3, 5), None, (2, 4, 5)),
    ],
)
def test_shapes(equation, bias_axes, input_shape, output_shape, kernel, bias, full):
    layer = EinsumDense(equation, output_shape, bias_axes=bias_axes)
    layer.build(input_shape)
    assert tuple(layer.kernel.shape) == kernel
    assert (layer.bias is None) == (bias is None)
    assert bias is None or tuple(layer.bias.shape) == bias
    assert tuple(layer.compute_output_shape(input_shape)) == full


def test_values():
    layer = EinsumDense("ab,bc->ac", 2, bias_axes="c", activation="relu")
    layer.build((None, 2))
    layer.set_weights([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.0, -20.0])])
    np.testing.assert_allclose(layer(tf.constant([[1.0, 1.0]])), [[4.0, 0.0]])


@pytest.mark.parametrize(
    "equation, output_shape, bias_axes, message",
    [
        ("ab,bc", 5, None, "expected an equation such as"),
        ("...ab,bc->ac", 5, None, "expected an equation such as"),
        ("...ab...,bc->...ac...", 5, None, "expected an equation such as"),
        (7, 5, None, "expected an equation such as"),
        ("abc,cd->abd", (None, 5), None, r"does not match an input of shape \(2, 4\)"),
        ("ab,bc->ac", (None, 5), None, "must give one size per axis"),
        ("ab,bc->ad", 5, None, "axis 'd' of the output is in neither"),
        ("ab,bcd->ac", 5, None, "the kernel needs the size of axis 'd'"),
        ("ab,bc->abc", (3, 5), None, "axis 'b' has size 4.*but 3"),
        ("ab,bc->ac", 5, "z", "bias_axes='z'"),
    ],
)
def test_errors(equation, output_shape, bias_axes, message):
    with pytest.raises(ValueError, match=message):
        EinsumDense(equation, output_shape, bias_axes=bias_axes)(tf.ones((2, 4)))

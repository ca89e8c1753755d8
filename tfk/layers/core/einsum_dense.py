"""EinsumDense layer: any product of the input with a kernel."""

import re

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    ActivationSetting,
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.saving.registry import register
from tfk.utils.checks import describe, is_integer

EQUATION = re.compile(r"(\.\.\.)?([A-Za-z]+)(\.\.\.)?,([A-Za-z]+)->(\.\.\.)?([A-Za-z]+)(\.\.\.)?")


@register("layers")
class EinsumDense(Layer):
    """`activation(einsum(equation, x, kernel) + bias)`.

    Args:
        equation: Equation such as `"abc,cd->abd"`; the first letter of the input is the batch.
            `...` at the start of input and output, or at the end of both, stands for any further
            axes.
        output_shape: Sizes of the output's axes without the batch and without those of `...`, an
            integer or several; None where the size is that of the input.
        activation: Name or function applied to the output; None for none.
        bias_axes: Letters of the output's axes that the bias has; None for no bias.
        kernel_initializer, bias_initializer: Initial values, names or objects.
        kernel_regularizer, bias_regularizer: Penalties of the weights.
        activity_regularizer: Penalty of the output.
        kernel_constraint, bias_constraint: Projections applied after each update.
    Input shape: `(batch, ...)`, as the equation says; sizes that the kernel has must be known.
    Output shape: As the equation says.
    Raises: ValueError if the equation has another form or does not fit the shapes.
    >>> EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(tf.ones((2, 3, 4))).shape
    TensorShape([2, 3, 5])
    """

    activation = ActivationSetting()

    def __init__(
        self,
        equation,
        output_shape,
        activation=None,
        bias_axes=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.equation = equation
        self._parts = parse_equation(self, equation)
        # `output_shape` is a property of every layer: the shape of what it returned.
        self.partial_output_shape = (
            (output_shape,) if is_integer(output_shape) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        store_settings(
            self,
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape):
        kernel_shape, bias_shape, full = weight_shapes(
            self, self._parts, self.bias_axes, input_shape, self.partial_output_shape
        )
        self.full_output_shape = tuple(full)
        self.kernel = add_set_weight(self, "kernel", kernel_shape)
        self.bias = None if bias_shape is None else add_set_weight(self, "bias", bias_shape)

    def call(self, inputs):
        outputs = tf.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs += self.bias
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        *_, full = weight_shapes(
            self,
            self._parts,
            self.bias_axes,
            tf.TensorShape(input_shape),
            self.partial_output_shape,
        )
        return tf.TensorShape(full)

    def get_config(self):
        settings = settings_config(
            self, "activation", *weight_arguments("kernel", "bias", activity=True)
        )
        return {
            **super().get_config(),
            "equation": self.equation,
            "output_shape": list(self.partial_output_shape),
            "bias_axes": self.bias_axes,
            **settings,
        }


def parse_equation(layer, equation):
    """Letters of input, kernel and output, and whether `...` stands at the start ("left"), the
    "right" or None.
    """
    match = EQUATION.fullmatch(equation.replace(" ", "")) if isinstance(equation, str) else None
    if match:
        left_in, inputs, right_in, kernel, left_out, outputs, right_out = match.groups()
        if left_in == left_out and right_in == right_out and not (left_in and right_in):
            return inputs, kernel, outputs, "left" if left_in else "right" if right_in else None
    raise ValueError(
        f"{describe(layer)}: expected an equation such as 'ab,bc->ac', '...b,bc->...c' or"
        f" 'ab...,bc->ac...', got {equation!r}."
    )


def weight_shapes(layer, parts, bias_axes, input_shape, output_shape):
    """Shapes of the kernel, of the bias (or None) and of the whole output."""
    inputs, kernel, outputs, ellipsis = parts
    elided = input_shape.rank - len(inputs)
    if elided < 0 or (elided and ellipsis is None):
        raise ValueError(
            f"{describe(layer)}: the equation {layer.equation!r} does not fit an input of shape"
            f" {tuple(input_shape)}."
        )
    if len(output_shape) != len(outputs) - (ellipsis != "left"):
        raise ValueError(
            f"{describe(layer)}: output_shape={output_shape} does not give a size for each axis of"
            f" {outputs!r} behind the batch."
        )
    sizes = input_shape.as_list()
    if ellipsis == "left":  # the batch is the first of the elided axes
        extra, own = sizes[:elided], sizes[elided:]
        given = dict(zip(outputs, output_shape))
    else:
        extra, own = sizes[len(inputs) :], sizes[: len(inputs)]
        given = dict(zip(outputs, (sizes[0], *output_shape)))
    known = dict(zip(inputs, own))
    for letter in outputs:
        if letter not in kernel and letter not in known:
            raise ValueError(
                f"{describe(layer)}: axis {letter!r} of the output is in neither the input nor the"
                f" kernel of {layer.equation!r}."
            )
        size = known.get(letter)
        if letter in known and None not in (given[letter], size) and given[letter] != size:
            raise ValueError(
                f"{describe(layer)}: axis {letter!r} has size {size} in an input of shape"
                f" {tuple(input_shape)}, but {given[letter]} in output_shape={output_shape}."
            )
        given[letter] = given[letter] if given[letter] is not None else size
    for letter in kernel:
        if known.get(letter, given.get(letter)) is None:
            raise ValueError(
                f"{describe(layer)}: the kernel needs the size of axis {letter!r} of"
                f" {layer.equation!r}, which neither the input of shape {tuple(input_shape)} nor"
                f" output_shape={output_shape} gives."
            )
    kernel_shape = [known.get(letter, given.get(letter)) for letter in kernel]
    own_outputs = [given[letter] for letter in outputs]
    full = extra + own_outputs if ellipsis == "left" else own_outputs + extra
    return (
        kernel_shape,
        _bias_shape(layer, bias_axes, outputs, given, elided if ellipsis == "right" else 0),
        full,
    )


def _bias_shape(layer, bias_axes, outputs, sizes, trailing):
    """Shape from the first axis of the bias on; axes that it does not have get size 1."""
    if bias_axes is None:
        return None
    missing = [letter for letter in bias_axes if letter not in outputs]
    if missing:
        raise ValueError(
            f"{describe(layer)}: bias_axes={bias_axes!r} names {missing}, which is not in"
            f" {outputs!r}."
        )
    first = min(outputs.find(letter) for letter in bias_axes)
    return [sizes[letter] if letter in bias_axes else 1 for letter in outputs[first:]] + [
        1
    ] * trailing

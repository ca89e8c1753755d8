"""EinsumDense layer: an einsum of the input with a kernel."""

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
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import describe, is_integer

EQUATION = re.compile(r"(\.\.\.)?([A-Za-z]+)(\.\.\.)?,([A-Za-z]+)->(\.\.\.)?([A-Za-z]+)(\.\.\.)?")


@register("layers")
class EinsumDense(Layer):
    """Dense layer whose product is an einsum: `activation(einsum(equation, x, kernel) + bias)`.

    Args:
        equation: Equation such as `"abc,cd->abd"`; the first letter of the input is the batch axis.
            `...` at the start of input and output, or at the end of both, stands for any number of
            further axes.
        output_shape: Sizes of the output axes, without the batch axis and those of `...`: an
            integer or a tuple; None entries are inferred from the input.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        bias_axes: Letters of the output axes along which the bias varies; None for no bias.
            Defaults to None.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Default
            to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, bias_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: `(batch, ...)`, as given by the equation; axes shared with the kernel must have
        known sizes.
    Output shape: As given by the equation.
    Raises: ValueError if the equation is malformed or does not match the shapes.
    >>> EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(tf.ones((2, 3, 4))).shape
    TensorShape([2, 3, 5])
    """

    activation = ActivationSetting()

    def __init__(
        self,
        equation: str,
        output_shape,
        activation: ActivationLike | None = None,
        bias_axes=None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.equation = equation
        self._parts = parse_equation(self, equation)
        # Every layer has a property `output_shape`, the shape of its last output.
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

    def build(self, input_shape: Shape):
        kernel_shape, bias_shape, full = weight_shapes(
            self, self._parts, self.bias_axes, input_shape, self.partial_output_shape
        )
        self.full_output_shape = tuple(full)
        self.kernel = add_set_weight(self, "kernel", kernel_shape)
        self.bias = None if bias_shape is None else add_set_weight(self, "bias", bias_shape)

    def call(self, inputs: TensorLike):
        outputs = tf.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs += self.bias
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape):
        *_, full = weight_shapes(
            self,
            self._parts,
            self.bias_axes,
            tf.TensorShape(input_shape),
            self.partial_output_shape,
        )
        return tf.TensorShape(full)

    def get_config(self) -> Config:
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
    """Return the letters of input, kernel and output, and the side of `...`: "left", "right" or
    None.
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
    """Return the shapes of the kernel, the bias (or None) and the whole output."""
    inputs, kernel, outputs, ellipsis = parts
    elided = input_shape.rank - len(inputs)
    if elided < 0 or (elided and ellipsis is None):
        raise ValueError(
            f"{describe(layer)}: equation {layer.equation!r} does not match an input of shape"
            f" {tuple(input_shape)}."
        )
    if len(output_shape) != len(outputs) - (ellipsis != "left"):
        raise ValueError(
            f"{describe(layer)}: output_shape={output_shape} must give one size per axis of"
            f" {outputs!r} after the batch axis."
        )
    sizes = input_shape.as_list()
    if ellipsis == "left":  # the batch is the first axis covered by the ellipsis
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
    """Return the shape from the first bias axis on, with size 1 for axes the bias does not have."""
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

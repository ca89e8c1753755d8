"""SimpleRNN: a fully connected recurrent layer."""

import tensorflow as tf

from tfk.layers.recurrent.cell_layer import CellLayer, shows_cell
from tfk.layers.recurrent.gate_product import gate_product
from tfk.layers.recurrent.kernels.choose import choose_simple
from tfk.layers.recurrent.kernels.columns import run_scan
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.kernels.simple_scan import simple_scan
from tfk.layers.recurrent.weighted_cell import WeightedCell
from tfk.saving.registry import register
from tfk.typing import ActivationLike, ConstraintLike, InitializerLike, RegularizerLike, TensorLike


@register("layers")
class SimpleRNNCell(WeightedCell):
    """One time step of SimpleRNN: `activation(x @ kernel + h @ recurrent_kernel + bias)`.

    Args:
        units: Size of the state and the output, a positive integer.
        activation: Activation, a name or a callable; None for a linear output. Defaults to
            `"tanh"`.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, recurrent_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"orthogonal"` and `"zeros"`.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Optional regularizers of the
            weights, names or objects. All default to None.
        kernel_constraint, recurrent_constraint, bias_constraint: Optional constraints applied to
            the weights after each update. All default to None.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, features)`.
        states: List of one state of shape `(batch, units)`.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
    Input shape: `(batch, features)`.
    Output shape: `(batch, units)`, and the list of the new state, which equals the output.
    Source: Elman, 1990, Cognitive Science 14.
    >>> output, states = SimpleRNNCell(4)(tf.ones((2, 3)), [tf.zeros((2, 4))])
    >>> output.shape
    TensorShape([2, 4])
    """

    gates = 1
    has_implementation = False

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        recurrent_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        recurrent_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            **kwargs,
        )
        self.state_size = self.units

    def call(self, inputs: TensorLike, states, training: bool | None = None):
        h = self.state_tensors(states)[0]
        of_inputs, of_state = self._masks(inputs, h, training)
        total = gate_product(inputs, self.kernel, of_inputs) + gate_product(
            h, self.recurrent_kernel, of_state
        )
        if self.bias is not None:
            total = tf.nn.bias_add(total, self.bias)
        h = self.activation(total)
        return h, [h] if tf.nest.is_nested(states) else h

    def choose(self, situation, features):
        return choose_simple(situation, self.activation)

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ):
        kernel, recurrent, bias = self._weights_in(x.dtype)
        of_inputs, of_state = self._masks(x[0], states[0], training)
        projected = gate_product(x, kernel, of_inputs)
        projected = projected if bias is None else tf.nn.bias_add(projected, bias)
        scan = simple_scan(choice.way, sequences, self.units, known_name(self.activation))
        outputs, h = run_scan(scan, projected, states, recurrent, (), mask, of_state)
        return outputs, h, [h]


@register("layers")
@shows_cell
class SimpleRNN(CellLayer):
    """Fully connected RNN: `h[t] = activation(x[t] @ kernel + h[t-1] @ recurrent_kernel + bias)`.

    Args:
        units: Size of the state and the output, a positive integer.
        activation: Activation, a name or a callable; None for a linear output. Defaults to
            `"tanh"`.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, recurrent_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"orthogonal"` and `"zeros"`.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Optional regularizers of the
            weights, names or objects. All default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, recurrent_constraint, bias_constraint: Optional constraints applied to
            the weights after each update. All default to None.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        return_sequences: Whether to return the outputs of all time steps rather than the last one.
            Defaults to False.
        return_state: Whether to return the final states after the output. Defaults to False.
        go_backwards: Whether to process the sequence in reverse; outputs keep the order of
            computation. Defaults to False.
        stateful: Whether each batch starts from the final states of the previous one; requires a
            fixed batch size. Defaults to False.
        unroll: Whether to unroll the loop over time; requires a fixed number of steps. Defaults to
            False.
        **kwargs: `time_major`, `zero_output_for_mask`, `seed`, and the arguments of `Layer`.
    Call arguments:
        inputs: Sequence of shape `(batch, time, features)`; ragged tensors are accepted.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        initial_state: List of one tensor of shape `(batch, units)`; None for zeros. Defaults to
            None.
    Input shape: `(batch, time, features)`.
    Output shape: `(batch, units)`; `(batch, time, units)` with `return_sequences`.
    Raises: ValueError if an argument is out of range or the input does not have three axes.
    Source: Elman, 1990, Cognitive Science 14.
    >>> SimpleRNN(4)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4])
    """

    cell_class = SimpleRNNCell

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        recurrent_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        recurrent_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs,
    ):
        kwargs.pop("implementation", None)  # there is only one
        super().__init__(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )

"""GRU: a recurrent layer with an update gate and a reset gate."""

import tensorflow as tf

from tfk.layers.core.weight_settings import ActivationSetting
from tfk.layers.recurrent.cell_layer import CellLayer, shows_cell
from tfk.layers.recurrent.gate_product import gate_product
from tfk.layers.recurrent.kernels.choose import choose_gru
from tfk.layers.recurrent.kernels.columns import run_scan
from tfk.layers.recurrent.kernels.cudnn import cudnn_gru
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.kernels.gru_scan import gru_scan
from tfk.layers.recurrent.weighted_cell import WeightedCell
from tfk.saving.registry import register
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    TensorLike,
)


@register("layers")
class GRUCell(WeightedCell):
    """One time step of a GRU.

    Args:
        units: Size of the state and the output, a positive integer.
        activation: Activation of the candidate, a name or a callable; None for a linear candidate.
            Defaults to `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"sigmoid"`.
        use_bias: Whether to add biases. Defaults to True.
        kernel_initializer, recurrent_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"orthogonal"` and `"zeros"`.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Optional regularizers of the
            weights, names or objects. All default to None.
        kernel_constraint, recurrent_constraint, bias_constraint: Optional constraints applied to
            the weights after each update. All default to None.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        reset_after: Whether to apply the reset gate after the recurrent matrix product (as cuDNN
            does) rather than before (as in the paper). Defaults to True.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, features)`.
        states: List of one state of shape `(batch, units)`.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
    Input shape: `(batch, features)`.
    Output shape: `(batch, units)`, and the list of the new state, which equals the output.
    Source: Cho et al., 2014, arXiv:1406.1078.
    >>> output, states = GRUCell(4)(tf.ones((2, 3)), [tf.zeros((2, 4))])
    >>> output.shape
    TensorShape([2, 4])
    """

    gates = 3
    recurrent_activation = ActivationSetting()

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
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
        reset_after: bool = True,
        **kwargs,
    ):
        super().__init__(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
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
        self.reset_after = bool(reset_after)
        self.state_size = self.units

    def _bias_shape(self):
        # With reset_after the recurrent part of the candidate is gated, so its bias cannot be
        # merged with the input bias.
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _biases(self, bias):
        """Return the input bias and the recurrent bias, None if absent."""
        if bias is None:
            return None, None
        return tf.unstack(bias) if self.reset_after else (bias, None)

    def call(self, inputs: TensorLike, states, training: bool | None = None):
        h = self.state_tensors(states)[0]
        of_inputs, of_state = self._masks(inputs, h, training)
        input_bias, state_bias = self._biases(self.bias)
        projected = gate_product(inputs, self.kernel, of_inputs)
        if input_bias is not None:
            projected = tf.nn.bias_add(projected, input_bias)
        x_gates, x_candidate = tf.split(projected, [2 * self.units, self.units], -1)
        kernel = tf.convert_to_tensor(self.recurrent_kernel)
        if self.reset_after:
            recurrent = gate_product(h, kernel, of_state)
            if state_bias is not None:
                recurrent = tf.nn.bias_add(recurrent, state_bias)
            h_gates, h_candidate = tf.split(recurrent, [2 * self.units, self.units], -1)
        else:
            h_gates = gate_product(h, kernel[:, : 2 * self.units], of_state and of_state[:2])
        z, r = tf.split(self.recurrent_activation(x_gates + h_gates), 2, -1)
        if self.reset_after:
            h_candidate = r * h_candidate
        else:
            h_candidate = gate_product(
                r * h, kernel[:, 2 * self.units :], of_state and of_state[2:]
            )
        candidate = self.activation(x_candidate + h_candidate)
        h = z * h + (1 - z) * candidate
        return h, [h] if tf.nest.is_nested(states) else h

    def get_config(self) -> Config:
        return {**super().get_config(), "reset_after": self.reset_after}

    def choose(self, situation, features):
        return choose_gru(
            situation,
            self.activation,
            self.recurrent_activation,
            self.noisy(situation),
            self.reset_after,
        )

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ):
        kernel, recurrent, bias = self._weights_in(x.dtype)
        of_inputs, of_state = self._masks(x[0], states[0], training)
        if choice.kernel == "cudnn":
            x = x if of_inputs is None else x * of_inputs[0]
            outputs, h = cudnn_gru(x, states[0], kernel, recurrent, bias, mask, sequences)
            return outputs, h, [h]
        input_bias, state_bias = self._biases(bias)
        projected = gate_product(x, kernel, of_inputs)
        projected = projected if bias is None else tf.nn.bias_add(projected, input_bias)
        if self.reset_after and bias is None:
            state_bias = tf.zeros((3 * self.units,), x.dtype)
        scan = gru_scan(
            choice.way,
            sequences,
            self.units,
            known_name(self.activation),
            known_name(self.recurrent_activation),
            self.reset_after,
        )
        biases = (state_bias,) if self.reset_after else ()
        outputs, h = run_scan(scan, projected, states, recurrent, biases, mask, of_state)
        return outputs, h, [h]


@register("layers", aliases=("CuDNNGRU",))
@shows_cell
class GRU(CellLayer):
    """Gated recurrent unit.

    With update gate z, reset gate r and candidate c:
    `h' = z * h + (1 - z) * c`, `c = activation(x @ W_c + r * (h @ R_c + b_c))`.

    On a GPU it runs in cuDNN if the arguments allow it (tanh, sigmoid, `reset_after`, no recurrent
    dropout); `kernel_used` reports the kernel of the last call and why it was chosen.

    Args:
        units: Size of the state and the output, a positive integer.
        activation: Activation of the candidate, a name or a callable; None for a linear candidate.
            Defaults to `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"sigmoid"`.
        use_bias: Whether to add biases. Defaults to True.
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
        time_major: Whether inputs and outputs have the shape `(time, batch, ...)`. Defaults to
            False.
        reset_after: Whether to apply the reset gate after the product with `R_c` (as in cuDNN and
            above) rather than to h before it (as in the paper). Defaults to True.
        **kwargs: `zero_output_for_mask` (whether outputs of masked steps are zero),
            `implementation` (1 draws separate dropout masks per gate), `seed`, and the arguments of
            `Layer`.
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
    Source: Cho et al., 2014, arXiv:1406.1078.
    >>> GRU(4, return_sequences=True)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    cell_class = GRUCell

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
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
        time_major: bool = False,
        reset_after: bool = True,
        **kwargs,
    ):
        super().__init__(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
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
            time_major=time_major,
            reset_after=reset_after,
            **kwargs,
        )

    def _drops_whole_inputs(self):
        return super()._drops_whole_inputs() and self.reset_after

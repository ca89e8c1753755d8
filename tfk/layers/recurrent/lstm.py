"""LSTM: a recurrent layer with a gated cell state."""

import tensorflow as tf

from tfk.layers.core.weight_settings import ActivationSetting
from tfk.layers.recurrent.cell_layer import CellLayer, shows_cell
from tfk.layers.recurrent.gate_product import gate_product
from tfk.layers.recurrent.kernels.block_lstm import block_lstm
from tfk.layers.recurrent.kernels.choose import choose_lstm
from tfk.layers.recurrent.kernels.columns import run_scan
from tfk.layers.recurrent.kernels.cudnn import cudnn_lstm
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.kernels.lstm_scan import lstm_scan
from tfk.layers.recurrent.weighted_cell import WeightedCell
from tfk.saving.registry import register
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    DTypeLike,
    InitializerLike,
    RegularizerLike,
    TensorLike,
)


def forget_bias_initializer(initializer, units):
    """Return a bias initializer that sets the forget gates, second of four, to 1 so that they start
    open.
    """

    def initialize(shape, dtype=None):
        parts = (
            initializer((units,), dtype),
            tf.ones((units,), dtype),
            initializer((2 * units,), dtype),
        )
        return tf.concat([tf.cast(part, dtype) for part in parts], 0)

    return initialize


@register("layers")
class LSTMCell(WeightedCell):
    """One time step of an LSTM.

    Args:
        units: Size of the states and the output, a positive integer.
        activation: Activation of the candidate and the output, a name or a callable; None for a
            linear one. Defaults to `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"sigmoid"`.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, recurrent_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"orthogonal"` and `"zeros"`.
        unit_forget_bias: Whether to initialize the forget gate bias to 1. Defaults to True.
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
        states: List of two states, h and c, of shape `(batch, units)` each.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
    Input shape: `(batch, features)`.
    Output shape: `(batch, units)`, and the list of the new states h, which equals the output, and
        c.
    Source: Hochreiter and Schmidhuber, 1997, Neural Computation 9.
    >>> output, states = LSTMCell(4)(tf.ones((2, 3)), [tf.zeros((2, 4)), tf.zeros((2, 4))])
    >>> output.shape
    TensorShape([2, 4])
    """

    gates = 4
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
        unit_forget_bias: bool = True,
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
        self.unit_forget_bias = bool(unit_forget_bias)

    @property
    def state_size(self):
        """Sizes of h and c."""
        return [self.units, self.units]

    def _bias_initializer(self):
        if self.unit_forget_bias:
            return forget_bias_initializer(self.bias_initializer, self.units)
        return self.bias_initializer

    def call(self, inputs: TensorLike, states, training: bool | None = None):
        h, c = self.state_tensors(states)
        of_inputs, of_state = self._masks(inputs, h, training)
        total = gate_product(inputs, self.kernel, of_inputs) + gate_product(
            h, self.recurrent_kernel, of_state
        )
        if self.bias is not None:
            total = tf.nn.bias_add(total, self.bias)
        i, f, g, o = tf.split(total, 4, -1)
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def get_initial_state(
        self,
        inputs: TensorLike = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
    ):
        return list(super().get_initial_state(inputs, batch_size, dtype))

    def get_config(self) -> Config:
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}

    def choose(self, situation, features):
        return choose_lstm(
            situation,
            self.activation,
            self.recurrent_activation,
            self.noisy(situation),
            features + self.units,
        )

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ):
        kernel, recurrent, bias = self._weights_in(x.dtype)
        of_inputs, of_state = self._masks(x[0], states[0], training)
        if choice.kernel in ("cudnn", "block_lstm"):
            x = x if of_inputs is None else x * of_inputs[0]
            run = cudnn_lstm if choice.kernel == "cudnn" else block_lstm
            outputs, h, c = run(x, *states, kernel, recurrent, bias, mask, sequences)
            return outputs, h, [h, c]
        projected = gate_product(x, kernel, of_inputs)
        projected = projected if bias is None else tf.nn.bias_add(projected, bias)
        scan = lstm_scan(
            choice.way,
            sequences,
            self.units,
            known_name(self.activation),
            known_name(self.recurrent_activation),
        )
        outputs, h, c = run_scan(scan, projected, states, recurrent, (), mask, of_state)
        return outputs, h, [h, c]


@register("layers", aliases=("CuDNNLSTM",))
@shows_cell
class LSTM(CellLayer):
    """Long short-term memory.

    With gates i, f, o and candidate g, each computed from `x @ W + h @ R + b`:
    `c' = f * c + i * g`, `h' = o * activation(c')`.

    On a GPU it runs in cuDNN, on a CPU in a fused kernel, if the arguments allow it (tanh, sigmoid,
    no recurrent dropout); `kernel_used` reports the kernel of the last call and why it was chosen.

    Args:
        units: Size of the states and the output, a positive integer.
        activation: Activation of the candidate and the output, a name or a callable; None for a
            linear one. Defaults to `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"sigmoid"`.
        use_bias: Whether to add a bias. Defaults to True.
        kernel_initializer, recurrent_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"orthogonal"` and `"zeros"`.
        unit_forget_bias: Whether to initialize the forget gate bias to 1. Defaults to True.
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
        time_major: Whether inputs and outputs have the shape `(time, batch, ...)`. Defaults to
            False.
        unroll: Whether to unroll the loop over time; requires a fixed number of steps. Defaults to
            False.
        **kwargs: `zero_output_for_mask` (whether outputs of masked steps are zero),
            `implementation` (1 draws separate dropout masks per gate), `seed`, and the arguments of
            `Layer`.
    Call arguments:
        inputs: Sequence of shape `(batch, time, features)`; ragged tensors are accepted.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        initial_state: List `[h, c]` of tensors of shape `(batch, units)`; None for zeros. Defaults
            to None.
    Input shape: `(batch, time, features)`.
    Output shape: `(batch, units)`; `(batch, time, units)` with `return_sequences`.
    Raises: ValueError if an argument is out of range or the input does not have three axes.
    Source: Hochreiter and Schmidhuber, 1997, Neural Computation 9.
    >>> LSTM(4, return_state=True)(tf.ones((2, 5, 3)))[2].shape
    TensorShape([2, 4])
    """

    cell_class = LSTMCell

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        unit_forget_bias: bool = True,
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
        time_major: bool = False,
        unroll: bool = False,
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
            unit_forget_bias=unit_forget_bias,
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
            time_major=time_major,
            unroll=unroll,
            **kwargs,
        )

"""GRU: a recurrent layer with an update gate and a reset gate."""

import tensorflow as tf

from tfk.layers.core.weight_settings import ActivationSetting
from tfk.layers.recurrent.arguments import arguments
from tfk.layers.recurrent.cell_layer import CellLayer, shows_cell
from tfk.layers.recurrent.gate_product import gate_product
from tfk.layers.recurrent.kernels.choose import choose_gru
from tfk.layers.recurrent.kernels.columns import run_scan
from tfk.layers.recurrent.kernels.cudnn import cudnn_gru
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.kernels.gru_scan import gru_scan
from tfk.layers.recurrent.weighted_cell import WeightedCell
from tfk.saving.registry import register


@register("layers")
class GRUCell(WeightedCell):
    """One step of GRU.

    Args: those of `GRU` that concern one step.
    Input shape: `(batch, features)` and a list of one state `(batch, units)`.
    Output shape: `(batch, units)` and the list of the new state, which equals the output.
    >>> output, states = GRUCell(4)(tf.ones((2, 3)), [tf.zeros((2, 4))])
    """

    gates = 3
    recurrent_activation = ActivationSetting()

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        reset_after=True,
        **kwargs,
    ):
        given = arguments(locals())
        del given["reset_after"]
        super().__init__(**given)
        self.reset_after = bool(reset_after)
        self.state_size = self.units

    def _bias_shape(self):
        # With reset_after the candidate's recurrent part is gated, so its bias cannot join that of
        # the inputs.
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _biases(self, bias):
        """The bias of the inputs and that of the state, None where there is none."""
        if bias is None:
            return None, None
        return tf.unstack(bias) if self.reset_after else (bias, None)

    def call(self, inputs, states, training=None):
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

    def get_config(self):
        return {**super().get_config(), "reset_after": self.reset_after}

    def choose(self, situation, features):
        return choose_gru(
            situation,
            self.activation,
            self.recurrent_activation,
            self.noisy(situation),
            self.reset_after,
        )

    def over_sequence(self, choice, x, states, mask, training, sequences):
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

    With the update gate z, the reset gate r and the candidate c:
    `h' = z * h + (1 - z) * c`, `c = activation(x @ W_c + r * (h @ R_c + b_c))`.

    On a GPU it runs in cuDNN where the settings allow (tanh, sigmoid, `reset_after`, no recurrent
    dropout); `kernel_used` tells what ran last and why.

    Args:
        units: Size of the state and of the output, a positive integer.
        activation: Of the candidate; name or function, None for none.
        recurrent_activation: Of the two gates.
        use_bias: Whether to add biases.
        kernel_initializer, recurrent_initializer, bias_initializer: Initial values, names or
            objects.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Penalties of the weights.
        activity_regularizer: Penalty of the output.
        kernel_constraint, recurrent_constraint, bias_constraint: Projections applied after each
            update.
        dropout: Share of the inputs dropped while training, in `[0, 1]`.
        recurrent_dropout: The same for the state; the mask stays the same at all time steps.
        return_sequences, return_state, go_backwards, stateful, unroll, time_major: See `RNN`.
        reset_after: Whether the reset gate acts after the product with `R_c` (as in cuDNN, and as
            above) or on h before it (as in the paper).
        **kwargs: `zero_output_for_mask`, `implementation` (1: each gate has dropout masks of its
            own), `seed`, and what every layer takes.
    Input shape: `(batch, time, features)`; masks, ragged tensors and `initial_state` as in `RNN`.
    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`.
    Source: Cho et al., 2014, arXiv:1406.1078.
    >>> GRU(4, return_sequences=True)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    cell_class = GRUCell

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        time_major=False,
        reset_after=True,
        **kwargs,
    ):
        super().__init__(**arguments(locals()))

    def _drops_whole_inputs(self):
        return super()._drops_whole_inputs() and self.reset_after

"""SimpleRNN: a dense layer that also sees its previous output."""

import tensorflow as tf

from tfk.layers.recurrent.arguments import arguments
from tfk.layers.recurrent.cell_layer import CellLayer, shows_cell
from tfk.layers.recurrent.gate_product import gate_product
from tfk.layers.recurrent.kernels.choose import choose_simple
from tfk.layers.recurrent.kernels.columns import run_scan
from tfk.layers.recurrent.kernels.elementwise import known_name
from tfk.layers.recurrent.kernels.simple_scan import simple_scan
from tfk.layers.recurrent.weighted_cell import WeightedCell
from tfk.saving.registry import register


@register("layers")
class SimpleRNNCell(WeightedCell):
    """One step of SimpleRNN: `activation(x @ kernel + h @ recurrent_kernel + bias)`.

    Args: those of `SimpleRNN` that concern one step.
    Input shape: `(batch, features)` and a list of one state `(batch, units)`.
    Output shape: `(batch, units)` and the list of the new state, which equals the output.
    >>> output, states = SimpleRNNCell(4)(tf.ones((2, 3)), [tf.zeros((2, 4))])
    """

    gates = 1
    has_implementation = False

    def __init__(
        self,
        units,
        activation="tanh",
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
        **kwargs,
    ):
        super().__init__(**arguments(locals()))
        self.state_size = self.units

    def call(self, inputs, states, training=None):
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

    def over_sequence(self, choice, x, states, mask, training, sequences):
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
    """Recurrent layer in which `h[t] = activation(x[t] @ kernel + h[t-1] @ recurrent_kernel +
    bias)`.

    Args:
        units: Size of the state and of the output, a positive integer.
        activation: Name or function; None for none.
        use_bias: Whether to add a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: Initial values, names or
            objects.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Penalties of the weights.
        activity_regularizer: Penalty of the output.
        kernel_constraint, recurrent_constraint, bias_constraint: Projections applied after each
            update.
        dropout: Share of the inputs dropped while training, in `[0, 1]`; the same at all time
            steps.
        recurrent_dropout: The same for the state.
        return_sequences, return_state, go_backwards, stateful, unroll: See `RNN`.
        **kwargs: `time_major`, `zero_output_for_mask`, `seed`, and what every layer takes.
    Input shape: `(batch, time, features)`; masks, ragged tensors and `initial_state` as in `RNN`.
    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`.
    Source: Elman, 1990, Cognitive Science 14.
    >>> SimpleRNN(4)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4])
    """

    cell_class = SimpleRNNCell

    def __init__(
        self,
        units,
        activation="tanh",
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
        **kwargs,
    ):
        kwargs.pop("implementation", None)  # there is only one
        super().__init__(**arguments(locals()))

"""What the cells of SimpleRNN, GRU and LSTM share: two kernels, a bias, dropout and their
settings.
"""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    ActivationSetting,
    add_set_weight,
    settings_config,
    store_settings,
)
from tfk.layers.recurrent.arguments import take
from tfk.layers.recurrent.cell_dropout import CellDropout
from tfk.layers.recurrent.states import cell_zero_states
from tfk.utils.autograph import is_library
from tfk.utils.checks import check_choice, check_positive_int
from tfk.utils.control_flow import static_bool

# What `store_settings` makes objects of.
SETTINGS = (
    *("activation", "recurrent_activation"),
    *("kernel_initializer", "recurrent_initializer", "bias_initializer"),
    *("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    *("kernel_constraint", "recurrent_constraint", "bias_constraint"),
)


class WeightedCell(CellDropout, Layer):
    """A cell with `kernel` `(features, gates * units)`, `recurrent_kernel` `(units, gates * units)`
    and a bias.

    A subclass sets `gates`, defines `call`, and the three methods at the end, by which `RNN` runs a
    whole sequence at once.
    """

    gates = 1
    has_implementation = True
    activation = ActivationSetting()

    def __init__(
        self, units, use_bias, dropout, recurrent_dropout, implementation=2, seed=None, **kwargs
    ):
        settings = take(kwargs, SETTINGS)
        kwargs.pop("enable_caching_device", None)  # an option of Keras 2 without effect on results
        super().__init__(**kwargs)
        self.units = check_positive_int(self, "units", units)
        self.use_bias = bool(use_bias)
        store_settings(self, **settings)
        self._settings = tuple(settings)
        self._set_dropout(dropout, recurrent_dropout, seed)
        # 1: every gate has dropout masks of its own, which recurrent dropout requires. 2: one for
        # all.
        self.implementation = (
            1
            if recurrent_dropout
            else check_choice(self, "implementation", implementation, (0, 1, 2))
        )
        self.output_size = self.units

    def build(self, input_shape):
        features = self.known_dim(input_shape, axis=-1)
        width = self.gates * self.units
        self.kernel = add_set_weight(self, "kernel", (features, width))
        self.recurrent_kernel = add_set_weight(
            self, "recurrent_kernel", (self.units, width), role="recurrent"
        )
        self.bias = None
        if self.use_bias:
            self.bias = add_set_weight(
                self, "bias", self._bias_shape(), initializer=self._bias_initializer()
            )

    def _bias_shape(self):
        return (self.gates * self.units,)

    def _bias_initializer(self):
        return self.bias_initializer

    def state_tensors(self, states):
        """The states as a list of tensors in the dtype of the computation."""
        states = states if tf.nest.is_nested(states) else [states]
        return [tf.cast(state, self.compute_dtype) for state in states]

    def _masks(self, inputs, state, training):
        """Dropout masks of the inputs and of the state, lists with one for each gate or None.

        A single mask for all gates comes as a list of one.
        """
        if static_bool(training) is False:
            return None, None
        by_gate = self.gates if self.implementation == 1 else 1
        of_inputs = self.get_dropout_mask_for_cell(inputs, training, count=by_gate)
        of_state = self.get_recurrent_dropout_mask_for_cell(state, training, count=by_gate)
        return tuple(
            None if masks is None else masks if isinstance(masks, list) else [masks]
            for masks in (of_inputs, of_state)
        )

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """Zeros for the batch of `inputs`, or of `batch_size` and `dtype`."""
        return cell_zero_states(self, inputs, batch_size, dtype)

    def get_config(self):
        config = {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            **settings_config(self, *self._settings),
        }
        if self.has_implementation:
            config["implementation"] = self.implementation
        if self.seed is not None:
            config["seed"] = self.seed
        return config

    # Whole sequences ------------------------------------------------------------------------------

    def fusible(self):
        """Whether the formula is still that of the library: a subclass may have changed it."""
        return is_library(type(self).call)

    def noisy(self, situation):
        """Whether dropout masks keep a kernel from seeing plain inputs and states."""
        if static_bool(situation.training) is False:
            return False
        return self.recurrent_dropout > 0 or (self.dropout > 0 and self.implementation == 1)

    def choose(self, situation, features):
        """The `Choice` of a kernel for inputs with so many features."""
        raise NotImplementedError

    def over_sequence(self, choice, x, states, mask, training, sequences):
        """Runs the cell over time by a kernel.

        Args:
            choice: What `choose` returned; not a loop.
            x: `(time, batch, features)`, in the cell's compute dtype like the states.
            states: List of first states.
            mask: `(time, batch)` bool, or None.
            training: Mode of the call.
            sequences: Whether the outputs of all steps are wanted.

        Returns: `(outputs (time, batch, units), or None; last output; list of last states)`.
        """
        raise NotImplementedError

    def _weights_in(self, dtype):
        """Kernel, recurrent kernel and bias (or None) as tensors of `dtype`."""
        return tuple(
            None if weight is None else tf.cast(weight, dtype)
            for weight in (self.kernel, self.recurrent_kernel, self.bias)
        )

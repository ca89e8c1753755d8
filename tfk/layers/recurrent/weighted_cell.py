"""Base class of the SimpleRNN, GRU and LSTM cells: two kernels, a bias, dropout and their
arguments.
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
from tfk.typing import Config, DTypeLike, Shape, TensorLike
from tfk.utils.autograph import is_library
from tfk.utils.checks import check_choice, check_positive_int
from tfk.utils.control_flow import static_bool

# Arguments that `store_settings` resolves to objects.
SETTINGS = (
    *("activation", "recurrent_activation"),
    *("kernel_initializer", "recurrent_initializer", "bias_initializer"),
    *("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    *("kernel_constraint", "recurrent_constraint", "bias_constraint"),
)


class WeightedCell(CellDropout, Layer):
    """Cell with a `kernel` `(features, gates * units)`, a `recurrent_kernel` `(units, gates *
    units)` and a bias.

    A subclass sets `gates` and defines `call` and the last three methods, which `RNN` uses to
    process a whole sequence at once.
    """

    gates = 1
    has_implementation = True
    activation = ActivationSetting()

    def __init__(
        self,
        units: int,
        use_bias: bool,
        dropout: float,
        recurrent_dropout: float,
        implementation: int = 2,
        seed: int | None = None,
        **kwargs,
    ):
        settings = take(kwargs, SETTINGS)
        kwargs.pop("enable_caching_device", None)  # a Keras 2 option that does not affect results
        super().__init__(**kwargs)
        self.units = check_positive_int(self, "units", units)
        self.use_bias = bool(use_bias)
        store_settings(self, **settings)
        self._settings = tuple(settings)
        self._set_dropout(dropout, recurrent_dropout, seed)
        # 1: separate dropout masks per gate, which recurrent dropout requires. 2: one for
        # all.
        self.implementation = (
            1
            if recurrent_dropout
            else check_choice(self, "implementation", implementation, (0, 1, 2))
        )
        self.output_size = self.units

    def build(self, input_shape: Shape):
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
        """Return the states as a list of tensors in the compute dtype."""
        states = states if tf.nest.is_nested(states) else [states]
        return [tf.cast(state, self.compute_dtype) for state in states]

    def _masks(self, inputs, state, training):
        """Return dropout masks of the inputs and of the state, lists with one per gate or None.

        A single mask for all gates is a list of one.
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

    def get_initial_state(
        self,
        inputs: TensorLike = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
    ):
        """Return zeros for the batch of `inputs`, or for `batch_size` and `dtype`."""
        return cell_zero_states(self, inputs, batch_size, dtype)

    def get_config(self) -> Config:
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
        """Return whether `call` is the built-in one: a subclass may have overridden it."""
        return is_library(type(self).call)

    def noisy(self, situation):
        """Return whether dropout masks prevent a kernel from using plain inputs and states."""
        if static_bool(situation.training) is False:
            return False
        return self.recurrent_dropout > 0 or (self.dropout > 0 and self.implementation == 1)

    def choose(self, situation, features):
        """Return the `Choice` of a kernel for inputs with this many features."""
        raise NotImplementedError

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ):
        """Run the cell over time in a kernel.

        Args:
            choice: Result of `choose`; not a loop.
            x: Tensor `(time, batch, features)`, in the cell's compute dtype like the states.
            states: List of initial states.
            mask: Boolean tensor `(time, batch)`, or None.
            training: Mode of the call.
            sequences: Whether the outputs of all steps are needed.

        Returns: `(outputs (time, batch, units), or None; last output; list of final states)`.
        """
        raise NotImplementedError

    def _weights_in(self, dtype):
        """Return kernel, recurrent kernel and bias (or None) as tensors of `dtype`."""
        return tuple(
            None if weight is None else tf.cast(weight, dtype)
            for weight in (self.kernel, self.recurrent_kernel, self.bias)
        )

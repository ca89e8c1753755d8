"""ConvLSTM1D, 2D and 3D: LSTMs whose products are convolutions."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.convolution.window import window_lengths
from tfk.layers.recurrent.arguments import arguments, take
from tfk.layers.recurrent.cell_layer import cell_property, config_with_cell
from tfk.layers.recurrent.conv_lstm_cell import ConvLSTMCell
from tfk.layers.recurrent.rnn import RNN
from tfk.layers.recurrent.scan import rnn
from tfk.layers.recurrent.weighted_cell import SETTINGS
from tfk.saving.registry import register
from tfk.utils.checks import describe
from tfk.utils.shapes import dynamic_shape

CELL_ARGUMENTS = (
    *("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "use_bias"),
    *("unit_forget_bias", "dropout", "recurrent_dropout", "seed", *SETTINGS),
)


class ConvLSTM(RNN):
    """Base of ConvLSTM1D, 2D and 3D, which set `rank`."""

    rank = None
    takes_constants = False

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="hard_sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        **kwargs,
    ):
        given = arguments(locals())
        for option in ("unroll", "time_major"):
            if given.get(option):
                raise TypeError(
                    f"{type(self).__name__}: {option}=True is not possible with convolutions."
                )
        cell = ConvLSTMCell(
            self.rank,
            **take(given, CELL_ARGUMENTS),
            name="conv_lstm_cell",
            dtype=given.get("dtype"),
            trainable=given.get("trainable", True),
        )
        super().__init__(cell, **given)
        self.input_spec = [InputSpec(ndim=self.rank + 3)]

    def _build_cell(self, shape):
        # As in Keras 2 the weights are called after the layer alone: `conv_lstm2d/kernel`.
        self.cell.build(shape)

    def call(self, inputs, mask=None, training=None, initial_state=None):
        return self._run(inputs, mask, training, initial_state, None)

    def _over_time(self, inputs, mask, row_lengths, training, states, constants, first_is_zero):
        cell = self.cell
        self.kernel_used = (
            "loop: convolutions of the inputs of all steps at once, then one for each step"
        )
        of_inputs, of_state = cell.masks(inputs[:, 0], states[0], training)
        if of_inputs is not None:
            of_inputs = [cell_mask[:, tf.newaxis] for cell_mask in of_inputs]
        return rnn(
            lambda projected, states: cell.advance(projected, states, of_state),
            cell.project(inputs, of_inputs),
            states,
            go_backwards=self.go_backwards,
            mask=mask,
            input_length=row_lengths,
            # As in Keras 2 zero_output_for_mask is without effect here, also inside of a
            # Bidirectional.
            return_all_outputs=self.return_sequences,
        )

    def compute_output_shape(self, input_shape):
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        sequence = self.cell.output_shape(shape)
        state = sequence[:1] + sequence[2:]
        output = sequence if self.return_sequences else state
        return [output, state, state] if self.return_state else output

    def get_initial_state(self, inputs):
        """Zeros of the shape of an output.

        Args:
            inputs: The inputs, for their sizes and dtype.
        """
        sizes = dynamic_shape(inputs)
        rank, first = self.rank, self.cell.data_format == "channels_first"
        cell = self.cell
        spatial = window_lengths(
            sizes[-rank:] if first else sizes[-rank - 1 : -1],
            cell.kernel_size,
            cell.padding,
            cell.strides,
            cell.dilation_rate,
        )
        shape = [sizes[0], cell.filters, *spatial] if first else [sizes[0], *spatial, cell.filters]
        return [tf.zeros(shape, inputs.dtype), tf.zeros(shape, inputs.dtype)]

    def _check_states(self, given):
        wanted = (None, self.cell.filters) + (None,) * self.rank
        if self.cell.data_format == "channels_last":
            wanted = (None,) * (self.rank + 1) + (self.cell.filters,)
        if len(given) != 2 or not all(state.shape.is_compatible_with(wanted) for state in given):
            shapes = [tuple(state.shape) for state in given]
            raise ValueError(
                f"{describe(self)}: expected 2 initial states of shape {wanted}, got {shapes}."
            )

    def _beginning(self):
        self._known_batch_size()
        spec = self.input_spec[0].shape
        sequence = self.cell.output_shape(spec)
        shape = sequence[:1] + sequence[2:]
        if not shape.is_fully_defined():
            raise ValueError(
                f"{describe(self)}: a stateful layer needs to know all sizes of its input but the"
                f" time, got {spec}."
            )
        return [tf.zeros(shape, self.variable_dtype)] * 2

    def _begins_at_zero(self):
        return not self.stateful

    def get_config(self):
        return config_with_cell(self, super().get_config())

    @classmethod
    def from_config(cls, config):
        return cls(**config)


for _name in CELL_ARGUMENTS:
    if _name != "seed":
        setattr(ConvLSTM, _name, cell_property(_name))


@register("layers")
class ConvLSTM1D(ConvLSTM):
    """ConvLSTM over sequences of rows.

    Args: as of `ConvLSTM2D`, with sizes that are integers or tuples of one.
    Input shape: `(batch, time, length, channels)`, or channels before length.
    Output shape: `(batch, new_length, filters)`, with `return_sequences` `(batch, time, new_length,
        filters)`.
    >>> ConvLSTM1D(4, 3, padding="same")(tf.ones((2, 5, 8, 3))).shape
    TensorShape([2, 8, 4])
    """

    rank = 1


@register("layers")
class ConvLSTM2D(ConvLSTM):
    """LSTM over sequences of images in which convolutions take the place of matrix products.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Size of the window, an integer or a tuple of two.
        strides: Step of the window over the inputs; that over the state is always 1.
        padding: `"valid"` or `"same"`, for the inputs.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
        dilation_rate: Distance between the window's elements over the inputs; not together with
            strides.
        activation: Of the candidate and the output.
        recurrent_activation: Of the three gates.
        use_bias: Whether to add a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: Initial values, names or
            objects.
        unit_forget_bias: Whether the forget gates' biases begin at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Penalties of the weights.
        activity_regularizer: Penalty of the output.
        kernel_constraint, recurrent_constraint, bias_constraint: Projections applied after each
            update.
        return_sequences, return_state, go_backwards, stateful: See `RNN`.
        dropout: Share of the inputs dropped while training, in `[0, 1]`; the same at all time
            steps.
        recurrent_dropout: The same for the state.
        **kwargs: `seed`, and what every layer takes.
    Input shape: `(batch, time, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, filters)`, with `return_sequences` a time axis
        behind the batch.
    Raises: ValueError for invalid sizes or an input smaller than the window.
    Source: Shi et al., 2015, arXiv:1506.04214, without its peephole connections.
    >>> ConvLSTM2D(4, 3, return_sequences=True)(tf.ones((2, 5, 8, 8, 3))).shape
    TensorShape([2, 5, 6, 6, 4])
    """

    rank = 2


@register("layers")
class ConvLSTM3D(ConvLSTM):
    """ConvLSTM over sequences of volumes.

    Args: as of `ConvLSTM2D`, with sizes that are integers or tuples of three.
    Input shape: `(batch, time, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, filters)`, with `return_sequences` a
        time axis behind the batch.
    >>> ConvLSTM3D(4, 2)(tf.ones((2, 3, 4, 4, 4, 1))).shape
    TensorShape([2, 3, 3, 3, 4])
    """

    rank = 3

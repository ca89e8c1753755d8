"""ConvLSTM1D, 2D and 3D: LSTMs with convolutions instead of matrix products."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.convolution.window import window_lengths
from tfk.layers.recurrent.cell_layer import cell_property, config_with_cell
from tfk.layers.recurrent.conv_lstm_cell import ConvLSTMCell
from tfk.layers.recurrent.rnn import RNN
from tfk.layers.recurrent.scan import rnn
from tfk.layers.recurrent.weighted_cell import SETTINGS
from tfk.saving.registry import register
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    DataFormat,
    InitializerLike,
    Ints,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import describe
from tfk.utils.shapes import dynamic_shape

CELL_ARGUMENTS = (
    *("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "use_bias"),
    *("unit_forget_bias", "dropout", "recurrent_dropout", "seed", *SETTINGS),
)


class ConvLSTM(RNN):
    """Base class of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`, which set `rank`."""

    rank = None
    takes_constants = False

    def __init__(
        self,
        filters: int,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "hard_sigmoid",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs,
    ):
        for option in ("unroll", "time_major"):
            if kwargs.get(option):
                raise TypeError(
                    f"{type(self).__name__}: {option}=True is not possible with convolutions."
                )
        cell = ConvLSTMCell(
            self.rank,
            filters=filters,
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=kwargs.pop("seed", None),
            name="conv_lstm_cell",
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
        )
        super().__init__(
            cell,
            activity_regularizer=activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            **kwargs,
        )
        self.input_spec = [InputSpec(ndim=self.rank + 3)]

    def _build_cell(self, shape):
        # As in Keras 2, weight names only contain the name of the layer: `conv_lstm2d/kernel`.
        self.cell.build(shape)

    def call(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        training: bool | None = None,
        initial_state: TensorLike = None,
    ):
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
            # As in Keras 2, zero_output_for_mask has no effect here, not even inside a
            # Bidirectional.
            return_all_outputs=self.return_sequences,
        )

    def compute_output_shape(self, input_shape: Shape):
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        sequence = self.cell.output_shape(shape)
        state = sequence[:1] + sequence[2:]
        output = sequence if self.return_sequences else state
        return [output, state, state] if self.return_state else output

    def get_initial_state(self, inputs: TensorLike):
        """Return zeros in the shape of an output.

        Args:
            inputs: The inputs, which determine sizes and dtype.
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

    def get_config(self) -> Config:
        return config_with_cell(self, super().get_config())

    @classmethod
    def from_config(cls, config: Config):
        return cls(**config)


for _name in CELL_ARGUMENTS:
    if _name != "seed":
        setattr(ConvLSTM, _name, cell_property(_name))


@register("layers")
class ConvLSTM1D(ConvLSTM):
    """1D convolutional LSTM, over sequences of rows.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Stride of the input convolution, an integer or a tuple of one; the recurrent
            convolution always has stride 1. Defaults to 1.
        padding: Padding of the input convolution, `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Dilation of the input convolution; cannot exceed 1 together with `strides`.
            Defaults to 1.
        activation: Activation of the candidate and the output, a name or a callable. Defaults to
            `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"hard_sigmoid"`.
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
        return_sequences: Whether to return the outputs of all time steps rather than the last one.
            Defaults to False.
        return_state: Whether to return the final states after the output. Defaults to False.
        go_backwards: Whether to process the sequence in reverse; outputs keep the order of
            computation. Defaults to False.
        stateful: Whether each batch starts from the final states of the previous one; requires a
            fixed batch size. Defaults to False.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, time, length, channels)`.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        initial_state: List `[h, c]` of tensors in the shape of an output; None for zeros. Defaults
            to None.
    Input shape: `(batch, time, length, channels)`, or channels before length.
    Output shape: `(batch, new_length, filters)`; `(batch, time, new_length, filters)` with
        `return_sequences`.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    Source: Shi et al., 2015, arXiv:1506.04214, without peephole connections.
    >>> ConvLSTM1D(4, 3, padding="same")(tf.ones((2, 5, 8, 3))).shape
    TensorShape([2, 8, 4])
    """

    rank = 1


@register("layers")
class ConvLSTM2D(ConvLSTM):
    """2D convolutional LSTM, over sequences of images.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Stride of the input convolution, an integer or a tuple of two; the recurrent
            convolution always has stride 1. Defaults to `(1, 1)`.
        padding: Padding of the input convolution, `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Dilation of the input convolution; cannot exceed 1 together with `strides`.
            Defaults to `(1, 1)`.
        activation: Activation of the candidate and the output, a name or a callable. Defaults to
            `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"hard_sigmoid"`.
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
        return_sequences: Whether to return the outputs of all time steps rather than the last one.
            Defaults to False.
        return_state: Whether to return the final states after the output. Defaults to False.
        go_backwards: Whether to process the sequence in reverse; outputs keep the order of
            computation. Defaults to False.
        stateful: Whether each batch starts from the final states of the previous one; requires a
            fixed batch size. Defaults to False.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, time, height, width, channels)`.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        initial_state: List `[h, c]` of tensors in the shape of an output; None for zeros. Defaults
            to None.
    Input shape: `(batch, time, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, filters)`; `(batch, time, new_height, new_width,
        filters)` with `return_sequences`.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    Source: Shi et al., 2015, arXiv:1506.04214, without peephole connections.
    >>> ConvLSTM2D(4, 3, return_sequences=True)(tf.ones((2, 5, 8, 8, 3))).shape
    TensorShape([2, 5, 6, 6, 4])
    """

    rank = 2


@register("layers")
class ConvLSTM3D(ConvLSTM):
    """3D convolutional LSTM, over sequences of volumes.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(depth, height, width)`.
        strides: Stride of the input convolution, an integer or a tuple of three; the recurrent
            convolution always has stride 1. Defaults to `(1, 1, 1)`.
        padding: Padding of the input convolution, `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Dilation of the input convolution; cannot exceed 1 together with `strides`.
            Defaults to `(1, 1, 1)`.
        activation: Activation of the candidate and the output, a name or a callable. Defaults to
            `"tanh"`.
        recurrent_activation: Activation of the gates, a name or a callable. Defaults to
            `"hard_sigmoid"`.
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
        return_sequences: Whether to return the outputs of all time steps rather than the last one.
            Defaults to False.
        return_state: Whether to return the final states after the output. Defaults to False.
        go_backwards: Whether to process the sequence in reverse; outputs keep the order of
            computation. Defaults to False.
        stateful: Whether each batch starts from the final states of the previous one; requires a
            fixed batch size. Defaults to False.
        dropout: Fraction of the inputs to drop during training, in `[0, 1]`. Defaults to 0.0.
        recurrent_dropout: Fraction of the recurrent state to drop during training, in `[0, 1]`; one
            mask serves all time steps. Defaults to 0.0.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, time, depth, height, width, channels)`.
        mask: Boolean tensor of shape `(batch, time)`; False steps leave states and output
            unchanged. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        initial_state: List `[h, c]` of tensors in the shape of an output; None for zeros. Defaults
            to None.
    Input shape: `(batch, time, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, filters)`, with a time axis after the
        batch axis with `return_sequences`.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    Source: Shi et al., 2015, arXiv:1506.04214, without peephole connections.
    >>> ConvLSTM3D(4, 2)(tf.ones((2, 3, 4, 4, 4, 1))).shape
    TensorShape([2, 3, 3, 3, 4])
    """

    rank = 3

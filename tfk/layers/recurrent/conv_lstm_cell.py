"""One time step of a convolutional LSTM."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.conv import convolve
from tfk.layers.convolution.window import (
    channel_axis,
    in_channels_last,
    window_lengths,
    window_output_shape,
)
from tfk.layers.core.weight_settings import (
    ActivationSetting,
    add_set_weight,
    settings_config,
    store_settings,
)
from tfk.layers.recurrent.arguments import take
from tfk.layers.recurrent.cell_dropout import CellDropout
from tfk.layers.recurrent.lstm import forget_bias_initializer
from tfk.layers.recurrent.weighted_cell import SETTINGS
from tfk.utils.checks import check_positive_int, check_tuple, describe
from tfk.utils.conv_arithmetic import normalize_data_format, normalize_padding


class ConvLSTMCell(CellDropout, Layer):
    """One time step of a ConvLSTM over `rank` spatial axes; the arguments are those of
    `ConvLSTM2D`.
    """

    activation = ActivationSetting()
    recurrent_activation = ActivationSetting()

    def __init__(
        self,
        rank,
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        use_bias,
        unit_forget_bias,
        dropout,
        recurrent_dropout,
        seed=None,
        **kwargs,
    ):
        settings = take(kwargs, SETTINGS)
        super().__init__(**kwargs)
        self.rank = rank
        self.filters = check_positive_int(self, "filters", filters)
        self.kernel_size = check_tuple(self, "kernel_size", kernel_size, rank)
        self.strides = check_tuple(self, "strides", strides, rank)
        self.dilation_rate = check_tuple(self, "dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{describe(self)}: strides={self.strides} and dilation_rate={self.dilation_rate}"
                " cannot both exceed 1."
            )
        self.padding = normalize_padding(padding, self)
        self.data_format = normalize_data_format(data_format, self)
        self.use_bias, self.unit_forget_bias = bool(use_bias), bool(unit_forget_bias)
        store_settings(self, **settings)
        self._set_dropout(dropout, recurrent_dropout, seed)

    @property
    def state_size(self):
        """Channels of h and c."""
        return (self.filters, self.filters)

    def build(self, input_shape):
        channels = self.known_dim(input_shape, channel_axis(self.data_format, self.rank))
        self.output_shape(input_shape)  # raises for inputs smaller than the window
        bias = self.bias_initializer
        if self.unit_forget_bias:
            bias = forget_bias_initializer(bias, self.filters)
        width = 4 * self.filters
        self.kernel = add_set_weight(self, "kernel", (*self.kernel_size, channels, width))
        self.recurrent_kernel = add_set_weight(
            self, "recurrent_kernel", (*self.kernel_size, self.filters, width), role="recurrent"
        )
        self.bias = (
            add_set_weight(self, "bias", (width,), initializer=bias) if self.use_bias else None
        )

    def call(self, inputs, states, training=None):
        of_inputs, of_state = self.masks(inputs, states[0], training)
        return self.advance(self.project(inputs, of_inputs), states, of_state)

    def masks(self, inputs, state, training):
        """Return dropout masks of inputs and state, lists with one per gate or None."""
        return (
            self.get_dropout_mask_for_cell(inputs, training, count=4),
            self.get_recurrent_dropout_mask_for_cell(state, training, count=4),
        )

    def project(self, inputs, masks):
        """Convolve the inputs with the kernels of all gates and add the bias.

        Args:
            inputs: Tensor in the data format of the cell, with any number of batch axes.
            masks: None, or a list of one mask per gate.
        """
        projected = self._convolve(
            inputs, self.kernel, masks, self.strides, self.padding, self.dilation_rate
        )
        if self.bias is None:
            return projected
        bias = tf.cast(self.bias, projected.dtype)
        if self.data_format == "channels_first":
            bias = tf.reshape(bias, (-1,) + (1,) * self.rank)
        return projected + bias

    def advance(self, projected, states, masks):
        """Complete the step after `project`: return `(output, [h, c])`."""
        h, c = (tf.cast(state, projected.dtype) for state in states)
        ones = (1,) * self.rank
        total = projected + self._convolve(h, self.recurrent_kernel, masks, ones, "same", ones)
        i, f, g, o = tf.split(total, 4, channel_axis(self.data_format, self.rank))
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def _convolve(self, inputs, kernel, masks, strides, padding, dilation_rate):
        def run(inputs, kernel):
            return in_channels_last(
                lambda x: convolve(x, kernel, strides, padding.upper(), dilation_rate),
                inputs,
                self.data_format,
                self.rank,
            )

        kernel = tf.cast(kernel, inputs.dtype)
        if masks is None:
            return run(inputs, kernel)
        parts = [run(inputs * mask, part) for mask, part in zip(masks, tf.split(kernel, 4, -1))]
        return tf.concat(parts, channel_axis(self.data_format, self.rank))

    def output_shape(self, input_shape):
        """Return the shape of output and states, for inputs with any number of batch axes."""

        def lengths(sizes):
            return window_lengths(
                sizes, self.kernel_size, self.padding, self.strides, self.dilation_rate
            )

        return window_output_shape(
            self, input_shape, self.rank, self.data_format, lengths, self.filters
        )

    def get_config(self):
        config = {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "use_bias": self.use_bias,
            "unit_forget_bias": self.unit_forget_bias,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            **settings_config(self, *SETTINGS),
        }
        return config if self.seed is None else {**config, "seed": self.seed}

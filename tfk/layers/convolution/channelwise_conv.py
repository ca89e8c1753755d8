"""Base class of depthwise and separable convolutions, which apply one window per channel."""

import tensorflow as tf

from tfk.layers.convolution.base_conv import BaseConv
from tfk.layers.core.weight_settings import settings_config, store_settings, weight_arguments
from tfk.typing import Config, ConstraintLike, InitializerLike, RegularizerLike, Shape
from tfk.utils.checks import check_positive_int, describe


class ChannelwiseConv(BaseConv):
    """Base class of convolutions that filter each channel separately.

    A subclass adds its other weights in `build` and defines `convolution_op(inputs, kernel)`.
    `groups` and the `kernel_...` arguments only apply to full convolutions: Keras 2 accepts them
    here too and ignores them.
    """

    def __init__(
        self,
        *args,
        depth_multiplier: int = 1,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        depthwise_regularizer: RegularizerLike | None = None,
        depthwise_constraint: ConstraintLike | None = None,
        groups: int = 1,
        kernel_initializer: InitializerLike = "glorot_uniform",
        kernel_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.depth_multiplier = check_positive_int(self, "depth_multiplier", depth_multiplier)
        self.groups = check_positive_int(self, "groups", groups)
        if len(set(self.strides)) > 1:
            raise ValueError(
                f"{describe(self)}: expected equal strides along both axes, got"
                f" strides={self.strides}."
            )
        store_settings(
            self,
            depthwise_initializer=depthwise_initializer,
            depthwise_regularizer=depthwise_regularizer,
            depthwise_constraint=depthwise_constraint,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=kernel_regularizer,
            kernel_constraint=kernel_constraint,
        )

    def build(self, input_shape: Shape):
        channels = self._input_channels(input_shape)
        self.compute_output_shape(input_shape)  # raises for inputs smaller than the window
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )

    def _convolve(self, inputs):
        return self.convolution_op(inputs, self.depthwise_kernel)

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("depthwise"))
        return {
            **super().get_config(),
            "depth_multiplier": self.depth_multiplier,
            "groups": self.groups,
            **settings,
        }


def convolve_channels(inputs, kernel, strides, padding, dilations):
    """Convolution of `(batch, *spatial, channels)` with `(*window, channels, multiplier)`, channel
    by channel.
    """
    if len(strides) == 1:  # treat a single axis as an image with one row
        images, kernel = tf.expand_dims(inputs, axis=1), tf.expand_dims(kernel, axis=0)
        outputs = convolve_channels(images, kernel, strides * 2, padding, (1, *dilations))
        return tf.squeeze(outputs, axis=1)
    return tf.nn.depthwise_conv2d(inputs, kernel, (1, *strides, 1), padding, dilations=dilations)

"""Private names of the convolutions."""

from tfk.layers.convolution.base_conv import BaseConv

CLASS = BaseConv


def _compute_causal_padding(layer, inputs=None):
    """What `tf.pad` takes: zeros before the first step, for an input of rank 3."""
    before = layer.dilation_rate[0] * (layer.kernel_size[0] - 1)
    if layer.data_format == "channels_last":
        return [[0, 0], [before, 0], [0, 0]]
    return [[0, 0], [0, 0], [before, 0]]


NAMES = {"_compute_causal_padding": (_compute_causal_padding, "qkeras")}

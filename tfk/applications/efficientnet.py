"""EfficientNet: a network of inverted residual blocks, scaled in width, depth and image size."""

import math
import typing

import tensorflow as tf

from tfk import initializers, layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import (
    batch_norm,
    channel_axis,
    convolution,
    make_divisible,
    pad_for_stride,
    squeeze_and_excite,
)
from tfk.applications.variants import variant


class Stage(typing.NamedTuple):
    """Consecutive blocks of one kind. The first takes `filters_in` channels and applies the stride;
    `id_skip` enables shortcuts.
    """

    kernel_size: int
    repeats: int
    filters_in: int
    filters_out: int
    expand_ratio: int
    strides: int
    se_ratio: float = 0.25
    id_skip: bool = True

    def scaled(self, width, depth, rounded):
        """Return the blocks of the stage, one Stage each, in a network `width` times as wide and
        `depth` times as deep.
        """
        filters_in, filters_out = (
            rounded(self.filters_in * width),
            rounded(self.filters_out * width),
        )
        first = self._replace(repeats=1, filters_in=filters_in, filters_out=filters_out)
        other = first._replace(filters_in=filters_out, strides=1)
        return [first] + [other] * (math.ceil(self.repeats * depth) - 1)


STAGES = (
    Stage(3, 1, 32, 16, 1, 1),
    Stage(3, 2, 16, 24, 6, 2),
    Stage(5, 2, 24, 40, 6, 2),
    Stage(3, 3, 40, 80, 6, 2),
    Stage(5, 3, 80, 112, 6, 1),
    Stage(5, 4, 112, 192, 6, 2),
    Stage(3, 1, 192, 320, 6, 1),
)


def dense_initializer():
    """Return the initial values of the classifier's kernel."""
    return initializers.VarianceScaling(1 / 3, "fan_out", "uniform")


def norm_and_activation(x, name, activation=None, **norm):
    """Batch normalization `<name>bn` and, unless the activation is None, `<name>activation`."""
    x = batch_norm(x, f"{name}bn", **norm)
    return layers.Activation(activation, name=f"{name}activation")(x) if activation else x


def unit(x, filters, window, stride, name, activation=None, padding="same", **norm):
    """Convolution `<name>conv` without bias, normalization, and the activation unless it is
    None.
    """
    x = convolution(x, filters, window, stride, f"{name}conv", use_bias=False, padding=padding)
    return norm_and_activation(x, name, activation, **norm)


def depthwise(x, window, stride, name, padding="same"):
    """Depthwise convolution."""
    initializer = initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")
    options = {"use_bias": False, "depthwise_initializer": initializer}
    return layers.DepthwiseConv2D(window, stride, padding, name=name, **options)(x)


def excite(x, block, name, activation):
    """Squeeze-and-excite, if the block uses it."""
    if not 0 < block.se_ratio <= 1:
        return x
    return squeeze_and_excite(x, block.filters_in * block.se_ratio, name, activation)


def add_shortcut(x, shortcut, block, drop_rate, name):
    """Add the shortcut if the shapes match; training drops `x` for a fraction `drop_rate` of the
    samples."""
    if not block.id_skip or block.strides > 1 or block.filters_in != block.filters_out:
        return x
    if drop_rate > 0:
        x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return layers.Add(name=f"{name}add")([x, shortcut])


def depthwise_as_trained(x, block, name):
    """Depthwise convolution, padded as for the published weights."""
    if block.strides == 1:
        return depthwise(x, block.kernel_size, 1, f"{name}dwconv")
    x = pad_for_stride(x, block.kernel_size, f"{name}dwconv_pad")
    return depthwise(x, block.kernel_size, block.strides, f"{name}dwconv", padding="valid")


def inverted_residual(
    x, block, name, drop_rate, activation, depthwise=depthwise_as_trained, **norm
):
    """Inverted residual block: 1x1 expansion, depthwise convolution, squeeze-and-excite, 1x1
    projection."""
    shortcut = x
    if block.expand_ratio != 1:
        x = unit(
            x, block.filters_in * block.expand_ratio, 1, 1, f"{name}expand_", activation, **norm
        )
    x = depthwise(x, block, name)
    x = norm_and_activation(x, name, activation, **norm)
    x = excite(x, block, name, activation)
    x = unit(x, block.filters_out, 1, 1, f"{name}project_", **norm)
    return add_shortcut(x, shortcut, block, drop_rate, name)


def block_names(stages):
    """Return the pairs of name and block for a list of stages, each a list of blocks: `block1a_`,
    `block2a_`, `block2b_`...
    """
    for number, stage in enumerate(stages, start=1):
        for letter, block in enumerate(stage, start=ord("a")):
            yield f"block{number}{chr(letter)}_", block


def efficientnet(
    model_name,
    width,
    depth,
    default_size,
    dropout_rate,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    drop_connect_rate=0.2,
    depth_divisor=8,
    activation="swish",
    blocks_args="default",
):
    """The base network scaled by {width} in width and {depth} in depth.

    Images: {default_size}x{default_size} for the classifier, at least 32x32, pixels in `[0, 255]`.
    Source: Tan and Le, 2019, arXiv:1905.11946.
    """
    request = Request(
        model_name,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )

    def rounded(filters):
        return make_divisible(filters, depth_divisor)

    x = request.start(default_size, minimum_size=32)
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Normalization(axis=channel_axis())(x)
    if request.pretrained:
        x = divide_by_root_of_stddev(x)
    x = pad_for_stride(x, 3, "stem_conv_pad")
    x = unit(x, rounded(32 * width), 3, 2, "stem_", activation, padding="valid")
    table = STAGES if blocks_args == "default" else [Stage(**row) for row in blocks_args]
    stages = [stage.scaled(width, depth, rounded) for stage in table]
    count = sum(len(stage) for stage in stages)
    for number, (name, block) in enumerate(block_names(stages)):
        x = inverted_residual(x, block, name, drop_connect_rate * number / count, activation)
    x = unit(x, rounded(1280 * width), 1, 1, "top_", activation)
    x = request.head(x, dropout_rate=dropout_rate, kernel_initializer=dense_initializer())
    return request.model(model_name, x, weight_files.EFFICIENTNET)


def divide_by_root_of_stddev(x):
    """Rescaling that the published weights need: their normalization omits one division by the
    standard deviations.
    """
    factors = [1 / math.sqrt(stddev) for stddev in imagenet_utils.STDDEV]
    shape = [3 if axis == channel_axis() else 1 for axis in range(4)]
    return tf.math.multiply(x, tf.reshape(factors, shape))


def _variant(name, width, depth, default_size, dropout_rate):
    return variant(
        __name__,
        name,
        efficientnet,
        model_name=name.lower(),
        width=width,
        depth=depth,
        default_size=default_size,
        dropout_rate=dropout_rate,
    )


EfficientNetB0 = _variant("EfficientNetB0", 1.0, 1.0, 224, 0.2)
EfficientNetB1 = _variant("EfficientNetB1", 1.0, 1.1, 240, 0.2)
EfficientNetB2 = _variant("EfficientNetB2", 1.1, 1.2, 260, 0.3)
EfficientNetB3 = _variant("EfficientNetB3", 1.2, 1.4, 300, 0.3)
EfficientNetB4 = _variant("EfficientNetB4", 1.4, 1.8, 380, 0.4)
EfficientNetB5 = _variant("EfficientNetB5", 1.6, 2.2, 456, 0.4)
EfficientNetB6 = _variant("EfficientNetB6", 1.8, 2.6, 528, 0.5)
EfficientNetB7 = _variant("EfficientNetB7", 2.0, 3.1, 600, 0.5)

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

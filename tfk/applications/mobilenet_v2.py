"""MobileNetV2: inverted residual blocks."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm, channels_of, make_divisible, pad_for_stride
from tfk.applications.variants import documented

SIZES = (96, 128, 160, 192, 224)  # of the images that weights were published for
ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
# Filters, number of blocks, stride of the first one.
STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
EXPANSION = 6
NORM = {"epsilon": 1e-3, "momentum": 0.999}


def norm_and_relu6(x, name):
    """Batch normalization and ReLU6 after the layer `name`."""
    x = batch_norm(x, f"{name}_BN", **NORM)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def inverted_residual(x, filters, stride, number):
    """Inverted residual block: 1x1 expansion (except in the first block), depthwise convolution,
    linear 1x1 projection.
    """
    shortcut, channels = x, channels_of(x)
    name = f"block_{number}" if number else "expanded_conv"
    if number:
        x = layers.Conv2D(
            EXPANSION * channels, 1, padding="same", use_bias=False, name=f"{name}_expand"
        )(x)
        x = norm_and_relu6(x, f"{name}_expand")
    if stride == 2:
        x = pad_for_stride(x, 3, f"{name}_pad")
    padding = "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(3, stride, padding, use_bias=False, name=f"{name}_depthwise")(x)
    x = norm_and_relu6(x, f"{name}_depthwise")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = batch_norm(x, f"{name}_project_BN", **NORM)
    if channels == filters and stride == 1:
        x = layers.Add(name=f"{name}_add")([shortcut, x])
    return x


@documented
def MobileNetV2(
    input_shape=None,
    alpha=1.0,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Network of inverted residual blocks for small devices.

    Images: 224x224 for the classifier (ImageNet weights: also 192, 160, 128 and 96), at least
        32x32; prepare them
    with `preprocess_input` of this module. ImageNet weights: `alpha` 0.35, 0.5, 0.75, 1, 1.3 or
        1.4.
    Source: Sandler et al., 2018, arXiv:1801.04381.
    """
    request = Request(
        "mobilenetv2",
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    image = request.start(request.published_size(SIZES), minimum_size=32)
    size = request.size_of_weights(SIZES)
    request.require("alpha", alpha, ALPHAS)
    x = layers.Conv2D(
        make_divisible(32 * alpha), 3, 2, padding="same", use_bias=False, name="Conv1"
    )(image)
    x = batch_norm(x, "bn_Conv1", **NORM)
    x = layers.ReLU(6.0, name="Conv1_relu")(x)
    number = 0
    for filters, count, first_stride in STAGES:
        for block in range(count):
            stride = first_stride if block == 0 else 1
            x = inverted_residual(x, make_divisible(int(filters * alpha)), stride, number)
            number += 1
    x = layers.Conv2D(make_divisible(1280 * max(1.0, alpha)), 1, use_bias=False, name="Conv_1")(x)
    x = batch_norm(x, "Conv_1_bn", **NORM)
    x = layers.ReLU(6.0, name="out_relu")(x)
    x = request.head(x, top_pool=None, pool=None)
    key = f"{float(alpha)}_{size}"
    return request.model(f"mobilenetv2_{alpha:0.2f}_{size}", x, weight_files.MOBILENET_V2, key)


preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

"""MobileNet: depthwise separable convolutions with a width multiplier."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm
from tfk.applications.variants import documented

SIZES = (128, 160, 192, 224)  # of the images that weights were published for
ALPHAS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}
# Filters and stride of each block.
BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)


def norm_and_relu6(x, name):
    """Batch normalization and ReLU6."""
    x = batch_norm(x, f"{name}_bn")
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def separable_block(x, filters, stride, depth_multiplier, number):
    """A 3x3 depthwise convolution, then a 1x1 convolution, each with normalization and ReLU6."""
    if stride > 1:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    name, padding = f"conv_dw_{number}", "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(3, stride, padding, depth_multiplier, use_bias=False, name=name)(x)
    x = norm_and_relu6(x, name)
    name = f"conv_pw_{number}"
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)
    return norm_and_relu6(x, name)


@documented
def MobileNet(
    input_shape=None,
    alpha=1.0,
    depth_multiplier=1,
    dropout=1e-3,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Network of depthwise separable convolutions for small devices.

    Images: 224x224 for the classifier (ImageNet weights: also 192, 160 and 128), at least 32x32;
        prepare them
    with `preprocess_input` of this module. ImageNet weights: `alpha` 0.25, 0.5, 0.75 or 1,
        `depth_multiplier` 1.
    Source: Howard et al., 2017, arXiv:1704.04861.
    """
    request = Request(
        "mobilenet",
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
    request.require("depth_multiplier", depth_multiplier, (1,))
    request.require("alpha", alpha, ALPHAS)
    x = layers.Conv2D(int(32 * alpha), 3, 2, padding="same", use_bias=False, name="conv1")(image)
    x = norm_and_relu6(x, "conv1")
    for number, (filters, stride) in enumerate(BLOCKS, start=1):
        x = separable_block(x, int(filters * alpha), stride, depth_multiplier, number)
    if request.include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
        x = layers.Reshape((classes,), name="reshape_2")(x)
        x = layers.Activation(classifier_activation, name="predictions")(x)
    else:
        x = request.pool(x)
    key = f"{ALPHAS.get(alpha)}_{size}"
    return request.model(f"mobilenet_{alpha:0.2f}_{size}", x, weight_files.MOBILENET, key)


preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

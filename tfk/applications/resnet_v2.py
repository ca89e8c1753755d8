"""The second version of ResNet: normalization and ReLU before the convolutions."""

from tfk import layers
from tfk.applications import imagenet_utils
from tfk.applications.resnet import norm_and_relu, resnet
from tfk.applications.variants import variant


def preactivated_bottleneck(x, filters, stride, projects, name):
    """Normalization and ReLU, then 1x1, 3x3 and 1x1 convolutions, added to the shortcut."""
    shortcut, x = x, norm_and_relu(x, f"{name}_preact")
    if projects:
        shortcut = layers.Conv2D(4 * filters, 1, stride, name=f"{name}_0_conv")(x)
    elif stride > 1:
        shortcut = layers.MaxPooling2D(1, stride)(shortcut)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(x)
    x = norm_and_relu(x, f"{name}_1")
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = layers.Conv2D(filters, 3, stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = norm_and_relu(x, f"{name}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([shortcut, x])


def stack(x, filters, blocks, number):
    """One stage; its last block halves the image size, except in the last stage."""
    for block in range(1, blocks + 1):
        stride = 2 if block == blocks and number < 5 else 1
        x = preactivated_bottleneck(x, filters, stride, block == 1, f"conv{number}_block{block}")
    return x


def _variant(name, blocks):
    return variant(
        __name__,
        name,
        resnet,
        model_name=name.lower(),
        blocks=blocks,
        stack=stack,
        preactivated=True,
    )


ResNet50V2 = _variant("ResNet50V2", (3, 4, 6, 3))
ResNet101V2 = _variant("ResNet101V2", (3, 4, 23, 3))
ResNet152V2 = _variant("ResNet152V2", (3, 8, 36, 3))

preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

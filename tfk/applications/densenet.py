"""DenseNet: every layer receives the features of all preceding layers."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import channels_of, concatenate
from tfk.applications.resnet import norm_and_relu
from tfk.applications.variants import variant

GROWTH = 32  # channels that each layer adds
REDUCTION = 0.5  # fraction of the channels that a transition keeps


def dense_layer(x, name):
    """Append `GROWTH` channels to those of `x`."""
    added = norm_and_relu(x, f"{name}_0")
    added = layers.Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(added)
    added = norm_and_relu(added, f"{name}_1")
    added = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(added)
    return concatenate([x, added], name=f"{name}_concat")


def transition(x, name):
    """Halve the image size and the number of channels."""
    x = norm_and_relu(x, name)
    x = layers.Conv2D(int(channels_of(x) * REDUCTION), 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, name=f"{name}_pool")(x)


def densenet(
    model_name,
    blocks,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Densely connected network with {blocks} layers in four blocks.

    Images: 224x224 for the classifier, at least 32x32; prepare them with `preprocess_input` of this
        module.
    Source: Huang et al., 2016, arXiv:1608.06993.
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
    x = request.start(default_size=224, minimum_size=32)
    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(64, 7, 2, use_bias=False, name="conv1/conv")(x)
    x = norm_and_relu(x, "conv1", separator="/")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, 2, name="pool1")(x)
    for number, count in enumerate(blocks, start=2):
        for layer in range(1, count + 1):
            x = dense_layer(x, f"conv{number}_block{layer}")
        if number <= len(blocks):
            x = transition(x, f"pool{number}")
    x = norm_and_relu(x, "", separator="")
    x = request.head(x)
    return request.model(model_name, x, weight_files.DENSENET)


DenseNet121 = variant(
    __name__, "DenseNet121", densenet, model_name="densenet121", blocks=(6, 12, 24, 16)
)
DenseNet169 = variant(
    __name__, "DenseNet169", densenet, model_name="densenet169", blocks=(6, 12, 32, 32)
)
DenseNet201 = variant(
    __name__, "DenseNet201", densenet, model_name="densenet201", blocks=(6, 12, 48, 32)
)

preprocess_input = imagenet_utils.preprocess_torch
decode_predictions = imagenet_utils.decode_predictions

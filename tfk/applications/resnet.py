"""ResNet: bottlenecks with shortcuts; `resnet` also builds the second version."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm
from tfk.applications.variants import variant

EPSILON = 1.001e-5
FILTERS = (64, 128, 256, 512)


def norm_and_relu(x, name, separator="_"):
    """Batch normalization and ReLU."""
    x = batch_norm(x, f"{name}{separator}bn", epsilon=EPSILON)
    return layers.Activation("relu", name=f"{name}{separator}relu")(x)


def bottleneck(x, filters, stride, projects, name):
    """Block of the first version: 1x1, 3x3 and 1x1 convolutions, added to the shortcut, then
    ReLU.
    """
    shortcut = x
    if projects:
        shortcut = layers.Conv2D(4 * filters, 1, stride, name=f"{name}_0_conv")(x)
        shortcut = batch_norm(shortcut, f"{name}_0_bn", epsilon=EPSILON)
    x = layers.Conv2D(filters, 1, stride, name=f"{name}_1_conv")(x)
    x = norm_and_relu(x, f"{name}_1")
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = norm_and_relu(x, f"{name}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = batch_norm(x, f"{name}_3_bn", epsilon=EPSILON)
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


def stack(x, filters, blocks, number):
    """One stage of the first version; its first block halves the image size, except in the first
    stage.
    """
    for block in range(1, blocks + 1):
        stride = 2 if block == 1 and number > 2 else 1
        x = bottleneck(x, filters, stride, block == 1, f"conv{number}_block{block}")
    return x


def resnet(
    model_name,
    blocks,
    stack=stack,
    preactivated=False,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Residual network with {blocks} bottleneck blocks in four stages.

    Images: 224x224 for the classifier, at least 32x32; prepare them with `preprocess_input` of this
        module.
    Source: He et al., 2015, arXiv:1512.03385; second version: 2016, arXiv:1603.05027.
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
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = layers.Conv2D(64, 7, 2, name="conv1_conv")(x)
    if not preactivated:
        x = norm_and_relu(x, "conv1")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, 2, name="pool1_pool")(x)
    for number, (filters, count) in enumerate(zip(FILTERS, blocks), start=2):
        x = stack(x, filters, count, number)
    if preactivated:
        x = norm_and_relu(x, "post")
    x = request.head(x)
    return request.model(model_name, x, weight_files.RESNET)


ResNet50 = variant(__name__, "ResNet50", resnet, model_name="resnet50", blocks=(3, 4, 6, 3))
ResNet101 = variant(__name__, "ResNet101", resnet, model_name="resnet101", blocks=(3, 4, 23, 3))
ResNet152 = variant(__name__, "ResNet152", resnet, model_name="resnet152", blocks=(3, 8, 36, 3))

preprocess_input = imagenet_utils.preprocess_caffe
decode_predictions = imagenet_utils.decode_predictions

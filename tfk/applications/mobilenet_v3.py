"""MobileNetV3: inverted residual blocks found by architecture search, with squeeze-and-excite and
hard-swish."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm, channels_of, make_divisible, pad_for_stride
from tfk.applications.variants import variant

# Expansion, filters, window, stride, squeeze-and-excite, hard-swish.
SMALL = (
    (1, 16, 3, 2, True, False),
    (72 / 16, 24, 3, 2, False, False),
    (88 / 24, 24, 3, 1, False, False),
    (4, 40, 5, 2, True, True),
    *((6, 40, 5, 1, True, True),) * 2,
    *((3, 48, 5, 1, True, True),) * 2,
    (6, 96, 5, 2, True, True),
    *((6, 96, 5, 1, True, True),) * 2,
)
LARGE = (
    (1, 16, 3, 1, False, False),
    (4, 24, 3, 2, False, False),
    (3, 24, 3, 1, False, False),
    (3, 40, 5, 2, True, False),
    *((3, 40, 5, 1, True, False),) * 2,
    (6, 80, 3, 2, False, True),
    (2.5, 80, 3, 1, False, True),
    *((2.3, 80, 3, 1, False, True),) * 2,
    *((6, 112, 3, 1, True, True),) * 2,
    (6, 160, 5, 2, True, True),
    *((6, 160, 5, 1, True, True),) * 2,
)
SQUEEZE = 0.25  # fraction of the channels between the two layers of squeeze-and-excite
ALPHAS = (0.75, 1.0)  # weights were published for
NORM = {"epsilon": 1e-3, "momentum": 0.999}


def relu(x):
    """ReLU as a layer."""
    return layers.ReLU()(x)


def hard_sigmoid(x):
    """Piecewise linear sigmoid: `min(max(x + 3, 0), 6) / 6`."""
    return layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def hard_swish(x):
    """`x * hard_sigmoid(x)`."""
    return layers.Multiply()([x, hard_sigmoid(x)])


def squeeze_and_excite(x, name):
    """Scale the channels by weights computed from the whole image (squeeze-and-excite)."""
    channels, name = channels_of(x), f"{name}squeeze_excite/"
    weights = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}AvgPool")(x)
    weights = layers.Conv2D(
        make_divisible(channels * SQUEEZE), 1, padding="same", name=f"{name}Conv"
    )(weights)
    weights = layers.ReLU(name=f"{name}Relu")(weights)
    weights = layers.Conv2D(channels, 1, padding="same", name=f"{name}Conv_1")(weights)
    return layers.Multiply(name=f"{name}Mul")([x, hard_sigmoid(weights)])


def inverted_residual(x, expansion, filters, window, stride, excites, activation, number):
    """Inverted residual block: 1x1 expansion (except in the first block), depthwise convolution,
    squeeze-and-excite, 1x1 projections.
    """
    shortcut, channels = x, channels_of(x)
    name = f"expanded_conv_{number}/" if number else "expanded_conv/"
    if number:
        width = make_divisible(channels * expansion)
        x = layers.Conv2D(width, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = activation(batch_norm(x, f"{name}expand/BatchNorm", **NORM))
    if stride == 2:
        x = pad_for_stride(x, window, f"{name}depthwise/pad")
    padding = "same" if stride == 1 else "valid"
    x = layers.DepthwiseConv2D(window, stride, padding, use_bias=False, name=f"{name}depthwise")(x)
    x = activation(batch_norm(x, f"{name}depthwise/BatchNorm", **NORM))
    if excites:
        x = squeeze_and_excite(x, name)
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = batch_norm(x, f"{name}project/BatchNorm", **NORM)
    if stride == 1 and channels == filters:
        x = layers.Add(name=f"{name}Add")([shortcut, x])
    return x


def mobilenet_v3(
    size,
    blocks,
    last_filters,
    input_shape=None,
    alpha=1.0,
    minimalistic=False,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    classes=1000,
    pooling=None,
    dropout_rate=0.2,
    classifier_activation="softmax",
    include_preprocessing=True,
):
    """The {size} MobileNetV3 network for small devices.

    Images: any size of at least 32x32, pixels in `[0, 255]`. ImageNet weights (made on 224x224):
        `alpha` 0.75 or 1,
    with `minimalistic` only 1.
    Source: Howard et al., 2019, arXiv:1905.02244.
    """
    request = Request(
        f"MobilenetV3{size}",
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    x = request.start(default_size=None, minimum_size=32, any_size=True)
    request.require("alpha", alpha, (1.0,) if minimalistic else ALPHAS)
    swish = relu if minimalistic else hard_swish
    if include_preprocessing:
        x = layers.Rescaling(1 / 127.5, offset=-1.0)(x)
    x = layers.Conv2D(16, 3, 2, padding="same", use_bias=False, name="Conv")(x)
    x = swish(batch_norm(x, "Conv/BatchNorm", **NORM))
    for number, (expansion, filters, window, stride, excites, swishes) in enumerate(blocks):
        x = inverted_residual(
            x,
            expansion,
            make_divisible(filters * alpha),
            3 if minimalistic else window,
            stride,
            excites and not minimalistic,
            swish if swishes else relu,
            number,
        )
    x = layers.Conv2D(
        make_divisible(6 * channels_of(x)), 1, padding="same", use_bias=False, name="Conv_1"
    )(x)
    x = swish(batch_norm(x, "Conv_1/BatchNorm", **NORM))
    if request.include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        last_filters = make_divisible(last_filters * max(1.0, alpha))
        x = swish(layers.Conv2D(last_filters, 1, padding="same", name="Conv_2")(x))
        if dropout_rate > 0:
            x = layers.Dropout(dropout_rate)(x)
        x = layers.Conv2D(classes, 1, padding="same", name="Logits")(x)
        x = layers.Flatten()(x)
        x = layers.Activation(classifier_activation, name="Predictions")(x)
    else:
        x = request.pool(x, "{}")
    key = f"{size}{'_minimalistic' if minimalistic else ''}_224_{float(alpha)}_float"
    return request.model(f"MobilenetV3{size}", x, weight_files.MOBILENET_V3, key)


MobileNetV3Small = variant(
    __name__, "MobileNetV3Small", mobilenet_v3, size="small", blocks=SMALL, last_filters=1024
)
MobileNetV3Large = variant(
    __name__, "MobileNetV3Large", mobilenet_v3, size="large", blocks=LARGE, last_filters=1280
)

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

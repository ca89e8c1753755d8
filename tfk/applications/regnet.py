"""RegNet: stages of bottleneck blocks with grouped convolutions and regular proportions."""

import tensorflow as tf

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm, channels_of
from tfk.applications.variants import variant
from tfk.utils.naming import unique_name

STEM_FILTERS = 32
SQUEEZE = (
    0.25  # fraction of the block's input channels between the two layers of squeeze-and-excite
)
NORM = {"momentum": 0.9, "epsilon": 1e-5}


def convolve(x, filters, window, name, stride=1, groups=1):
    """Convolution without bias."""
    options = {"use_bias": False, "kernel_initializer": "he_normal", "groups": groups}
    padding = "same" if window > 1 else "valid"
    return layers.Conv2D(filters, window, stride, padding=padding, name=name, **options)(x)


def unit(x, filters, window, name, stride=1, groups=1):
    """Convolution, normalization and ReLU."""
    x = convolve(x, filters, window, name, stride, groups)
    return layers.ReLU(name=f"{name}_relu")(batch_norm(x, f"{name}_bn", **NORM))


def squeeze_and_excite(x, reduced, name):
    """Scale the channels by weights computed from the whole image (squeeze-and-excite). Source: Hu
    et al., 2017, arXiv:1709.01507.
    """
    name = f"{name}_squeeze_and_excite"
    weights = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_gap")(x)
    for filters, activation, part in (
        (reduced, "relu", "squeeze"),
        (channels_of(x), "sigmoid", "excite"),
    ):
        options = {"activation": activation, "kernel_initializer": "he_normal"}
        weights = layers.Conv2D(filters, 1, name=f"{name}_{part}", **options)(weights)
    return tf.math.multiply(weights, x)


def block(x, filters, group_width, stride, excites, name):
    """1x1, grouped 3x3 and 1x1 convolutions, added to the shortcut, then ReLU."""
    channels, skip = channels_of(x), x
    if stride > 1:
        skip = convolve(x, filters, 1, f"{name}_skip_1x1", stride)
        skip = batch_norm(skip, f"{name}_skip_bn", **NORM)
    x = unit(x, filters, 1, f"{name}_conv_1x1_1")
    x = unit(x, filters, 3, f"{name}_conv_3x3", stride, groups=filters // group_width)
    if excites:
        x = squeeze_and_excite(x, int(channels * SQUEEZE), name)
    x = convolve(x, filters, 1, f"{name}_conv_1x1_2")
    x = batch_norm(x, f"{name}_conv_1x1_2_bn", **NORM)
    return layers.ReLU(name=f"{name}_exit_relu")(x + skip)


def regnet(
    key,
    blocks,
    filters,
    group_width,
    excites,
    model_name=None,
    include_top=True,
    include_preprocessing=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Four stages of {blocks} blocks with {filters} channels, convolved in groups of {group_width}.

    The classifier returns logits, whatever `classifier_activation` says, as in Keras 2.
    Images: 224x224 for the classifier, at least 32x32, pixels in `[0, 255]`.
    Source: Radosavovic et al., 2020, arXiv:2003.13678.
    """
    model_name = model_name or key
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
    if include_preprocessing:
        x = layers.Rescaling(1 / 255, name=f"{model_name}_prestem_rescaling")(x)
    x = convolve(x, STEM_FILTERS, 3, f"{model_name}_stem_conv", stride=2)
    x = layers.ReLU(name=f"{model_name}_stem_relu")(batch_norm(x, f"{model_name}_stem_bn", **NORM))
    kind = "YBlock" if excites else "XBlock"
    for stage, (count, width) in enumerate(zip(blocks, filters)):
        for number in range(count):
            name = f"{model_name}_Stage_{stage}_{kind}_{number}"
            x = block(x, width, group_width, 2 if number == 0 else 1, excites, name)
    if request.include_top:
        # Keras 2 numbers the classifiers of a session.
        number = unique_name("regnet_head", zero_based=False).removeprefix("regnet_head_")
        x = layers.GlobalAveragePooling2D(name=f"{number}_head_gap")(x)
        x = layers.Dense(classes, name=f"{number}head_dense")(x)
    else:
        x = request.pool(x)
    return request.model(model_name, x, weight_files.REGNET, key)


def _variant(name, blocks, filters, group_width):
    """X is without, Y with squeeze-and-excite; the number counts hundreds of millions of
    multiplications.
    """
    return variant(
        __name__,
        name,
        regnet,
        key=name.lower(),
        blocks=blocks,
        filters=filters,
        group_width=group_width,
        excites=name[6] == "Y",
    )


RegNetX002 = _variant("RegNetX002", (1, 1, 4, 7), (24, 56, 152, 368), 8)
RegNetX004 = _variant("RegNetX004", (1, 2, 7, 12), (32, 64, 160, 384), 16)
RegNetX006 = _variant("RegNetX006", (1, 3, 5, 7), (48, 96, 240, 528), 24)
RegNetX008 = _variant("RegNetX008", (1, 3, 7, 5), (64, 128, 288, 672), 16)
RegNetX016 = _variant("RegNetX016", (2, 4, 10, 2), (72, 168, 408, 912), 24)
RegNetX032 = _variant("RegNetX032", (2, 6, 15, 2), (96, 192, 432, 1008), 48)
RegNetX040 = _variant("RegNetX040", (2, 5, 14, 2), (80, 240, 560, 1360), 40)
RegNetX064 = _variant("RegNetX064", (2, 4, 10, 1), (168, 392, 784, 1624), 56)
RegNetX080 = _variant("RegNetX080", (2, 5, 15, 1), (80, 240, 720, 1920), 120)
RegNetX120 = _variant("RegNetX120", (2, 5, 11, 1), (224, 448, 896, 2240), 112)
RegNetX160 = _variant("RegNetX160", (2, 6, 13, 1), (256, 512, 896, 2048), 128)
RegNetX320 = _variant("RegNetX320", (2, 7, 13, 1), (336, 672, 1344, 2520), 168)
RegNetY002 = _variant("RegNetY002", (1, 1, 4, 7), (24, 56, 152, 368), 8)
RegNetY004 = _variant("RegNetY004", (1, 3, 6, 6), (48, 104, 208, 440), 8)
RegNetY006 = _variant("RegNetY006", (1, 3, 7, 4), (48, 112, 256, 608), 16)
RegNetY008 = _variant("RegNetY008", (1, 3, 8, 2), (64, 128, 320, 768), 16)
RegNetY016 = _variant("RegNetY016", (2, 6, 17, 2), (48, 120, 336, 888), 24)
RegNetY032 = _variant("RegNetY032", (2, 5, 13, 1), (72, 216, 576, 1512), 24)
RegNetY040 = _variant("RegNetY040", (2, 6, 12, 2), (128, 192, 512, 1088), 64)
RegNetY064 = _variant("RegNetY064", (2, 7, 14, 2), (144, 288, 576, 1296), 72)
RegNetY080 = _variant("RegNetY080", (2, 4, 10, 1), (168, 448, 896, 2016), 56)
RegNetY120 = _variant("RegNetY120", (2, 5, 11, 1), (224, 448, 896, 2240), 112)
RegNetY160 = _variant("RegNetY160", (2, 4, 11, 1), (224, 448, 1232, 3024), 112)
RegNetY320 = _variant("RegNetY320", (2, 5, 12, 1), (232, 696, 1392, 3712), 232)

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

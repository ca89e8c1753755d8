"""ResNet-RS: ResNet with squeeze-and-excite, a stem of 3x3 convolutions and revised proportions."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import (
    batch_norm,
    channel_axis,
    channels_of,
    convolution,
    squeeze_and_excite,
)
from tfk.applications.variants import variant
from tfk.utils.naming import unique_name

FILTERS = (64, 128, 256, 512)
SQUEEZE = 0.25  # fraction of the channels between the two layers of squeeze-and-excite
NORM = {"momentum": 0.0, "epsilon": 1e-5}


def padded_convolution(x, filters, window, stride, name):
    """Convolution without bias; with a stride, the padding is symmetric."""
    if stride == 1:
        return convolution(x, filters, window, name=name, use_bias=False)
    x = layers.ZeroPadding2D((window - 1) // 2)(x)
    return convolution(x, filters, window, stride, name, use_bias=False, padding="valid")


def stem(x):
    """Stem: four 3x3 convolutions that reduce the image to a quarter of its size."""
    name = unique_name("stem", zero_based=False)
    for number, (filters, stride) in enumerate(((32, 2), (32, 1), (64, 1), (64, 2)), start=1):
        x = padded_convolution(x, filters, 3, stride, f"{name}_stem_conv_{number}")
        x = batch_norm(x, f"{name}_stem_batch_norm_{number}", **NORM)
        x = layers.Activation("relu", name=f"{name}_stem_act_{number}")(x)
    return x


def bottleneck(x, filters, stride, projects, drop_rate, name):
    """1x1, 3x3 and 1x1 convolutions and squeeze-and-excite, added to the shortcut, then ReLU."""
    shortcut = x
    if projects:
        if stride == 2:
            shortcut = layers.AveragePooling2D(
                2, padding="same", name=f"{name}_projection_pooling"
            )(shortcut)
        shortcut = padded_convolution(shortcut, 4 * filters, 1, 1, f"{name}_projection_conv")
        shortcut = batch_norm(shortcut, f"{name}_projection_batch_norm", **NORM)
    x = padded_convolution(x, filters, 1, 1, f"{name}_conv_1")
    x = batch_norm(x, f"{name}batch_norm_1", **NORM)
    x = layers.Activation("relu", name=f"{name}_act_1")(x)
    x = padded_convolution(x, filters, 3, stride, f"{name}_conv_2")
    x = batch_norm(x, f"{name}_batch_norm_2", **NORM)
    x = layers.Activation("relu", name=f"{name}_act_2")(x)
    x = padded_convolution(x, 4 * filters, 1, 1, f"{name}_conv_3")
    x = batch_norm(x, f"{name}_batch_norm_3", **NORM)
    x = squeeze_and_excite(x, 4 * filters * SQUEEZE, f"{name}_se_", "relu")
    if drop_rate:
        x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
    x = layers.Add()([x, shortcut])
    return layers.Activation("relu", name=f"{name}_output_act")(x)


def scale_pixels(x):
    """Scale pixels in `[0, 255]` as the published weights expect; non-RGB images are only scaled to
    `[0, 1]`.
    """
    x = layers.Rescaling(1 / 255)(x)
    if channels_of(x) != 3:
        return x
    variance = [stddev**2 for stddev in imagenet_utils.STDDEV]
    return layers.Normalization(
        mean=list(imagenet_utils.MEAN), variance=variance, axis=channel_axis()
    )(x)


def resnet_rs(
    model_name,
    blocks,
    releases,
    drop_connect_rate,
    dropout_rate,
    include_top=True,
    weights="imagenet",
    classes=1000,
    input_shape=None,
    input_tensor=None,
    pooling=None,
    classifier_activation="softmax",
    include_preprocessing=True,
):
    """Residual network with {blocks} bottleneck blocks in four stages.

    Images: any size of at least 32x32, 224x224 by default. ImageNet weights were trained on images
    of the sizes {releases}; `'imagenet'` takes the largest, `'imagenet-i<size>'` one of them.
    Source: Bello et al., 2021, arXiv:2103.07579.
    """
    named = {"imagenet": max(releases), **{f"imagenet-i{size}": size for size in releases}}
    request = Request(
        model_name,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        releases=tuple(named),
    )
    x = request.start(default_size=224, minimum_size=32, any_size=True)
    if include_preprocessing:
        x = scale_pixels(x)
    x = stem(x)
    for stage, (filters, count) in enumerate(zip(FILTERS, blocks), start=2):
        drop_rate = drop_connect_rate * stage / (len(blocks) + 1)
        for block in range(count):
            stride = 2 if block == 0 and stage > 2 else 1
            name = f"BlockGroup{stage}__block_{block}_"
            x = bottleneck(x, filters, stride, block == 0, drop_rate, name)
    x = request.head(x, dropout_rate=dropout_rate)
    key = f"{model_name}-i{named.get(request.weights)}"
    return request.model(model_name, x, weight_files.RESNET_RS, key)


def _variant(depth, blocks, releases, drop_connect_rate, dropout_rate):
    return variant(
        __name__,
        f"ResNetRS{depth}",
        resnet_rs,
        model_name=f"resnet-rs-{depth}",
        blocks=blocks,
        releases=releases,
        drop_connect_rate=drop_connect_rate,
        dropout_rate=dropout_rate,
    )


ResNetRS50 = _variant(50, (3, 4, 6, 3), (160,), 0.0, 0.25)
ResNetRS101 = _variant(101, (3, 4, 23, 3), (160, 192), 0.0, 0.25)
ResNetRS152 = _variant(152, (3, 8, 36, 3), (192, 224, 256), 0.0, 0.25)
ResNetRS200 = _variant(200, (3, 24, 36, 3), (256,), 0.1, 0.25)
ResNetRS270 = _variant(270, (4, 29, 53, 4), (256,), 0.1, 0.25)
ResNetRS350 = _variant(350, (4, 36, 72, 4), (256, 320), 0.1, 0.4)
ResNetRS420 = _variant(420, (4, 44, 87, 4), (320,), 0.1, 0.4)

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

"""ConvNeXt: a convolutional network with the proportions and block design of a transformer."""

from tfk import config, layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import channels_of
from tfk.applications.variants import variant
from tfk.engine.model.sequential import Sequential
from tfk.layers.core.layer_scale import LayerScale

EPSILON = 1e-6
FIRST_SCALE = 1e-6  # of the factors that LayerScale learns


def norm(name=None):
    """Layer normalization."""
    return layers.LayerNormalization(epsilon=EPSILON, name=name)


def downsampling(first, second, name):
    """Two layers grouped under one name to keep the model summary short."""
    return Sequential([first, second], name=name)


def block(x, filters, name):
    """Depthwise convolution, then an inverted bottleneck of Dense layers, scaled and added to the
    shortcut.
    """
    shortcut = x
    x = layers.Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(x)
    x = norm(f"{name}_layernorm")(x)
    x = layers.Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = layers.Activation("gelu", name=f"{name}_gelu")(x)
    x = layers.Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(FIRST_SCALE, filters, name=f"{name}_layer_scale")(x)
    # Keras 2 has a layer here that drops whole branches, or this one when it does not drop any.
    x = layers.Activation("linear", name=f"{name}_identity")(x)
    return shortcut + x


def scale_pixels(x, name):
    """Pixels in `[0, 255]` less the mean of ImageNet, by the standard deviation."""
    mean = [255 * value for value in imagenet_utils.MEAN]
    variance = [(255 * value) ** 2 for value in imagenet_utils.STDDEV]
    return layers.Normalization(mean=mean, variance=variance, name=name)(x)


def convnext(
    key,
    blocks,
    filters,
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
    """Four stages of {blocks} blocks with {filters} channels.

    Images: 224x224 for the classifier, at least 32x32, pixels in `[0, 255]`, channels last.
    Source: Liu et al., 2022, arXiv:2201.03545.
    """
    name = model_name or key
    request = Request(
        name,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    if config.image_data_format() != "channels_last":
        raise ValueError(
            f"{name}: its Dense layers need the channels last, but the image data format is"
            f" {config.image_data_format()!r}. Call"
            " tfk.config.set_image_data_format('channels_last') first."
        )
    x = request.start(default_size=224, minimum_size=32)
    if include_preprocessing and channels_of(x) == 3:
        x = scale_pixels(x, f"{name}_prestem_normalization")
    for stage, (count, width) in enumerate(zip(blocks, filters)):
        if stage == 0:
            shrink = layers.Conv2D(width, 4, 4, name=f"{name}_stem_conv")
            x = downsampling(shrink, norm(f"{name}_stem_layernorm"), f"{name}_stem")(x)
        else:
            before = stage - 1
            shrink = layers.Conv2D(width, 2, 2, name=f"{name}_downsampling_conv_{before}")
            first = norm(f"{name}_downsampling_layernorm_{before}")
            x = downsampling(first, shrink, f"{name}_downsampling_block_{before}")(x)
        for number in range(count):
            x = block(x, width, f"{name}_stage_{stage}_block_{number}")
    if request.include_top:
        x = layers.GlobalAveragePooling2D(name=f"{name}_head_gap")(x)
        x = norm(f"{name}_head_layernorm")(x)
        x = layers.Dense(classes, activation=classifier_activation, name=f"{name}_head_dense")(x)
    else:
        x = norm()(request.pool(x))
    return request.model(name, x, weight_files.CONVNEXT, key)


def _variant(size, blocks, filters):
    return variant(
        __name__,
        f"ConvNeXt{size}",
        convnext,
        key=f"convnext_{size.lower()}",
        blocks=blocks,
        filters=filters,
    )


ConvNeXtTiny = _variant("Tiny", (3, 3, 9, 3), (96, 192, 384, 768))
ConvNeXtSmall = _variant("Small", (3, 3, 27, 3), (96, 192, 384, 768))
ConvNeXtBase = _variant("Base", (3, 3, 27, 3), (128, 256, 512, 1024))
ConvNeXtLarge = _variant("Large", (3, 3, 27, 3), (192, 384, 768, 1536))
ConvNeXtXLarge = _variant("XLarge", (3, 3, 27, 3), (256, 512, 1024, 2048))

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

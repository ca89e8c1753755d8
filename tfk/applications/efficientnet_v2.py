"""EfficientNetV2: full 3x3 convolutions in the first stages, inverted residual blocks in the
others.
"""

from tfk import layers
from tfk.applications import efficientnet, imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import channel_axis, channels_of, round_to_multiple
from tfk.applications.efficientnet import Stage, add_shortcut, block_names, excite, unit
from tfk.applications.variants import variant

MOMENTUM = 0.9
ACTIVATION = "swish"
DROP_CONNECT_RATE = 0.2
DROPOUT_RATE = 0.2
# Of each stage: whether its blocks are fused, expansion, stride.
KINDS = (
    (True, 1, 1),
    (True, 4, 2),
    (True, 4, 2),
    (False, 4, 2),
    (False, 6, 1),
    (False, 6, 2),
    (False, 6, 1),
)
# Filters of the stem, then number of blocks and filters of each stage.
BASE = (32, (1, 16), (2, 32), (2, 48), (3, 96), (5, 112), (8, 192))
SMALL = (24, (2, 24), (4, 48), (4, 64), (6, 128), (9, 160), (15, 256))
MEDIUM = (24, (3, 24), (5, 48), (5, 80), (7, 160), (14, 176), (18, 304), (5, 512))
LARGE = (32, (4, 32), (7, 64), (7, 96), (10, 192), (19, 224), (25, 384), (7, 640))


def stages_of(table):
    """Return pairs of `fused` and Stage for one of the tables."""
    stem, *rows = table
    filters_in = [stem] + [filters for _, filters in rows]
    for (fused, expansion, stride), (count, filters), before in zip(KINDS, rows, filters_in):
        yield fused, Stage(3, count, before, filters, expansion, stride, 0.0 if fused else 0.25)


def fused_block(x, block, name, drop_rate):
    """Fused block: 3x3 expansion, then 1x1 projection; or a single 3x3 convolution."""
    shortcut, expanded = x, block.expand_ratio != 1
    window, stride = block.kernel_size, block.strides
    if expanded:
        filters = block.filters_in * block.expand_ratio
        x = unit(x, filters, window, stride, f"{name}expand_", ACTIVATION, momentum=MOMENTUM)
        window = stride = 1
    x = excite(x, block, name, ACTIVATION)
    activation = None if expanded else ACTIVATION
    x = unit(x, block.filters_out, window, stride, f"{name}project_", activation, momentum=MOMENTUM)
    return add_shortcut(x, shortcut, block, drop_rate, name)


def depthwise(x, block, name):
    """Depthwise convolution."""
    return efficientnet.depthwise(x, block.kernel_size, block.strides, f"{name}dwconv2")


def inverted_residual(x, block, name, drop_rate):
    """The block of EfficientNetV1, with different padding and momentum."""
    return efficientnet.inverted_residual(
        x, block, name, drop_rate, ACTIVATION, depthwise, momentum=MOMENTUM
    )


def scale_pixels(x, by_statistics):
    """Scale pixels in `[0, 255]` as the published weights expect."""
    if not by_statistics:
        return layers.Rescaling(1 / 128, offset=-1)(x)
    x = layers.Rescaling(1 / 255)(x)
    variance = [stddev**2 for stddev in imagenet_utils.STDDEV]
    return layers.Normalization(
        mean=list(imagenet_utils.MEAN), variance=variance, axis=channel_axis()
    )(x)


def efficientnet_v2(
    model_name,
    width,
    depth,
    default_size,
    table,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    include_preprocessing=True,
):
    """EfficientNetV2 with its stages scaled by {width} in width and {depth} in depth.

    Images: {default_size}x{default_size} for the classifier, at least 32x32.
    Source: Tan and Le, 2021, arXiv:2104.00298.
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
    x = request.start(default_size, minimum_size=32)
    if include_preprocessing:
        x = scale_pixels(x, by_statistics=table is BASE and channels_of(x) == 3)
    x = unit(x, round_to_multiple(table[0] * width), 3, 2, "stem_", ACTIVATION, momentum=MOMENTUM)
    kinds, stages = zip(*stages_of(table))
    # The rate of dropped blocks grows by the number of blocks before scaling.
    count = sum(stage.repeats for stage in stages)
    scaled = [
        [(fused, block) for block in stage.scaled(width, depth, round_to_multiple)]
        for fused, stage in zip(kinds, stages)
    ]
    for number, (name, (fused, block)) in enumerate(block_names(scaled)):
        build = fused_block if fused else inverted_residual
        x = build(x, block, name, DROP_CONNECT_RATE * number / count)
    x = unit(x, round_to_multiple(1280 * width), 1, 1, "top_", ACTIVATION, momentum=MOMENTUM)
    x = request.head(
        x, dropout_rate=DROPOUT_RATE, kernel_initializer=efficientnet.dense_initializer()
    )
    return request.model(model_name, x, weight_files.EFFICIENTNET_V2)


def _variant(name, width, depth, default_size, table):
    return variant(
        __name__,
        name,
        efficientnet_v2,
        model_name=name.lower().replace("v2", "v2-"),
        width=width,
        depth=depth,
        default_size=default_size,
        table=table,
    )


EfficientNetV2B0 = _variant("EfficientNetV2B0", 1.0, 1.0, 224, BASE)
EfficientNetV2B1 = _variant("EfficientNetV2B1", 1.0, 1.1, 240, BASE)
EfficientNetV2B2 = _variant("EfficientNetV2B2", 1.1, 1.2, 260, BASE)
EfficientNetV2B3 = _variant("EfficientNetV2B3", 1.2, 1.4, 300, BASE)
EfficientNetV2S = _variant("EfficientNetV2S", 1.0, 1.0, 384, SMALL)
EfficientNetV2M = _variant("EfficientNetV2M", 1.0, 1.0, 480, MEDIUM)
EfficientNetV2L = _variant("EfficientNetV2L", 1.0, 1.0, 480, LARGE)

preprocess_input = imagenet_utils.preprocess_nothing
decode_predictions = imagenet_utils.decode_predictions

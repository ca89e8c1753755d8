"""NASNet: cells found by architecture search; each takes the outputs of the two preceding cells."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import (
    batch_norm,
    channels_of,
    concatenate,
    height_and_width,
    pad_for_stride,
)
from tfk.applications.variants import variant

NORM = {"momentum": 0.9997, "epsilon": 1e-3}
CONVOLUTION = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
SEPARABLE = {"padding": "same", "use_bias": False}
PENULTIMATE_PARTS = 24  # the last cells have this part of the features as filters
FACTOR = 2  # by which each reduction multiplies the filters


def project(x, filters, conv_name, norm_name):
    """1x1 convolution and normalization."""
    x = layers.Conv2D(filters, 1, name=conv_name, **CONVOLUTION)(x)
    return batch_norm(x, norm_name, **NORM)


def separable_pair(x, filters, window, name, stride=1):
    """ReLU, separable convolution and normalization, applied twice; the stride applies to the first
    convolution."""
    x = layers.Activation("relu")(x)
    options = SEPARABLE
    if stride == 2:
        x = pad_for_stride(x, window, f"separable_conv_1_pad_{name}")
        options = {**SEPARABLE, "padding": "valid"}
    first, second = f"separable_conv_1_{name}", f"separable_conv_2_{name}"
    x = layers.SeparableConv2D(filters, window, stride, name=first, **options)(x)
    x = batch_norm(x, f"separable_conv_1_bn_{name}", **NORM)
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(filters, window, name=second, **SEPARABLE)(x)
    return batch_norm(x, f"separable_conv_2_bn_{name}", **NORM)


def adjust(previous, x, filters, name):
    """Match the output of the cell before last to the size of the last output and the channels of a
    cell.
    """
    if previous is None:
        return x
    if height_and_width(previous)[1] != height_and_width(x)[1]:
        return halve(previous, filters, name)
    if channels_of(previous) != filters:
        previous = layers.Activation("relu")(previous)
        return project(previous, filters, f"adjust_conv_projection_{name}", f"adjust_bn_{name}")
    return previous


def halve(x, filters, name):
    """Subsample by two at two offsets, and concatenate the results."""
    x = layers.Activation("relu", name=f"adjust_relu_1_{name}")(x)
    shifted = layers.Cropping2D(((1, 0), (1, 0)))(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))
    halves = []
    for number, part in enumerate((x, shifted), start=1):
        part = layers.AveragePooling2D(1, 2, name=f"adjust_avg_pool_{number}_{name}")(part)
        halves.append(
            layers.Conv2D(filters // 2, 1, name=f"adjust_conv_{number}_{name}", **CONVOLUTION)(part)
        )
    return batch_norm(concatenate(halves), f"adjust_bn_{name}", **NORM)


def normal_cell(x, previous, filters, name):
    """Five sums of pairs, joined; return the output and the input of the next cell but one."""
    p = adjust(previous, x, filters, name)
    h = layers.Activation("relu")(x)
    h = project(h, filters, f"normal_conv_1_{name}", f"normal_bn_1_{name}")

    def average(tensor, side):
        return layers.AveragePooling2D(3, 1, padding="same", name=f"normal_{side}_{name}")(tensor)

    def total(number, *pair):
        return layers.Add(name=f"normal_add_{number}_{name}")(list(pair))

    sums = [
        total(
            1,
            separable_pair(h, filters, 5, f"normal_left1_{name}"),
            separable_pair(p, filters, 3, f"normal_right1_{name}"),
        ),
        total(
            2,
            separable_pair(p, filters, 5, f"normal_left2_{name}"),
            separable_pair(p, filters, 3, f"normal_right2_{name}"),
        ),
        total(3, average(h, "left3"), p),
        total(4, average(p, "left4"), average(p, "right4")),
        total(5, separable_pair(h, filters, 3, f"normal_left5_{name}"), h),
    ]
    return concatenate([p, *sums], f"normal_concat_{name}"), x


def reduction_cell(x, previous, filters, name):
    """Five sums of pairs in half the size, of which four are joined; return like `normal_cell`."""
    p = adjust(previous, x, filters, name)
    h = layers.Activation("relu")(x)
    h = project(h, filters, f"reduction_conv_1_{name}", f"reduction_bn_1_{name}")
    padded = pad_for_stride(h, 3, f"reduction_pad_1_{name}")

    def largest(side):
        return layers.MaxPooling2D(3, 2, name=f"reduction_{side}_{name}")(padded)

    def shrunk(tensor, window, side):
        return separable_pair(tensor, filters, window, f"reduction_{side}_{name}", stride=2)

    first = [shrunk(h, 5, "left1"), shrunk(p, 7, "right1")]
    first = layers.Add(name=f"reduction_add_1_{name}")(first)
    second = [largest("left2"), shrunk(p, 7, "right2")]
    second = layers.Add(name=f"reduction_add_2_{name}")(second)
    third = layers.AveragePooling2D(3, 2, name=f"reduction_left3_{name}")(padded)
    third = layers.Add(name=f"reduction_add3_{name}")([third, shrunk(p, 5, "right3")])
    fourth = layers.AveragePooling2D(3, 1, padding="same", name=f"reduction_left4_{name}")(first)
    fourth = layers.Add()([second, fourth])
    fifth = separable_pair(first, filters, 3, f"reduction_left4_{name}")
    fifth = layers.Add(name=f"reduction_add4_{name}")([fifth, largest("right5")])
    return concatenate([second, third, fourth, fifth], f"reduction_concat_{name}"), x


def nasnet(
    owner,
    key,
    features,
    cells,
    stem_filters,
    skips_reduction,
    default_size,
    input_shape=None,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """NASNet-A with three stages of {cells} cells and {features} features at the end.

    Images: {default_size}x{default_size} for the classifier and by default, at least 32x32, of
    known size; prepare them with `preprocess_input` of this module.
    Source: Zoph et al., 2017, arXiv:1707.07012.
    """
    request = Request(
        owner,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    # Which of two cells has the larger image is decided while the network is built.
    image = request.start(default_size, minimum_size=32, known_size=True)
    filters = features // PENULTIMATE_PARTS
    options = {**CONVOLUTION, "padding": "valid"}
    x = layers.Conv2D(stem_filters, 3, 2, name="stem_conv1", **options)(image)
    x, previous = batch_norm(x, "stem_bn1", **NORM), None
    for number, parts in enumerate((FACTOR**2, FACTOR), start=1):
        x, previous = reduction_cell(x, previous, filters // parts, f"stem_{number}")
    for stage in range(3):
        first = stage * cells
        if stage:
            filters *= FACTOR
            x, before = reduction_cell(x, previous, filters, f"reduce_{first}")
            previous = previous if skips_reduction else before
            first += 1
        for number in range(first, first + cells):
            x, previous = normal_cell(x, previous, filters, f"{number}")
    x = layers.Activation("relu")(x)
    x = request.head(x, top_pool=None, pool=None)
    return request.model("NASNet", x, weight_files.NASNET, key)


NASNetMobile = variant(
    __name__,
    "NASNetMobile",
    nasnet,
    owner="NASNetMobile",
    key="mobile",
    features=1056,
    cells=4,
    stem_filters=32,
    skips_reduction=False,
    default_size=224,
)
NASNetLarge = variant(
    __name__,
    "NASNetLarge",
    nasnet,
    owner="NASNetLarge",
    key="large",
    features=4032,
    cells=6,
    stem_filters=96,
    skips_reduction=True,
    default_size=331,
)

preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

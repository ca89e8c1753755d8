"""InceptionV3: modules of parallel branches, defined by a table."""

import typing

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm, concatenate
from tfk.applications.variants import documented


class Unit(typing.NamedTuple):
    """Convolution, normalization and ReLU."""

    filters: int
    window: int | tuple
    stride: int = 1
    padding: str = "same"

    def __call__(self, x):
        convolution = layers.Conv2D(
            self.filters, self.window, self.stride, padding=self.padding, use_bias=False
        )
        x = batch_norm(convolution(x), scale=False)
        return layers.Activation("relu")(x)


class Fork(typing.NamedTuple):
    """Parallel branches (tuples of units and pooling) whose outputs are concatenated along the
    channels.
    """

    branches: tuple
    name: str | None = None

    def __call__(self, x):
        return concatenate([in_sequence(x, branch) for branch in self.branches], self.name)


def in_sequence(x, units):
    """Apply units one after another to `x`."""
    for unit in units:
        x = unit(x)
    return x


def average(x):
    """3x3 average pooling with stride 1."""
    return layers.AveragePooling2D(3, 1, padding="same")(x)


def shrink(x):
    """3x3 max pooling with stride 2."""
    return layers.MaxPooling2D(3, 2)(x)


def shrinking(filters, window):
    """A unit with stride 2."""
    return Unit(filters, window, stride=2, padding="valid")


STEM = (
    shrinking(32, 3),
    Unit(32, 3, padding="valid"),
    Unit(64, 3),
    shrink,
    Unit(80, 1, padding="valid"),
    Unit(192, 3, padding="valid"),
    shrink,
)


def module_35(pooled):
    """Branches for 35x35 images: 1x1, 5x5, two 3x3, and average pooling with `pooled` channels."""
    return (
        (Unit(64, 1),),
        (Unit(48, 1), Unit(64, 5)),
        (Unit(64, 1), Unit(96, 3), Unit(96, 3)),
        (average, Unit(pooled, 1)),
    )


def module_17(inner):
    """Branches for 17x17 images: 7x7 windows factorized into 1x7 and 7x1, with `inner` channels in
    between.
    """
    across, along = (1, 7), (7, 1)
    return (
        (Unit(192, 1),),
        (Unit(inner, 1), Unit(inner, across), Unit(192, along)),
        (
            Unit(inner, 1),
            Unit(inner, along),
            Unit(inner, across),
            Unit(inner, along),
            Unit(192, across),
        ),
        (average, Unit(192, 1)),
    )


def module_8(name):
    """Branches for 8x8 images, with 3x3 windows split into parallel 1x3 and 3x1."""
    pair = ((Unit(384, (1, 3)),), (Unit(384, (3, 1)),))
    return (
        (Unit(320, 1),),
        (Unit(384, 1), Fork(pair, name)),
        (Unit(448, 1), Unit(384, 3), Fork(pair)),
        (average, Unit(192, 1)),
    )


TO_17 = ((shrinking(384, 3),), (Unit(64, 1), Unit(96, 3), shrinking(96, 3)), (shrink,))
TO_8 = (
    (Unit(192, 1), shrinking(320, 3)),
    (Unit(192, 1), Unit(192, (1, 7)), Unit(192, (7, 1)), shrinking(192, 3)),
    (shrink,),
)
MODULES = (
    *(module_35(32), module_35(64), module_35(64), TO_17),
    *(module_17(128), module_17(160), module_17(160), module_17(192), TO_8),
    *(module_8("mixed9_0"), module_8("mixed9_1")),
)


@documented
def InceptionV3(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Inception network whose modules combine windows of several sizes, with large windows
    factorized.

    Images: 299x299 for the classifier, at least 75x75; prepare them with `preprocess_input` of this
        module.
    Source: Szegedy et al., 2015, arXiv:1512.00567.
    """
    request = Request(
        "inception_v3",
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    x = in_sequence(request.start(default_size=299, minimum_size=75), STEM)
    for number, branches in enumerate(MODULES):
        x = Fork(branches, f"mixed{number}")(x)
    x = request.head(x, pool=None)
    return request.model("inception_v3", x, weight_files.INCEPTION_V3)


preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

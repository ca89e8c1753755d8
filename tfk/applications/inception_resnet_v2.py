"""InceptionResNetV2: Inception branches with residual connections."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm, channels_of
from tfk.applications.inception_v3 import STEM, Fork, Unit, average, in_sequence, shrink, shrinking
from tfk.applications.variants import documented
from tfk.layers.merging.custom_scale_layer import CustomScaleLayer

MIXED_5B = (
    (Unit(96, 1),),
    (Unit(48, 1), Unit(64, 5)),
    (Unit(64, 1), Unit(96, 3), Unit(96, 3)),
    (average, Unit(64, 1)),
)
MIXED_6A = ((shrinking(384, 3),), (Unit(256, 1), Unit(256, 3), shrinking(384, 3)), (shrink,))
MIXED_7A = (
    (Unit(256, 1), shrinking(384, 3)),
    (Unit(256, 1), shrinking(288, 3)),
    (Unit(256, 1), Unit(288, 3), shrinking(320, 3)),
    (shrink,),
)
BLOCK35 = ((Unit(32, 1),), (Unit(32, 1), Unit(32, 3)), (Unit(32, 1), Unit(48, 3), Unit(64, 3)))
BLOCK17 = ((Unit(192, 1),), (Unit(128, 1), Unit(160, (1, 7)), Unit(192, (7, 1))))
BLOCK8 = ((Unit(192, 1),), (Unit(192, 1), Unit(224, (1, 3)), Unit(256, (3, 1))))
# Name and branches of the module before, then name, branches, number and scale of the residual
# blocks.
STAGES = (
    ("mixed_5b", MIXED_5B, "block35", BLOCK35, 10, 0.17),
    ("mixed_6a", MIXED_6A, "block17", BLOCK17, 20, 0.1),
    ("mixed_7a", MIXED_7A, "block8", BLOCK8, 9, 0.2),
)


def residual_block(x, branches, scale, name, activation="relu"):
    """Project the branches to the channels of `x`, scale the result and add it to `x`."""
    mixed = Fork(branches, f"{name}_mixed")(x)
    residual = layers.Conv2D(channels_of(x), 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, residual])
    return layers.Activation(activation, name=f"{name}_ac")(x) if activation else x


@documented
def InceptionResNetV2(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Inception branches with residual connections.

    Images: 299x299 for the classifier, at least 75x75; prepare them with `preprocess_input` of this
        module.
    Source: Szegedy et al., 2016, arXiv:1602.07261.
    """
    request = Request(
        "inception_resnet_v2",
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    x = in_sequence(request.start(default_size=299, minimum_size=75), STEM)
    for module, module_branches, block, branches, count, scale in STAGES:
        x = Fork(module_branches, module)(x)
        for number in range(1, count + 1):
            x = residual_block(x, branches, scale, f"{block}_{number}")
    x = residual_block(x, BLOCK8, 1.0, "block8_10", activation=None)
    x = layers.Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    x = batch_norm(x, "conv_7b_bn", scale=False)
    x = layers.Activation("relu", name="conv_7b_ac")(x)
    x = request.head(x, pool=None)
    return request.model("inception_resnet_v2", x, weight_files.INCEPTION_RESNET_V2)


preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions

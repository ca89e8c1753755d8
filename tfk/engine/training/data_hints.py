"""Hints before the first batch: data that can be trained on, but probably should not be.

They are warnings of the category `utils.TrainingHint`, issued once per `compile`, and none with
`verbose=0`. A hint is omitted if a correct program could look the same.
"""

import numpy as np
import tensorflow as tf

from tfk.losses.target_checks import kind_of
from tfk.utils import hints
from tfk.utils.checks import describe

LOOKED_AT = 64  # rows of the inputs
FEWEST_TARGETS = 32
# Layers that pass raw pixels on, and those that depend on their scale.
PASSES_ON = frozenset(
    "InputLayer Flatten Reshape Permute Dropout GaussianNoise ZeroPadding2D Cropping2D Resizing"
    " CenterCrop RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom RandomHeight"
    " RandomWidth RandomContrast".split()
)
WEIGHS = frozenset("Dense Conv1D Conv2D DepthwiseConv2D SeparableConv2D".split())
# A network with one of these layers is insensitive to the scale.
NORMALIZES = frozenset(
    "BatchNormalization GroupNormalization LayerNormalization Normalization Rescaling"
    " SyncBatchNormalization UnitNormalization".split()
)


def hint_at_targets(output, values, loss):
    """Warn about labels of a binary cross-entropy that are all 0.

    Args:
        output: Name of the output.
        values: All its targets, a tensor or array.
        loss: Its loss.
    """
    if kind_of(loss) != "shares" or not hasattr(values, "numpy") or len(values) < FEWEST_TARGETS:
        return
    if not tf.reduce_any(tf.not_equal(values, 0)):
        hints.hint(
            f'Output "{output}": all {len(values)} targets are 0, so there is nothing to learn.'
            " Check how the labels were made, for example y = (labels == 'yes')."
        )


def hint_at_images(model, x):
    """Warn about byte images (0 to 255) that enter a network without rescaling.

    Args:
        model: A model; only graphs of layers are checked.
        x: Its inputs: a tensor, or a nest of tensors.
    """
    leaves = tf.nest.flatten(x)
    if model._graph is None or len(leaves) != 1 or not _are_bytes(leaves[0]):
        return
    if _normalizes(model) or not _weighs_first(model):
        return
    hints.hint(
        f"{describe(model)}: the inputs are bytes from 0 to 255. Networks learn better from values"
        " around 0 to 1: add tfk.layers.Rescaling(1 / 255) as the first layer, or divide the data"
        " by 255."
    )


def _are_bytes(x):
    """Return whether the first rows of a tensor look like 8-bit pixels."""
    if not hasattr(x, "numpy") or x.shape.rank < 2 or np.prod(x.shape[1:]) < LOOKED_AT:
        return False
    values = x[:LOOKED_AT].numpy()
    if values.dtype == np.uint8:
        return values.max() > 100
    if values.dtype.kind not in "if":
        return False
    return values.min() == 0 and values.max() == 255 and bool((values == np.floor(values)).all())


def _normalizes(model):
    return any(type(layer).__name__ in NORMALIZES for layer in model._flatten_layers())


def _weighs_first(model):
    """Return whether the first layers that compute on the inputs are dense or convolutional."""
    ahead = [node for node in model._graph.nodes if node.is_input]
    for node in ahead:  # extended during iteration
        for follower in _followers(model, node):
            name = type(follower.layer).__name__
            if name in PASSES_ON:
                ahead.append(follower)
            elif name not in WEIGHS:
                return False
    return True


def _followers(model, node):
    """Return the nodes of the model's graph that use the outputs of `node`."""
    outputs = {id(tensor) for tensor in tf.nest.flatten(node.outputs)}
    return [
        other
        for other in model._graph.nodes
        if any(id(tensor) in outputs for tensor in other.inputs)
    ]

"""Shared parts of the models: argument checks, the image input, the classification head and the
weights.
"""

import os
import warnings

import tensorflow as tf

from tfk import activations, layers
from tfk.applications.blocks import channel_axis
from tfk.applications.imagenet_utils import NUM_CLASSES
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.model.model import Model
from tfk.utils.checks import check_choice, check_positive_int

DEFAULT_SIZE = 224
POOLINGS = {"avg": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}


class Request:
    """Checked arguments common to all model functions.

    Attributes:
        image: The symbolic image, once `start` has made it.
    """

    def __init__(
        self,
        owner,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        releases=("imagenet",),
    ):
        self.owner = owner
        self.include_top = bool(include_top)
        self.weights = self._check_weights(weights, releases)
        self.pretrained = self.weights in releases
        self.input_tensor = input_tensor
        self.input_shape = None if input_shape is None else self._check_shape(input_shape)
        self.pooling = check_choice(owner, "pooling", pooling, (None, *POOLINGS))
        self.classes = check_positive_int(owner, "classes", classes)
        self.classifier_activation = classifier_activation
        if self.include_top:
            self._check_classifier()

    def _check_weights(self, weights, releases):
        if weights is None or weights in releases:
            return weights
        known = ", ".join(repr(name) for name in releases)
        problem = (
            f"{self.owner}: expected weights to be None (random), {known} or the path of a file of"
            " weights"
        )
        if not isinstance(weights, (str, os.PathLike)):
            raise ValueError(f"{problem}, got {weights!r}.")
        path = os.fspath(weights)
        if not tf.io.gfile.exists(path):
            raise ValueError(f"{problem}, got {path!r}, which is not an existing file.")
        return path

    def _check_shape(self, shape):
        try:
            sizes = tuple(tf.TensorShape(shape))
        except (TypeError, ValueError):
            sizes = ()
        if len(sizes) != 3:
            raise ValueError(
                f"{self.owner}: expected input_shape to be the shape of one image, such as "
                f"{image_shape(224, 224, 3)}, got {shape!r}."
            )
        return sizes

    def _check_classifier(self):
        if self.pretrained and self.classes != NUM_CLASSES:
            raise ValueError(
                f"{self.owner}: the classifier of weights={self.weights!r} has {NUM_CLASSES}"
                f" classes, got classes={self.classes}. Pass include_top=False and put a Dense"
                " layer on top, or weights=None."
            )
        if self.weights is not None:
            linear_or_softmax = (activations.get(None), activations.get("softmax"))
            if activations.get(self.classifier_activation) not in linear_or_softmax:
                raise ValueError(
                    f"{self.owner}: with weights={self.weights!r} expected classifier_activation to"
                    f" be 'softmax' or None, got {self.classifier_activation!r}."
                )

    def start(self, default_size, minimum_size, any_size=False, known_size=False):
        """Make the symbolic image and return it.

        Args:
            default_size: Height and width of the images the classifier was made for, None for any.
            minimum_size: The least height and width that leave something at the end.
            any_size: Whether the classifier takes images of other sizes, known or not, as well.
                Defaults to False.
            known_size: Whether the features, too, can only be built for images of known size.
                Defaults to False.
        """
        needs_size = known_size or (self.include_top and not any_size)
        shape = self.shape = self._resolve_shape(default_size, minimum_size, any_size, needs_size)
        if self.input_tensor is None:
            self.image = layers.Input(shape)
        elif is_symbolic(self.input_tensor):
            self.image = self.input_tensor
            self._compare(self.input_tensor.shape, shape)
        else:
            self.image = layers.Input(tensor=self.input_tensor)
            self._compare(self.image.shape, shape)
        return self.image

    def _resolve_shape(self, default_size, minimum_size, any_size, needs_size):
        given = self.input_shape
        if given is None:
            size = default_size if self.include_top or needs_size else None
            return image_shape(size, size, 3)
        height, width, channels = sizes_of(given)
        if self.pretrained and channels != 3:
            raise ValueError(
                f"{self.owner}: weights={self.weights!r} take images of 3 channels, got"
                f" input_shape={given}. Pass weights=None, or turn the images into RGB."
            )
        if channels not in (1, 3):
            warnings.warn(
                f"{self.owner}: images usually have 1 or 3 channels, got input_shape={given}."
            )
        default = image_shape(default_size, default_size, channels)
        if self.pretrained and self.include_top and not any_size and given != default:
            raise ValueError(
                f"{self.owner}: the classifier of weights={self.weights!r} takes images of shape"
                f" {default}, got input_shape={given}. Pass include_top=False for other sizes."
            )
        if any(size is not None and size < minimum_size for size in (height, width)):
            raise ValueError(
                f"{self.owner}: expected images of at least {minimum_size}x{minimum_size}, got"
                f" input_shape={given}."
            )
        if needs_size and None in given:
            part, hint = (
                ("classifier", ", or include_top=False") if self.include_top else ("network", "")
            )
            raise ValueError(
                f"{self.owner}: the {part} needs images of known size, got input_shape={given}."
                f" Pass all sizes{hint}."
            )
        return given

    def _compare(self, tensor_shape, shape):
        if self.input_shape is not None and not tensor_shape[1:].is_compatible_with(shape):
            raise ValueError(
                f"{self.owner}: input_tensor has shape {tuple(tensor_shape)}, which contradicts"
                f" input_shape={shape}. Pass one of them."
            )

    def published_size(self, sizes):
        """Return the requested image height if the images are square and weights of that size
        exist, else 224.
        """
        shape = self.input_shape
        if shape is None and is_symbolic(self.input_tensor):
            shape = tuple(self.input_tensor.shape[1:])
        height, width, _ = (None, None, None) if shape is None else sizes_of(shape)
        return height if height == width and height in sizes else DEFAULT_SIZE

    def size_of_weights(self, sizes):
        """Return the image height; with ImageNet weights, one they were published for."""
        height, width, _ = sizes_of(self.shape)
        if not self.pretrained or (height == width and height in sizes):
            return height
        if height is not None:
            warnings.warn(
                f"{self.owner}: no weights were published for images of {height}x{width}; those for"
                f" {DEFAULT_SIZE}x{DEFAULT_SIZE} are loaded."
            )
        return DEFAULT_SIZE

    def require(self, argument, value, choices):
        """Raise ValueError if ImageNet weights are requested and none exist for this value of an
        argument.
        """
        if self.pretrained:
            check_choice(f"{self.owner} with weights={self.weights!r}", argument, value, choices)

    def head(self, x, top_pool="avg_pool", pool="{}", dropout_rate=0.0, **dense):
        """Add the usual head: the mean over the image and a Dense layer, or else the requested
        pooling.

        Args:
            x: Features.
            top_pool: Name of the pooling layer before the classifier. Defaults to `"avg_pool"`.
            pool: Name of the pooling layer of a model without classifier, `{}` is its kind; None
                for a default name.
            dropout_rate: Fraction of features dropped before the classifier. Defaults to 0.0.
            **dense: Arguments of the Dense layer.
        """
        if not self.include_top:
            return self.pool(x, pool)
        x = layers.GlobalAveragePooling2D(name=top_pool)(x)
        if dropout_rate > 0:
            x = layers.Dropout(dropout_rate, name="top_dropout")(x)
        return self.classify(x, **dense)

    def pool(self, x, name=None):
        """Return the features, pooled as requested; `{}` in `name` becomes the kind of pooling."""
        if self.pooling is None:
            return x
        return POOLINGS[self.pooling](name=name and name.format(f"{self.pooling}_pool"))(x)

    def classify(self, x, **dense):
        """Add the Dense layer of the classifier."""
        activation = self.classifier_activation
        return layers.Dense(self.classes, activation=activation, name="predictions", **dense)(x)

    def model(self, name, x, release, key=None):
        """Return the model from the image to `x`, with its weights.

        Args:
            name: Its name.
            x: Its output.
            release: Where its published weights lie.
            key: Its name there, where that differs. Defaults to None.
        """
        model = Model(source_inputs(self.image), x, name=name)
        if self.pretrained:
            model.load_weights(release.fetch(key or name, self.include_top))
        elif self.weights is not None:
            model.load_weights(self.weights)
        return model


def image_shape(height, width, channels):
    """Return the shape of one image in the global data format."""
    return (channels, height, width) if channel_axis() == 1 else (height, width, channels)


def sizes_of(shape):
    """`(height, width, channels)` of the shape of one image."""
    return (*shape[1:], shape[0]) if channel_axis() == 1 else tuple(shape)


def source_inputs(tensor):
    """Return the Inputs from which a symbolic tensor is computed: one tensor, or a list of
    several."""
    found, waiting = {}, [tensor]
    while waiting:
        one = waiting.pop()
        node = one.node
        if node.is_input:
            found[id(one)] = one
        else:
            waiting.extend(node.inputs)
    inputs = list(found.values())
    return inputs[0] if len(inputs) == 1 else inputs

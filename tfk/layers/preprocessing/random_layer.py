"""Base classes of random image augmentation layers."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.image_shapes import as_images
from tfk.typing import Config, Shape, TensorLike
from tfk.utils import philox
from tfk.utils.checks import check_choice, check_number, describe
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


class RandomImageLayer(Layer):
    """Base class of layers that augment images in training (the default) and are the identity
    otherwise.

    A subclass defines `augment(images)` for images in the compute dtype.

    Args:
        seed: Integer random seed for reproducible changes. Defaults to None.
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `Layer`.
    """

    def __init__(self, seed: int | None = None, **kwargs):
        kwargs.pop("rng_type", None)  # written by Keras 2, always "stateful"
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: TensorLike, training: bool | None = True):
        images = as_images(self, inputs, self.compute_dtype)
        return smart_cond(training, lambda: self.augment(images), lambda: tf.identity(images))

    def augment(self, images: TensorLike):
        """Return the augmented images."""
        raise NotImplementedError(
            f"{describe(self)}: a random image layer must define augment(images)."
        )

    def draw(self, shape, low, high):
        """Draw float32 values uniformly from `[low, high)`."""
        seed = self.seed_generator.next_seed()
        return philox.uniform(shape, seed, low, high)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "rng_type": "stateful", "seed": self.seed}


class RandomTransform(RandomImageLayer):
    """Base class of layers that apply a random projective transform to each image.

    A subclass defines `transforms(count, height, width)`: one row of eight numbers per image that
    map output to input coordinates (see `tf.raw_ops.ImageProjectiveTransformV3`).
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, **kwargs)
        self.fill_mode = _implemented(self, "fill_mode", fill_mode, FILL_MODES)
        self.interpolation = _implemented(self, "interpolation", interpolation, INTERPOLATIONS)
        self.fill_value = fill_value

    def augment(self, images: TensorLike):
        batch = images if images.shape.rank == 4 else images[tf.newaxis]
        count, height, width = tf.unstack(tf.shape(batch)[:3])
        moved = tf.raw_ops.ImageProjectiveTransformV3(
            images=batch,
            transforms=self.transforms(
                count, tf.cast(height, tf.float32), tf.cast(width, tf.float32)
            ),
            output_shape=tf.stack([height, width]),
            fill_value=tf.cast(self.fill_value, tf.float32),
            fill_mode=self.fill_mode.upper(),
            interpolation=self.interpolation.upper(),
        )
        moved = moved if images.shape.rank == 4 else moved[0]
        moved.set_shape(images.shape)
        return moved

    def transforms(self, count, height: int, width: int):
        """Return a tensor `(count, 8)`."""
        raise NotImplementedError(
            f"{describe(self)}: a random transform must define transforms(...)."
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "interpolation": self.interpolation,
        }


def rows_of_eight(a, b, c, d, e, f):
    """Return transforms that read `(a x + b y + c, d x + e y + f)`, from tensors `(count,)` or
    numbers.
    """
    zeros = tf.zeros_like(next(part for part in (a, b, c, d, e, f) if tf.is_tensor(part)))
    parts = [zeros + part for part in (a, b, c, d, e, f)]
    return tf.stack([*parts, zeros, zeros], axis=1)


def check_range(owner, argument, value, lowest, highest=float("inf"), any_order=False):
    """Return `(low, high)` from a pair, or `(-z, z)` from a number z.

    Args:
        owner: The layer, for messages.
        argument: Name of the argument.
        value: The pair or number.
        lowest: Smallest value allowed.
        highest: Largest value allowed. Defaults to infinity.
        any_order: Whether the larger one may come first. Defaults to False.
    """
    low, high = value if isinstance(value, (tuple, list)) and len(value) == 2 else (None, value)
    check_number(owner, argument, high)
    low = -high if low is None else check_number(owner, argument, low)
    if any_order:
        low, high = sorted((low, high))
    if low > high:
        raise ValueError(
            f"{describe(owner)}: expected {argument} to be a number of at least 0 or a pair (low,"
            f" high), got {value!r}."
        )
    if low < lowest or high > highest:
        raise ValueError(
            f"{describe(owner)}: expected {argument} to be between {lowest} and {highest}, got"
            f" {value!r}."
        )
    return low, high


def as_setting(value):
    """Return a factor as stored in a config; lists would become tracked attributes."""
    return tuple(value) if isinstance(value, list) else value


def _implemented(owner, argument, value, choices):
    try:
        return check_choice(owner, argument, value, choices)
    except ValueError as error:
        raise NotImplementedError(str(error)) from None

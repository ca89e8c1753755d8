"""Random features whose inner products approximate a kernel."""

import math

import tensorflow as tf

from tfk import initializers
from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.utils.checks import check_choice, check_number, check_positive_int, describe

KERNELS = ("gaussian", "laplacian")


@register("layers.experimental")
class RandomFourierFeatures(Layer):
    """Random features of a shift-invariant kernel: `cos(x @ W / scale + b)`.

    The inner product of the features of two points, divided by `output_dim / 2`, approximates the
    kernel of the points. A linear model of the features is a kernel machine that scales with the
    number of samples.

    Args:
        output_dim: Number of features, a positive integer.
        kernel_initializer: Distribution of W: `"gaussian"` for the kernel `exp(-|x - y|^2 / (2 *
            scale^2))`, `"laplacian"` for `exp(-|x - y|_1 / scale)`, or an initializer. Defaults to
            `"gaussian"`.
        scale: Width of the kernel, a positive number; by default `sqrt(features / 2)` for
            `"gaussian"`, else 1.
        trainable: Whether training changes the scale; W and b stay as they are. Defaults to False.
    Input shape: `(batch, features)`.
    Output shape: `(batch, output_dim)`, float32.
    Raises: ValueError for an unknown kernel, sizes that are not positive, or an input of another
        rank.
    Source: Rahimi and Recht, 2007, Random features for large-scale kernel machines (NeurIPS).
    >>> RandomFourierFeatures(5)(tf.ones((2, 3))).shape
    TensorShape([2, 5])
    """

    def __init__(
        self,
        output_dim,
        kernel_initializer="gaussian",
        scale=None,
        trainable=False,
        name=None,
        **kwargs,
    ):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.output_dim = check_positive_int(self, "output_dim", output_dim)
        if isinstance(kernel_initializer, str):
            kernel_initializer = kernel_initializer.lower()
            check_choice(self, "kernel_initializer", kernel_initializer, KERNELS)
        else:
            kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_initializer = kernel_initializer
        if scale is not None and check_number(self, "scale", scale) <= 0:
            raise ValueError(f"{describe(self)}: expected scale to be positive, got {scale}.")
        self.scale = scale

    def build(self, input_shape):
        if input_shape.rank != 2:
            raise ValueError(
                f"{describe(self)}: expected an input of rank 2, (batch, features), got shape"
                f" {tuple(input_shape)}."
            )
        features = self.known_dim(input_shape)
        self.input_spec = InputSpec(ndim=2, axes={1: features})
        if self.scale is None:
            self.scale = math.sqrt(features / 2) if self.kernel_initializer == "gaussian" else 1.0
        frozen = {"dtype": "float32", "trainable": False}
        self.unscaled_kernel = self.add_weight(
            "unscaled_kernel", (features, self.output_dim), initializer=self._draw(), **frozen
        )
        phases = initializers.RandomUniform(0.0, 2 * math.pi)
        self.bias = self.add_weight("bias", (self.output_dim,), initializer=phases, **frozen)
        self.kernel_scale = self.add_weight(
            "kernel_scale",
            (1,),
            dtype="float32",
            initializer=initializers.Constant(self.scale),
            constraint="NonNeg",
        )

    def _draw(self):
        """The initializer of W: the Fourier transform of the kernel, as a distribution."""
        if self.kernel_initializer == "gaussian":
            return initializers.RandomNormal(stddev=1.0)
        return _cauchy if self.kernel_initializer == "laplacian" else self.kernel_initializer

    def call(self, inputs):
        products = tf.matmul(tf.cast(inputs, tf.float32), self.unscaled_kernel / self.kernel_scale)
        return tf.cos(tf.nn.bias_add(products, self.bias))

    def compute_output_shape(self, input_shape):
        shape = tf.TensorShape(input_shape).with_rank(2)
        self.known_dim(shape)
        return shape[:-1] + [self.output_dim]

    def compute_output_dtype(self, input_dtypes):
        return tf.float32

    def get_config(self):
        given = self.kernel_initializer
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "kernel_initializer": given if given in KERNELS else initializers.serialize(given),
            "scale": self.scale,
        }


def _cauchy(shape, dtype=None, **kwargs):
    """The standard Cauchy distribution, by the inverse of its distribution function."""
    uniform = initializers.RandomUniform(0.0, 1.0)(shape, dtype, **kwargs)
    return tf.tan(math.pi * (uniform - 0.5))

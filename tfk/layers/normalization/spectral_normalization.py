"""Spectral normalization: a wrapper that bounds the spectral norm of a layer's kernel."""

from typing import Any

import tensorflow as tf

from tfk import initializers
from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.core.wrapper import Wrapper
from tfk.mixed_precision.autocast_variable import enable_autocast
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int, describe
from tfk.utils.control_flow import smart_cond


@register("layers")
class SpectralNormalization(Wrapper):
    """Wrapper that divides the kernel of a layer by its largest singular value in each training
    call.

    The singular value is estimated by power iteration, whose vector persists in the variable
    `vector_u`.

    Args:
        layer: A layer with a `kernel` or `embeddings`.
        power_iterations: Iterations per call, a positive integer. Defaults to 1.
    Call arguments:
        inputs: Inputs of the wrapped layer.
        training: Whether to update the kernel. Defaults to False.
    Input shape: That of the wrapped layer.
    Output shape: That of the wrapped layer.
    Raises: ValueError if the layer has neither weight.
    Source: Miyato et al., 2018, arXiv:1802.05957.
    >>> SpectralNormalization(tfk.layers.Conv2D(2, 3))(tf.ones((1, 8, 8, 3)), training=True).shape
    TensorShape([1, 6, 6, 2])
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs):
        super().__init__(layer, **kwargs)
        self.power_iterations = check_positive_int(self, "power_iterations", power_iterations)

    def build(self, input_shape: Shape):
        super().build(input_shape)
        self.input_spec = InputSpec(shape=[None, *input_shape[1:]])
        kernel = self._kernel
        if kernel is None:
            raise ValueError(
                f"{describe(self)}: {describe(self.layer)} has neither a kernel nor embeddings."
            )
        self.vector_u = self.add_weight(
            "vector_u",
            (1, kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
            dtype=kernel.dtype,
            autocast=False,
        )

    def saved_variables(self):
        # Keras 2 keeps the kernel of the wrapped layer as an attribute, so files hold it twice.
        kernel = [] if self._kernel is None else [self._kernel]
        return kernel + super().saved_variables()

    @property
    def _kernel(self):
        return getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))

    def call(self, inputs: TensorLike, training: bool | None = False):
        smart_cond(training, self._update, tf.no_op)
        return self.layer(inputs)

    def _update(self):
        with enable_autocast(None):  # in the dtype of the weights
            kernel, vector_u = self.normalize_weights()
            # A kernel of zeros has no direction: it stays, and so does the vector.
            has_direction = tf.reduce_any(self._kernel != 0)
            self._kernel.assign(tf.where(has_direction, kernel, self._kernel))
            self.vector_u.assign(tf.where(has_direction, vector_u, self.vector_u))
        return tf.no_op()

    def normalize_weights(self):
        """Return the kernel divided by its largest singular value, and the new power iteration
        vector.
        """
        kernel, vector_u = self._kernel, self.vector_u
        matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
        for _ in range(self.power_iterations):
            vector_v = tf.math.l2_normalize(tf.matmul(vector_u, matrix, transpose_b=True))
            vector_u = tf.math.l2_normalize(tf.matmul(vector_v, matrix))
        vector_u, vector_v = tf.stop_gradient(vector_u), tf.stop_gradient(vector_v)
        sigma = tf.matmul(tf.matmul(vector_v, matrix), vector_u, transpose_b=True)
        return tf.reshape(matrix / sigma, kernel.shape), vector_u

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(self.layer.compute_output_shape(input_shape))

    def compute_output_dtype(self, input_dtypes):
        return self.layer.compute_output_dtype(input_dtypes)

    def get_config(self) -> Config:
        return {**super().get_config(), "power_iterations": self.power_iterations}

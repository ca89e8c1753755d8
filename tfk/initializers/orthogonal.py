"""Random orthogonal matrices."""

import math

import tensorflow as tf

from tfk.initializers.initializer import RandomInitializer, refuse_partition
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike
from tfk.utils import philox
from tfk.utils.loading import check_time

SECONDS_PER_PRODUCT = 2e-10  # of a QR decomposition of (m, n), which takes about m * n**2 products


@register("initializers", aliases=("orthogonal", "OrthogonalV2"))
class Orthogonal(RandomInitializer):
    """Initializer with a random matrix with orthonormal columns (or rows, if there are fewer rows).

    Weights of higher rank are treated as a matrix of shape `(product of all but the last size, last
    size)`.

    Args:
        gain: Factor of the matrix. Defaults to 1.0.
        seed: Integer random seed, or None for a random one. Defaults to None.
    Raises: ValueError for a shape of rank 0 or 1.
    Source: Saxe et al., 2014, arXiv:1312.6120.
    >>> q = Orthogonal(seed=1)((5, 3))
    >>> tf.matmul(q, q, transpose_a=True).numpy().round(4) + 0.0
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        refuse_partition(self, kwargs)
        return super().__call__(shape, dtype)

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a weight of rank 2 or more, got shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        check_time(SECONDS_PER_PRODUCT * tall[0] * tall[1] ** 2)
        # There is no decomposition in half precision.
        computed = dtype if dtype in (tf.float32, tf.float64) else tf.float32
        normal = philox.normal(tall, seed, dtype=computed)
        q, r = tf.linalg.qr(normal, full_matrices=False)
        # A positive diagonal of r makes the decomposition unique and q uniformly distributed.
        q *= tf.sign(tf.linalg.diag_part(r))
        q = tf.transpose(q) if rows < columns else q
        return self.gain * tf.cast(tf.reshape(q, shape), dtype)

    def get_config(self) -> Config:
        return {"gain": self.gain, "seed": self.seed}

"""Batch normalization as a function."""

import tensorflow as tf


def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """Return `gamma * (x - mean) / sqrt(var + epsilon) + beta`.

    Args:
        x: Tensor.
        mean: Means: one for each index along `axis`, or of a shape that broadcasts against `x`.
        var: Variances, shaped like `mean`.
        beta: Offsets, shaped like `mean`; None for 0.
        gamma: Factors, shaped like `mean`; None for 1.
        axis: Feature axis. Defaults to -1.
        epsilon: Constant that avoids division by 0. Defaults to 0.001.

    >>> x, mean, var = tf.constant([[1.0, 3.0]]), tf.constant([0.0, 1.0]), tf.constant([1.0, 4.0])
    >>> batch_normalization(x, mean, var, None, None, epsilon=0).numpy()
    array([[1., 1.]], dtype=float32)
    """
    rank = x.shape.rank

    def along_axis(values):
        if values is None or rank is None or values.shape.rank != 1 or axis % rank == rank - 1:
            return values
        return tf.reshape(values, [-1 if i == axis % rank else 1 for i in range(rank)])

    return tf.nn.batch_normalization(x, *map(along_axis, (mean, var, beta, gamma)), epsilon)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """Normalize a batch by its own mean and variance.

    Args:
        x: Tensor.
        gamma: Factors, or None for 1.
        beta: Offsets, or None for 0.
        reduction_axes: Axes over which mean and variance are computed.
        epsilon: Constant that avoids division by 0. Defaults to 0.001.

    Returns:
        The normalized tensor, the means and the variances. For images with channels last the
        variances are unbiased, as TensorFlow's fused operation computes them.

    >>> x = tf.constant([[1.0], [3.0]])
    >>> normalized, mean, variance = normalize_batch_in_training(x, None, None, [0], epsilon=0)
    >>> normalized.numpy().ravel(), mean.numpy(), variance.numpy()
    (array([-1.,  1.], dtype=float32), array([2.], dtype=float32), array([1.], dtype=float32))
    """
    if x.shape.rank == 4 and sorted(reduction_axes) == [0, 1, 2] and x.dtype == tf.float32:
        channels = tf.shape(x)[-1:]
        normalized, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x,
            scale=tf.ones(channels) if gamma is None else gamma,
            offset=tf.zeros(channels) if beta is None else beta,
            mean=[],
            variance=[],
            epsilon=epsilon,
        )
        return normalized, mean, variance
    mean, variance = tf.nn.moments(x, reduction_axes, keepdims=True)
    parameters = [None if p is None else tf.reshape(p, tf.shape(mean)) for p in (beta, gamma)]
    normalized = tf.nn.batch_normalization(x, mean, variance, *parameters, epsilon)
    return normalized, tf.squeeze(mean, reduction_axes), tf.squeeze(variance, reduction_axes)

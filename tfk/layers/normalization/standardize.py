"""Mean 0 and variance 1, with a gradient written by hand."""

import tensorflow as tf


def standardize(inputs, mean, epsilon):
    """`(x - mean(x)) / sqrt(mean((x - mean(x))**2) + epsilon)`.

    The gradient takes two means more; differentiating the formula step by step costs a quarter of a
    training step in addition. It can itself be differentiated.

    Args:
        inputs: Tensor x.
        mean: Linear function from a tensor like x to its means, which broadcast against x.
        epsilon: Added to the variance.
    """

    @tf.custom_gradient
    def run(x):
        centered = x - mean(x)
        inverse = tf.math.rsqrt(mean(tf.square(centered)) + epsilon)
        outputs = centered * inverse

        def gradient(upstream):
            return inverse * (upstream - mean(upstream) - outputs * mean(upstream * outputs))

        return outputs, gradient

    return run(inputs)

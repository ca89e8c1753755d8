"""TensorFlow's fused batch normalization kernel: conditions and calls."""

import tensorflow as tf

from tfk.layers.normalization.axes import as_tuple

DTYPES = ("float16", "bfloat16", "float32")


def why_not_fusable(layer, rank=None):
    """Return why a BatchNormalization cannot use the kernel (for inputs of `rank`), or None."""
    axes = as_tuple(layer.axis)
    first_or_last = (1, -1, 3, 4, -3, -4) if rank is None else (1, rank - 1)
    reasons = {
        "with synchronized=True": layer.synchronized,
        "with renorm=True": layer.renorm,
        "with virtual_batch_size": layer.virtual_batch_size is not None,
        "with adjustment": layer.adjustment is not None,
        f"in {layer.compute_dtype}; it takes {', '.join(DTYPES)}": (
            layer.compute_dtype not in DTYPES
        ),
        f"with axis={layer.axis}; it takes 1 or the last one": (
            len(axes) > 1 or axes[0] not in first_or_last
        ),
        f"for inputs of rank {rank}; it takes 4 and 5": rank not in (None, 4, 5),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def fused_batch_norm(layer, inputs, is_training):
    """Return the outputs and, in training, the new moving mean and variance."""
    channels_first = layer.axis == (1,)
    images = inputs if inputs.shape.rank == 4 else _as_images(inputs, channels_first)
    channels, dtype = layer.moving_mean.shape, layer.moving_mean.dtype
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images,
        scale=layer.gamma if layer.scale else tf.ones(channels, dtype),
        offset=layer.beta if layer.center else tf.zeros(channels, dtype),
        mean=layer.moving_mean,
        variance=layer.moving_variance,
        epsilon=layer.epsilon,
        exponential_avg_factor=1.0 - layer.momentum if is_training else 1.0,
        data_format="NCHW" if channels_first else "NHWC",
        is_training=is_training,
    )
    return (outputs if images is inputs else tf.reshape(outputs, tf.shape(inputs))), mean, variance


def _as_images(volumes, channels_first):
    """Merge two spatial axes of inputs of rank 5."""
    shape = tf.shape(volumes)
    if channels_first:
        return tf.reshape(volumes, (shape[0], volumes.shape[1], -1, shape[4]))
    return tf.reshape(volumes, (shape[0], -1, shape[3], shape[4]))

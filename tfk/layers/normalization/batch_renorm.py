"""Batch renormalization: batch statistics corrected towards the moving averages.

Source: Ioffe, 2017, arXiv:1702.03275.
"""

import tensorflow as tf

from tfk.layers.normalization.batch_moments import move_towards
from tfk.utils.checks import describe

CLIPPING_KEYS = ("rmax", "rmin", "dmax")


def check_clipping(layer, clipping):
    """Return `renorm_clipping` as a dict; raise ValueError for unknown keys."""
    unknown = set(clipping or {}) - set(CLIPPING_KEYS)
    if unknown:
        raise ValueError(
            f"{describe(layer)}: expected the keys of renorm_clipping to be among {CLIPPING_KEYS}, "
            f"got {sorted(clipping)}."
        )
    return dict(clipping or {})


def config(layer):
    """Return the config entries of a layer that concern renormalization."""
    return {
        "renorm": True,
        "renorm_clipping": dict(layer._clipping),
        "renorm_momentum": layer.renorm_momentum,
    }


def add_weights(layer, shape, **options):
    """Add the moving averages that renormalization needs to a `BatchNormalization`."""

    def initial_stddev(shape, dtype=None):
        return tf.sqrt(layer.moving_variance_initializer(shape, dtype=dtype))

    def add(name, initializer):
        return layer.add_weight(name, shape, initializer=initializer, **options)

    layer.moving_stddev = add("moving_stddev", initial_stddev)
    layer.renorm_mean = add("renorm_mean", layer.moving_mean_initializer)
    layer.renorm_stddev = add("renorm_stddev", initial_stddev)


def update(layer, mean, variance, is_filled):
    """Update all moving averages of a layer except `moving_mean`.

    Returns: Scale and offset of the `correction` for a batch with these statistics.
    """
    stddev = tf.sqrt(variance + layer.epsilon)
    r, d = correction(
        mean,
        stddev,
        layer.renorm_mean.read_value(),
        tf.maximum(layer.renorm_stddev.read_value(), layer.epsilon**0.5),
        dict(layer._clipping),
    )
    move_towards(layer.renorm_mean, mean, layer.renorm_momentum, is_filled)
    move_towards(layer.renorm_stddev, stddev, layer.renorm_momentum, is_filled)
    moving = move_towards(layer.moving_stddev, stddev, layer.momentum, is_filled)
    layer.moving_variance.assign(tf.nn.relu(tf.square(moving) - layer.epsilon))
    return r, d


def correction(mean, stddev, moving_mean, moving_stddev, clipping):
    """Return the scale r and offset d that turn batch statistics into moving ones, without
    gradients.

    Args:
        mean, stddev: Statistics of the batch.
        moving_mean, moving_stddev: Their moving averages.
        clipping: Dict with the bounds `rmin` and `rmax` of r and `dmax` of `|d|`; missing keys mean
            no bound.
    """
    r = stddev / moving_stddev
    d = (mean - moving_mean) / moving_stddev
    if clipping.get("rmin") is not None:
        r = tf.maximum(r, clipping["rmin"])
    if clipping.get("rmax") is not None:
        r = tf.minimum(r, clipping["rmax"])
    if clipping.get("dmax") is not None:
        d = tf.clip_by_value(d, -clipping["dmax"], clipping["dmax"])
    return tf.stop_gradient(r), tf.stop_gradient(d)

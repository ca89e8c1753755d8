"""Batch renormalization: batch statistics corrected towards the moving ones. Ioffe, 2017,
arXiv:1702.03275.
"""

import tensorflow as tf

from tfk.utils.checks import describe

CLIPPING_KEYS = ("rmax", "rmin", "dmax")


def check_clipping(layer, clipping):
    """Returns `renorm_clipping` as a dict; raises ValueError for keys it does not have."""
    unknown = set(clipping or {}) - set(CLIPPING_KEYS)
    if unknown:
        raise ValueError(
            f"{describe(layer)}: expected the keys of renorm_clipping to be among {CLIPPING_KEYS}, "
            f"got {sorted(clipping)}."
        )
    return dict(clipping or {})


def correction(mean, stddev, moving_mean, moving_stddev, clipping):
    """The scale r and offset d that turn batch statistics into moving ones; no gradient flows
    through them.

    Args:
        mean, stddev: Statistics of the batch.
        moving_mean, moving_stddev: Moving averages of these.
        clipping: Dict with bounds `rmin`, `rmax` of r and `dmax` of the size of d; missing means
            none.
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

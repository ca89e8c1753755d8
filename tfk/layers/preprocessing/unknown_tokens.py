"""Handling of out-of-vocabulary tokens."""

import tensorflow as tf

from tfk.utils.checks import describe

UNKNOWN = -1  # value of the table for them


def hash_unknown(inputs, found, count, first):
    """Return `found` with unknown tokens hashed to the indices `first` to `first + count - 1`."""
    if inputs.dtype.is_integer:
        bucket = tf.math.floormod(inputs, count)
    else:
        bucket = tf.strings.to_hash_bucket_fast(inputs, count)
    return tf.where(tf.equal(found, UNKNOWN), tf.cast(bucket, tf.int64) + first, found)


def refuse_unknown(owner, inputs, found):
    """Return `found` after checking that no token is unknown."""
    problem = (
        f"{describe(owner)}: with num_oov_indices=0 all inputs must be in the vocabulary;"
        " these are not:"
    )
    is_unknown = tf.equal(found, UNKNOWN)
    # Flattened, because a mask must not be scalar: datasets map single values.
    unknown = tf.boolean_mask(tf.reshape(inputs, (-1,)), tf.reshape(is_unknown, (-1,)))
    if inputs.dtype.is_integer:
        # Only strings: other data would put a branch with two functions into the graph.
        unknown = tf.strings.as_string(unknown)
    check = tf.debugging.Assert(~tf.reduce_any(is_unknown), [problem, unknown])
    with tf.control_dependencies([] if check is None else [check]):
        return tf.identity(found)

"""What a lookup gives for tokens that are not in the vocabulary."""

import tensorflow as tf

from tfk.utils.checks import describe

UNKNOWN = -1  # what the table gives for them


def hash_unknown(inputs, found, count, first):
    """`found` with the indices `first` to `first + count - 1`, by a hash, for unknown tokens."""
    if inputs.dtype.is_integer:
        bucket = tf.math.floormod(inputs, count)
    else:
        bucket = tf.strings.to_hash_bucket_fast(inputs, count)
    return tf.where(tf.equal(found, UNKNOWN), tf.cast(bucket, tf.int64) + first, found)


def refuse_unknown(owner, inputs, found):
    """`found`, behind a check that no token is unknown."""
    problem = (
        f"{describe(owner)}: with num_oov_indices=0 all inputs must be in the vocabulary;"
        " these are not:"
    )
    is_unknown = tf.equal(found, UNKNOWN)
    # Flat, because a mask cannot be scalar: datasets map single values.
    unknown = tf.boolean_mask(tf.reshape(inputs, (-1,)), tf.reshape(is_unknown, (-1,)))
    if inputs.dtype.is_integer:
        # Only strings: other data would put a branch with two functions into the graph.
        unknown = tf.strings.as_string(unknown)
    check = tf.debugging.Assert(~tf.reduce_any(is_unknown), [problem, unknown])
    with tf.control_dependencies([] if check is None else [check]):
        return tf.identity(found)

"""Nests of tensors in which some leaves are None (an output without target, say)."""

import tensorflow as tf


def tensors_of(nest):
    """Return the leaves of `nest` that are not None, in order."""
    return [leaf for leaf in tf.nest.flatten(nest) if leaf is not None]


def refill(nest, leaves):
    """Return the nest with its leaves that are not None replaced, in order, by `leaves`."""
    leaves = iter(leaves)
    return tf.nest.map_structure(lambda leaf: None if leaf is None else next(leaves), nest)


def map_tensors(function, nest):
    """`function` applied to every leaf that is not None."""
    return tf.nest.map_structure(lambda leaf: None if leaf is None else function(leaf), nest)


def spec_key(nest):
    """Return a hashable value that is equal for nests of the same structure and type specs."""
    leaves = tf.nest.flatten(nest)
    return (str(tf.nest.map_structure(lambda _: 0, nest)), *leaves)

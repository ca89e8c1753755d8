"""`tfk.backend.experimental`: the choice of random number generator.

Keras 2 chooses between `tf.random.Generator` and TensorFlow's stateful operations. tfk draws the
same way in either case; the functions keep the choice for programs that ask for it.
"""

_is_enabled = True


def is_tf_random_generator_enabled():
    """Return whether `tf.random.Generator` is enabled; True by default, as in Keras 2.

    >>> is_tf_random_generator_enabled()
    True
    """
    return _is_enabled


def enable_tf_random_generator():
    """Enable `tf.random.Generator`.

    >>> enable_tf_random_generator()
    >>> is_tf_random_generator_enabled()
    True
    """
    global _is_enabled
    _is_enabled = True


def disable_tf_random_generator():
    """Use TensorFlow's stateful random operations.

    >>> disable_tf_random_generator()
    >>> is_tf_random_generator_enabled()
    False
    >>> enable_tf_random_generator()
    """
    global _is_enabled
    _is_enabled = False

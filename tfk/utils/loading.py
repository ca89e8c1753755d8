"""Whether weights are about to be read from a file, and how large they can be."""

import contextlib
import math
import threading

# Weights may be stored compressed, so they may exceed their file; deflate shrinks by a factor of
# about 1000 at most.
MAX_EXPANSION = 1100
ALWAYS_ALLOWED = 2**26  # bytes


class _State(threading.local):
    left = (
        None  # bytes that layers may still take for their weights; None outside of `weights_follow`
    )


_state = _State()


@contextlib.contextmanager
def weights_follow(file_size):
    """Layers built inside start at zero: it saves time and memory, and draws no random numbers.

    Args:
        file_size: Bytes of the file that holds the weights. Layers that need more than it can hold
            are refused.
    """
    outer, _state.left = _state.left, MAX_EXPANSION * file_size + ALWAYS_ALLOWED
    try:
        yield
    finally:
        _state.left = outer


def do_weights_follow():
    """True inside `weights_follow`."""
    return _state.left is not None


def expect_weight(title, shape, item_size):
    """Notes that a weight of this shape will be read.

    Raises: ValueError if the file cannot hold it, before memory is taken for it.
    """
    _state.left -= math.prod(shape) * item_size
    if _state.left < 0:
        raise ValueError(
            f"{title} has shape {shape}: the file is too small for weights of that size. It is"
            " damaged or was made up."
        )

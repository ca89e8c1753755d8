"""What is in force while objects are saved or loaded: may lambdas run, which objects were seen,
whose fault errors are.
"""

import contextlib
import threading

import tensorflow as tf

# What code raises when it is given the wrong arguments, or too large ones.
MISFITS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    TypeError,
    tf.errors.OpError,
)


class _State(threading.local):
    def __init__(self):
        self.safe_mode = None  # None outside of any load
        self.shared = None  # objects seen in this load or save, by id


state = _State()


@contextlib.contextmanager
def safe_mode_scope(safe_mode):
    """Objects loaded inside use this mode, whatever nested calls pass; None changes nothing."""
    outer = state.safe_mode
    state.safe_mode = outer if safe_mode is None else safe_mode
    try:
        yield
    finally:
        state.safe_mode = outer


def in_safe_mode(safe_mode=True):
    """The mode of the load that is running in this thread; `safe_mode` (None means safe) outside of
    one.
    """
    if state.safe_mode is not None:
        return state.safe_mode
    return safe_mode is None or bool(safe_mode)


def is_loading():
    """Whether objects are being loaded in this thread."""
    return state.safe_mode is not None


@contextlib.contextmanager
def sharing_scope():
    """Objects with one id in the configs that are loaded inside are one object; the outermost scope
    counts.
    """
    if state.shared is not None:
        yield
        return
    state.shared = {}
    try:
        yield
    finally:
        state.shared = None


@contextlib.contextmanager
def misfits_named(what):
    """Turns what goes wrong inside for want of sound data into one ValueError that names the
    object.
    """
    try:
        yield
    except MISFITS as error:
        reason = str(error).partition("\n")[0][:500]
        raise ValueError(
            f"{what}: what is stored of it does not fit ({type(error).__name__}: {reason})."
        ) from error

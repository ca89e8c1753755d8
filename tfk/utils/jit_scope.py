"""Target of the code being traced, from which kernels are chosen."""

import contextlib
import threading

import tensorflow as tf

from tfk.utils.tensorflow_internals import traces_for_xla

_STATE = threading.local()


@contextlib.contextmanager
def _flag(name, value):
    before = getattr(_STATE, name, False)
    setattr(_STATE, name, value)
    try:
        yield
    finally:
        setattr(_STATE, name, before)


def xla_scope(value=True):
    """Context: what is traced inside will be compiled by XLA, so only operations XLA knows may be
    used.

    Not needed around a `tf.function(jit_compile=True)`, which `inside_xla` detects automatically.
    """
    return _flag("xla", value)


def portable_scope(value=True):
    """Context: what is traced inside must run elsewhere (LiteRT, other runtimes), on basic
    operations alone.
    """
    return _flag("portable", value)


def own_scope():
    """Context: what is traced inside stays in this process, because tfk runs it itself."""
    return _flag("own", True)


def may_be_exported():
    """Return True while a function of the user's is traced, which may end in a file or another
    runtime.

    >>> bool(tf.function(lambda: may_be_exported())()), may_be_exported()
    (True, False)
    """
    return not (tf.executing_eagerly() or getattr(_STATE, "own", False))


def inside_portable():
    """Return True inside `portable_scope`."""
    return getattr(_STATE, "portable", False)


def inside_xla():
    """Return True while tracing code that XLA will compile as a whole.

    >>> seen = []
    >>> @tf.function(jit_compile=True)
    ... def f(x):
    ...     seen.append(inside_xla())
    ...     return x
    >>> _ = f(tf.constant(1.0)); seen
    [True]
    """
    if getattr(_STATE, "xla", False):
        return True
    if tf.executing_eagerly():
        return False
    return traces_for_xla(tf.constant(0).graph)

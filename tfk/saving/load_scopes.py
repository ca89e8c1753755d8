"""Scopes of a save, a load or a copy: safe mode, shared objects, error context."""

import contextlib

import tensorflow as tf

from tfk.utils.load_context import changed, context
from tfk.utils.naming import printable

# What code raises when it is given the wrong arguments, or too large ones.
MISFITS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    tf.errors.OpError,
)


def safe_mode_scope(safe_mode):
    """Context in which objects are loaded in this mode, whatever nested calls pass; None changes
    nothing."""
    return changed(safe_mode=context.safe_mode if safe_mode is None else safe_mode)


def in_safe_mode(safe_mode=True):
    """Return the mode of the load running in this thread; outside one, `safe_mode` (None means
    safe).
    """
    if context.safe_mode is not None:
        return context.safe_mode
    return safe_mode is None or bool(safe_mode)


def is_loading():
    """Return whether objects are being loaded from a file in this thread."""
    return context.safe_mode is not None and not context.copying


def copying_scope():
    """Context in which configs stay in memory: they hold functions and classes as objects.

    No text can hold such an object, so a file cannot make use of this. Ids of the load or save
    that makes the copy mean nothing in it.
    """
    return changed(copying=True, shared=None, numbered=None)


def is_copying():
    """Return whether configs in this thread describe a copy of live objects."""
    return context.copying


def sharing_scope():
    """Context in which configs with the same id load as one object; the outermost scope applies."""
    return changed(shared={}) if context.shared is None else contextlib.nullcontext()


@contextlib.contextmanager
def misfits_named(what, *further):
    """Context that converts errors caused by invalid data to a ValueError naming the object.

    Args:
        what: The object.
        *further: Exception classes besides `MISFITS` that are turned.
    """
    try:
        yield
    except (*MISFITS, *further) as error:
        reason = printable(str(error).partition("\n")[0][:500])
        raise ValueError(
            f"{what}: what is stored does not fit ({type(error).__name__}: {reason})."
        ) from error


@contextlib.contextmanager
def nesting_checked():
    """Context or decorator that turns the end of Python's stack into a ValueError."""
    try:
        yield
    except RecursionError:
        raise ValueError("The config is nested too deeply to be read.") from None

"""Warnings about models and data that work, but not as the user probably meant."""

import contextlib
import sys
import threading
import warnings

from tfk.utils.tracebacks import is_internal

_state = threading.local()


class TrainingHint(UserWarning):
    """Category of these warnings: `warnings.simplefilter("ignore", TrainingHint)` hides them.

    >>> issubclass(TrainingHint, UserWarning)
    True
    """


@contextlib.contextmanager
def hints_shown(shown):
    """Whether `hint` warns inside of the `with` block; it does not outside of any."""
    before = getattr(_state, "shown", False)
    _state.shown = shown
    try:
        yield
    finally:
        _state.shown = before


def are_shown():
    """Return whether hints are of any use here."""
    return getattr(_state, "shown", False)


def hint(message):
    """Warn about what is probably a mistake, unless `fit` or `evaluate` runs with `verbose=0`."""
    if are_shown():
        warn(message)


def warn(message):
    """Warn about a certain mistake; the warning points at the user's line."""
    warnings.warn(message, TrainingHint, stacklevel=_user_level())


def _user_level():
    """The `stacklevel` of the innermost frame outside of this package and TensorFlow, as seen from
    the caller.
    """
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and (
        is_internal(frame.f_code.co_filename) or frame.f_code.co_filename == contextlib.__file__
    ):
        level, frame = level + 1, frame.f_back
    return level

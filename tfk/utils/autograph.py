"""Controls which code AutoGraph converts: user code only, never the library."""

from tfk.utils.tensorflow_internals import autograph_convert, mark_as_converted


def runs_as_written(function):
    """Mark a library function (or a class whose instances are called) as not to be converted.

    Code of users that AutoGraph converts reaches the library through such functions. The marker is
    the attribute by which AutoGraph recognizes what it has dealt with already, so a call costs
    nothing extra.
    """
    mark_as_converted(function)
    return function


def converted(function):
    """`function` with Python `if`, `for` and `while` on tensors turned into graph operations."""
    return autograph_convert(function)


def is_library(function):
    """Return True for functions defined in this package."""
    return (getattr(function, "__module__", None) or "").split(".")[0] == __name__.split(".")[0]

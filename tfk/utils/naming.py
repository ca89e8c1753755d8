"""Names: from class names to snake case, and unique within the process."""

import collections
import contextlib
import re
import threading
import weakref

import tensorflow as tf

from tfk.utils.tensorflow_internals import current_graph

_counts = collections.Counter()
_counts_of_graphs = weakref.WeakKeyDictionary()


class _Separate(threading.local):
    counts = None


_separate = _Separate()


def current_counts():
    """Return the counter of default names in force here.

    A graph being traced has its own counter, so that layers created in a `build` or `call` that is
    traced leave the names of all others as they are, as in Keras 2.
    """
    if tf.executing_eagerly():
        return _counts if _separate.counts is None else _separate.counts
    graph = current_graph()
    if graph not in _counts_of_graphs:
        separate = _separate.counts
        _counts_of_graphs[graph] = collections.Counter() if separate is None else separate
    return _counts_of_graphs[graph]


class counting_names:
    """Context in which default names come from `counts` instead of the process-wide counter."""

    __slots__ = ("counts", "outer")

    def __init__(self, counts):
        self.counts = counts

    def __enter__(self):
        self.outer, _separate.counts = _separate.counts, self.counts

    def __exit__(self, *error):
        _separate.counts = self.outer


def to_snake_case(name):
    """Turn a class name into the stem of a default layer name.

    >>> to_snake_case("MaxPooling2D"), to_snake_case("LSTM"), to_snake_case("TimeDistributed")
    ('max_pooling2d', 'lstm', 'time_distributed')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    # A name scope may not begin with an underscore.
    return "private" + name if name.startswith("_") else name


def is_plain_name(name):
    """Return whether a layer may have this name in a file: TensorFlow takes it for a scope, and it
    leads out of no folder.

    >>> is_plain_name("block1/dense_2"), is_plain_name("../dense"), is_plain_name("my layer")
    (True, False, False)
    """
    return re.fullmatch(r"[A-Za-z0-9_.\-/>]+", name) is not None and not {".", ".."} & set(
        name.split("/")
    )


def is_printable(text):
    """Return whether a text shows as it is on a terminal: no control characters or invisible marks.

    >>> is_printable("top-5 accuracy"), is_printable("\x1b[2J")
    (True, False)
    """
    return text.isprintable()


def printable(text):
    """Return the text with escape sequences in the place of what a terminal would act on; lines
    stay.

    >>> printable("red: " + chr(27) + "[31m").replace(chr(92), "/")
    'red: /x1b[31m'
    """
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


@contextlib.contextmanager
def printable_errors():
    """Context whose errors, which may contain names from a file, have printable messages."""
    try:
        yield
    except Exception as error:
        link = error
        while link is not None:
            link.args = tuple(printable(arg) if isinstance(arg, str) else arg for arg in link.args)
            link = link.__cause__ or link.__context__
        raise


def unique_name(prefix, zero_based=True):
    """Return `prefix`, `prefix_1`, `prefix_2`, ... on successive calls.

    Args:
        prefix: Stem of the name.
        zero_based: False numbers the first one too: `input_1`, `input_2`, ... Defaults to True.
    >>> reset_names()
    >>> unique_name("dense"), unique_name("dense"), unique_name("input", zero_based=False)
    ('dense', 'dense_1', 'input_1')
    """
    counts = current_counts()
    number = counts[prefix]
    counts[prefix] += 1
    if not zero_based:
        return f"{prefix}_{number + 1}"
    return f"{prefix}_{number}" if number else prefix


def reset_names():
    """Start the numbering of default names again, as `backend.clear_session()` does."""
    _counts.clear()
    _counts_of_graphs.clear()

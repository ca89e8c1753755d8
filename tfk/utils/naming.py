"""Names: from class names to snake case, and unique within the process."""

import collections
import re

_counts = collections.Counter()


def to_snake_case(name):
    """Turns a class name into the stem of a default layer name.

    >>> to_snake_case("MaxPooling2D"), to_snake_case("LSTM"), to_snake_case("TimeDistributed")
    ('max_pooling2d', 'lstm', 'time_distributed')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    # A name scope may not begin with an underscore.
    return "private" + name if name.startswith("_") else name


def is_plain_name(name):
    """Whether a layer may have this name in a file: TensorFlow takes it for a scope, and it leads
    out of no folder.

    >>> is_plain_name("block1/dense_2"), is_plain_name("../dense"), is_plain_name("my layer")
    (True, False, False)
    """
    return re.fullmatch(r"[A-Za-z0-9_.\-/>]+", name) is not None and not {".", ".."} & set(
        name.split("/")
    )


def unique_name(prefix, zero_based=True):
    """Returns `prefix`, `prefix_1`, `prefix_2`, ... on successive calls.

    Args:
        prefix: Stem of the name.
        zero_based: False numbers the first one too: `input_1`, `input_2`, ...
    >>> reset_names(); unique_name("dense"), unique_name("dense"), unique_name("input", zero_based=False)
    ('dense', 'dense_1', 'input_1')
    """
    number = _counts[prefix]
    _counts[prefix] += 1
    if not zero_based:
        return f"{prefix}_{number + 1}"
    return f"{prefix}_{number}" if number else prefix


def reset_names():
    """Starts the numbering of default names again, as `backend.clear_session()` does."""
    _counts.clear()

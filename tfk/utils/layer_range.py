"""A part of a model's layers, given by the names of its first and last."""

import re


def find_range(names, layer_range, owner):
    """Return the first index and end (exclusive) of the layers from one name to another.

    Args:
        names: Names of all layers, in order.
        layer_range: Two names, or patterns that match the beginnings of names, in either order;
            None takes all.
        owner: Name of the calling function, for messages.

    Raises: ValueError if it is not two strings, or one of them matches nothing.
    >>> find_range(["a", "b1", "b2", "c"], ("a", "b"), "summary")
    (0, 3)
    """
    if layer_range is None:
        return 0, len(names)
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(f"{owner}: layer_range expects two layer names, got {layer_range!r}.")
    found = []
    for pattern in layer_range:
        matches = [index for index, name in enumerate(names) if re.match(pattern, name)]
        if not matches:
            raise ValueError(
                f"{owner}: no layer matches {pattern!r} of layer_range; there are {names}."
            )
        found += matches
    return min(found), max(found) + 1

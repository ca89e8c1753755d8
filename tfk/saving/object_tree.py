"""A model as a tree of objects that save themselves, with the paths that `.keras` files give them.

Paths consist of attribute names and, inside lists and dicts, of class names in snake case with a
number. An object that can be reached in several ways is stored once, under the path that comes
first when attribute names are visited in reverse alphabetical order: the rule of Keras 2, on which
its files depend. Keras 2 does not look into a list or dict inside another one. What can be reached
in no other way is stored under the paths of Keras 3, which counts inner lists and dicts as
`container`, `container_1`, ...
"""

import tensorflow as tf

from tfk.saving.protocols import SavesVariables, Trainable
from tfk.utils.naming import to_snake_case
from tfk.utils.random import SeedGenerator

_MODEL_ATTRIBUTES = ("layers", "metrics", "optimizer")
# Attributes under which this package keeps what `layers` lists already.
_HIDDEN = ("_graph_layers", "_stack", "_added_metrics")
_CONTAINERS = (list, tuple, dict)


def walk(root):
    """Yield `(path, object)` for `root` and everything below it; the path of `root` is empty."""
    seen, inner = set(), []
    yield from _walk(root, "", seen, inner)
    for container, path in inner:  # grows during the loop
        yield from _walk_container(container, path, seen, inner)


def _walk(item, path, seen, inner):
    """Yields `item` and what is below it; notes containers inside containers in `inner`."""
    if id(item) in seen:
        return
    seen.add(id(item))
    yield path, item
    for name, child in sorted(children_of(item).items(), reverse=True):
        place = f"{path}/{name}" if path else name
        if saves_itself(child):
            yield from _walk(child, place, seen, inner)
        elif isinstance(child, _CONTAINERS):
            yield from _walk_container(child, place, seen, inner)


def _walk_container(container, path, seen, inner):
    counts = {}

    def place(name):
        counts[name] = number = counts.get(name, -1) + 1
        return f"{path}/{name}_{number}" if number else f"{path}/{name}"

    for child in list(container.values() if isinstance(container, dict) else container):
        if id(child) in seen:
            continue
        if saves_itself(child):
            yield from _walk(child, place(class_name(child)), seen, inner)
        elif isinstance(child, _CONTAINERS):
            seen.add(id(child))
            inner.append((child, place("container")))


def class_name(item):
    """Return the name of an object's class in paths."""
    module_and_class = getattr(item, "_config_name", None) or (None, type(item).__name__)
    return to_snake_case(module_and_class[1])


def children_of(item):
    """Dict from attribute name to what it holds."""
    children = {
        name: value for name, value in getattr(item, "_members", {}).items() if name not in _HIDDEN
    }
    children.update(getattr(item, "saved_children", {}))
    if isinstance(item, Trainable):
        for name in _MODEL_ATTRIBUTES:
            children[name] = getattr(item, name, None)
    return children


def saves_itself(item):
    """Return whether an object has a separate group in files."""
    return isinstance(item, (tf.Module, SeedGenerator, SavesVariables))

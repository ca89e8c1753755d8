"""A model as a tree of objects that save themselves, with the paths that `.keras` files give them.

Paths are made of attribute names and, inside lists and dicts, of class names in snake case with a
number. An object that can be reached in several ways is stored once, under the path that comes
first when attribute names are visited in reverse alphabetical order: the rule of Keras 2, on which
its files depend.
"""

import tensorflow as tf

from tfk.utils.naming import to_snake_case
from tfk.utils.random import SeedGenerator

_MODEL_ATTRIBUTES = ("layers", "metrics", "optimizer")
# Attributes under which this package keeps what `layers` lists already.
_HIDDEN = ("_graph_layers", "_stack", "_added_metrics")


def walk(root):
    """Yields `(path, object)` for `root` and everything below it; the path of `root` is empty."""
    seen = set()
    yield from _walk(root, "", seen)


def _walk(item, path, seen):
    if id(item) in seen:
        return
    seen.add(id(item))
    yield path, item
    for name, child in sorted(_children(item).items(), reverse=True):
        inner = f"{path}/{name}" if path else name
        if _saves_itself(child):
            yield from _walk(child, inner, seen)
        elif isinstance(child, (list, tuple, dict)):
            yield from _walk_container(child, inner, seen)


def _walk_container(container, path, seen):
    counts = {}
    for child in list(container.values() if isinstance(container, dict) else container):
        if not _saves_itself(child) or id(child) in seen:
            continue
        name = to_snake_case(
            (getattr(child, "_config_name", None) or (None, type(child).__name__))[1]
        )
        number = counts.get(name, 0)
        counts[name] = number + 1
        yield from _walk(child, f"{path}/{name}_{number}" if number else f"{path}/{name}", seen)


def _children(item):
    """Dict from attribute name to what it holds."""
    children = {
        name: value for name, value in getattr(item, "_members", {}).items() if name not in _HIDDEN
    }
    children.update(getattr(item, "saved_children", {}))
    if hasattr(item, "train_step"):
        for name in _MODEL_ATTRIBUTES:
            children[name] = getattr(item, name, None)
    return children


def _saves_itself(item):
    return isinstance(item, (tf.Module, SeedGenerator)) or hasattr(item, "save_own_variables")

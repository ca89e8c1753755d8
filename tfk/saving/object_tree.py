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


def walk(root, counts_known=False):
    """Yield `(path, object)` for `root` and everything below it; the path of `root` is empty.

    Args:
        root: The model, or another object that saves itself.
        counts_known: Whether the numbers in a list count objects that have a path already, as in
            Keras 3. Defaults to False.
    """
    yield from _Walk(counts_known).all(root)


class _Walk:
    """One walk.

    Attributes:
        counts_known: As in `walk`.
        seen: Ids of the objects that have a path.
        inner: Containers inside containers, with their paths.
    """

    def __init__(self, counts_known):
        self.counts_known, self.seen, self.inner = counts_known, set(), []

    def all(self, root):
        yield from self.below(root, "")
        for container, path in self.inner:  # grows during the loop
            yield from self.in_container(container, path)

    def below(self, item, path):
        """Yield `item` and what is below it."""
        if id(item) in self.seen:
            return
        self.seen.add(id(item))
        yield path, item
        for name, child in sorted(children_of(item).items(), reverse=True):
            place = f"{path}/{name}" if path else name
            if saves_itself(child):
                yield from self.below(child, place)
            elif isinstance(child, _CONTAINERS):
                yield from self.in_container(child, place)

    def in_container(self, container, path):
        """Yield the items of a list or dict and what is below them."""
        counts = {}

        def place(name):
            counts[name] = number = counts.get(name, -1) + 1
            return f"{path}/{name}_{number}" if number else f"{path}/{name}"

        for child in list(container.values() if isinstance(container, dict) else container):
            if id(child) in self.seen and not (self.counts_known and saves_itself(child)):
                continue
            if saves_itself(child):
                yield from self.below(child, place(class_name(child)))
            elif isinstance(child, _CONTAINERS):
                self.seen.add(id(child))
                self.inner.append((child, place("container")))


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

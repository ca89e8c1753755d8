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


def walk(root, keras3=False):
    """Yield `(path, object)` for `root` and everything below it; the path of `root` is empty.

    Args:
        root: The model, or another object that saves itself.
        keras3: Whether to give the paths of Keras 3, which visits attributes in alphabetical order,
            private ones last and under their public names. Numbers in a list or dict count objects
            that have a path already. Defaults to False.
    """
    yield from _Walk(keras3).all(root)


class _Walk:
    """One walk.

    Attributes:
        keras3: As in `walk`.
        seen: Ids of the objects that have a path.
        inner: Containers inside containers, with their paths.
    """

    def __init__(self, keras3):
        self.keras3, self.seen, self.inner = keras3, set(), []

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
        children = children_of(item)
        for name in self.in_order(children):
            child, public = children[name], name.lstrip("_") if self.keras3 else name
            place = f"{path}/{public}" if path else public
            if saves_itself(child):
                yield from self.below(child, place)
            elif isinstance(child, _CONTAINERS):
                yield from self.in_container(child, place)

    def in_order(self, names):
        """The names of attributes in the order in which they are visited."""
        if self.keras3:
            return sorted(names, key=lambda name: (name.startswith("_"), name))
        return sorted(names, reverse=True)

    def in_container(self, container, path):
        """Yield the items of a list or dict and what is below them."""
        counts = {}

        def place(name):
            counts[name] = number = counts.get(name, -1) + 1
            return f"{path}/{name}_{number}" if number else f"{path}/{name}"

        for child in list(container.values() if isinstance(container, dict) else container):
            if id(child) in self.seen and not (self.keras3 and saves_itself(child)):
                continue
            if saves_itself(child):
                yield from self.below(child, place(class_name(child)))
            elif isinstance(child, _CONTAINERS):
                self.seen.add(id(child))
                self.inner.append((child, place("container")))
                if self.keras3:  # where inner lists and dicts follow no later than others
                    yield from self.in_container(*self.inner.pop())


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

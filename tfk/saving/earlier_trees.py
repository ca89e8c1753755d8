"""The paths that Keras 2.12, 2.13 and 2.14 gave the objects of a model in their files.

Attributes were visited in alphabetical order, private ones first, so that the layers of a graph
were found under `_layer_checkpoint_dependencies`. Up to 2.13 this was a list of layers in which
those with weights stood twice, and what stood twice was counted twice: `dense`, `dense_2`,
`dense_4`. Files have these paths as second names, so that these releases find the weights.
"""

import functools

from tfk.saving.object_tree import children_of, class_name, saves_itself
from tfk.saving.object_tree import walk as present_walk

MARK = "_layer_checkpoint_dependencies"


def walk(root, counts_twice):
    """Yield `(path, object)` for `root` and everything below it.

    Args:
        root: The model.
        counts_twice: True for Keras 2.12 and 2.13.
    """
    yield from _walk(root, "", set(), counts_twice)


def _walk(item, path, seen, counts_twice):
    if id(item) in seen:
        return
    seen.add(id(item))
    yield path, item
    for name, child in sorted(_children(item, counts_twice).items()):
        inner = f"{path}/{name}" if path else name
        if saves_itself(child):
            yield from _walk(child, inner, seen, counts_twice)
        elif isinstance(child, (list, tuple, dict)):
            yield from _walk_container(child, inner, seen, counts_twice)


def _children(item, counts_twice):
    children = children_of(item)
    if getattr(item, "_graph", None) is not None:
        children[MARK] = _checkpoint_dependencies(item) if counts_twice else item.layers
    return children


def _checkpoint_dependencies(model):
    """The layers of a model, those with weights twice."""
    return [layer for layer in model.layers for _ in range(2 if layer.weights else 1)]


def _walk_container(container, path, seen, counts_twice):
    counts = {}
    for child in list(container.values() if isinstance(container, dict) else container):
        if not saves_itself(child) or (id(child) in seen and not counts_twice):
            continue
        name = class_name(child)
        number = counts.get(name, 0)
        counts[name] = number + 1
        place = f"{path}/{name}_{number}" if number else f"{path}/{name}"
        yield from _walk(child, place, seen, counts_twice)


# Of Keras 2.12 and 2.13, and of 2.14.
WALKS = (functools.partial(walk, counts_twice=True), functools.partial(walk, counts_twice=False))


def second_names(root):
    """Dict from paths of earlier releases to those of the same objects in present files.

    From a layout that has another object at a known path on, all are left out as a whole: a
    release that finds only some of the objects would read the wrong ones. 2.14 precedes 2.13,
    which fails on a file for 2.14, since it looks for the last layer of a class under a higher
    number.
    """
    first_names = {id(item): path for path, item in present_walk(root)}
    known = {path: path for path in first_names.values()}
    for layout in reversed(WALKS):
        items = ((path, item) for path, item in layout(root) if id(item) in first_names)
        names = {path: first_names[id(item)] for path, item in items}
        if any(known.get(path, first) != first for path, first in names.items()):
            break
        known |= names
    return {path: first for path, first in known.items() if path != first}

"""How recurrent layers pass their many arguments on: by name, each to the cell or to the layer
around it.
"""

import inspect


def arguments(scope):
    """The arguments of an `__init__(self, ..., **kwargs)`, those in `kwargs` among them.

    Args:
        scope: `locals()`, taken in its first line.
    """
    named = {
        name: value for name, value in scope.items() if name not in ("self", "kwargs", "__class__")
    }
    return {**named, **scope["kwargs"]}


def cell_arguments(cell_class):
    """Names of the arguments that a layer hands to its cell."""
    parameters = inspect.signature(cell_class.__init__).parameters.values()
    names = [p.name for p in parameters if p.name != "self" and p.kind is not p.VAR_KEYWORD]
    return (*names, "implementation") if cell_class.has_implementation else tuple(names)


def take(given, names):
    """Removes the entries with these names from a dict and returns them."""
    return {name: given.pop(name) for name in names if name in given}

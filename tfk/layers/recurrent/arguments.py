"""Passes the many arguments of recurrent layers on by name, to the cell or to the surrounding
layer.
"""

import inspect


def cell_arguments(cell_class):
    """Return the names of the arguments that a layer passes to its cell."""
    parameters = inspect.signature(cell_class.__init__).parameters.values()
    names = [p.name for p in parameters if p.name != "self" and p.kind is not p.VAR_KEYWORD]
    return (*names, "implementation") if cell_class.has_implementation else tuple(names)


def take(given, names):
    """Remove the entries with these names from a dict and return them."""
    return {name: given.pop(name) for name in names if name in given}

"""Python functions as text, for lambdas in configs. Loading one means trusting its author.

Only a loader called with `safe_mode=False` may call `load_function`.
"""

import base64
import marshal
import types

import tensorflow as tf


def dump_function(function):
    """Return `(code, defaults, closure)`: base64 text, a tuple or None, a tuple of values or
    None.
    """
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    cells = function.__closure__
    return (
        code,
        function.__defaults__,
        tuple(cell.cell_contents for cell in cells) if cells else None,
    )


def load_function(code, defaults=None, closure=None):
    """Rebuild the function that `dump_function` took apart, in this version of Python.

    Raises: ValueError when the text is damaged or comes from another version of Python.
    """
    try:
        loaded = marshal.loads(base64.b64decode(code))
    except (ValueError, EOFError, TypeError) as error:
        raise ValueError(
            "The stored lambda cannot be read: it is damaged or was written by another version of"
            " Python."
        ) from error
    if not isinstance(loaded, types.CodeType):
        raise ValueError(
            f"The stored lambda holds no function, it holds a {type(loaded).__name__}."
        )
    cells = None if closure is None else tuple(types.CellType(value) for value in closure)
    names = {"tf": tf, "__builtins__": __builtins__}
    return types.FunctionType(loaded, names, loaded.co_name, defaults and tuple(defaults), cells)

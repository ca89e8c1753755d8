"""Registry of classes and functions by name. Names are looked up here and never imported.

Built-ins are registered by `@register`, custom objects by `@register_keras_serializable`, by
`custom_object_scope`, through `get_custom_objects()` or in a `custom_objects` argument. Custom
objects take precedence over built-ins of the same name.
"""

import contextlib
import inspect
import types

from tfk.typing import CustomObjects
from tfk.utils.load_context import context
from tfk.utils.naming import printable
from tfk.utils.suggestions import did_you_mean, nearest
from tfk.utils.tracebacks import hide_frames_of_construction

# Modules of built-ins in configs of Keras 2, tf.keras and tfk.
LIBRARIES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "tfk")
# TensorFlow's own initializers, which Keras 2 stores as they come, mean the ones of the same names.
TENSORFLOW_INITIALIZERS = "tensorflow.python.ops.init_ops_v2"

# Number of unknown names listed in a message.
LISTED_NAMES, COMPARED_NAMES, LONGEST_NAME = 200, 10, 200

_built_ins = {}  # (kind, name or alias) -> object
_by_name = {}  # name or alias -> the built-in objects of that name, of whatever kind
_public = {}  # object -> (module as configs write it, name)
_custom_objects = {}  # name -> object: the users' global table
_custom_names = {}  # object -> "package>name"


class UnknownName(ValueError):
    """A config contains a name that is neither built in nor registered.

    Args:
        message: The message for the user.
        name: The unknown name.
        kind: What was looked for, such as `"losses"`; None for anything.
    """

    def __init__(self, message, name, kind=None):
        super().__init__(message)
        self.name, self.kind = name, kind


def register(kind, name=None, aliases=(), module=None):
    """Register a class or function of this library as loadable by name.

    Args:
        kind: The public module: `"layers"`, `"losses"`, `"optimizers.schedules"`, `"models"`, ...
        name: Its public name; None uses its `__name__`. Defaults to None.
        aliases: Further names, such as `("mse", "MSE")`. Defaults to `()`.
        module: The module in configs, if it is not `keras.<kind>` (`keras` for models). Defaults to
            None.
    Returns: A decorator that returns the object unchanged. Decorators can be stacked; configs use
        the lowest one.
    """
    module = module or ("keras" if kind == "models" else f"keras.{kind}")

    def decorate(obj):
        own_name = name or obj.__name__
        for key in (own_name, *aliases):
            _built_ins[kind, key] = obj
            _by_name.setdefault(key, []).append(obj)
        if obj not in _public and inspect.isclass(obj):
            hide_frames_of_construction(obj)
        _public.setdefault(obj, (module, own_name))
        return obj

    return decorate


def public_name(obj):
    """Return `(module, name)` of a built-in class or function in configs, else None."""
    try:
        return _public.get(obj)
    except TypeError:  # not hashable
        return None


def built_ins(kind):
    """Return all names of one kind, including aliases, with their objects."""
    return {name: obj for (its_kind, name), obj in _built_ins.items() if its_kind == kind}


def custom(names, custom_objects=None):
    """Return the first custom object under one of `names`: in the scope, `custom_objects`, or the
    global table.
    """
    for table in (context.custom_objects, custom_objects or {}, _custom_objects):
        for name in names:
            if name in table:
                return table[name]
    return None


def find(name, module=None, custom_objects=None, registered_name=None, kind=None, functions=False):
    """Return the class or function for a name in a config or a string.

    Args:
        name: Its name.
        module: The module in the config, which selects among built-ins of the same name. Never
            imported. Defaults to None.
        custom_objects: Custom objects for this call. Defaults to None.
        registered_name: `"package>name"` of a registered class. Defaults to None.
        kind: Restricts built-ins to one kind, such as `"losses"`. Defaults to None.
        functions: Whether to restrict built-ins to functions. Defaults to False.
    Raises: UnknownName, a ValueError, with the code that would register the name.
    """
    obj = lookup(name, module, custom_objects, registered_name, kind, functions)
    if obj is None:
        raise UnknownName(unknown_message([("", name)], kind), name, kind)
    return obj


def lookup(
    name, module=None, custom_objects=None, registered_name=None, kind=None, functions=False
):
    """Same as `find`, but return None for an unknown name."""
    obj = custom([n for n in (registered_name, name) if isinstance(n, str)], custom_objects)
    return _find_built_in(name, module, kind, functions) if obj is None else obj


def _find_built_in(name, module, kind, functions):
    if not isinstance(name, str) or not is_library_module(module):
        return None
    for stated in [kind] if kind else _kinds_of(module):
        if (stated, name) in _built_ins:
            obj = _built_ins[stated, name]
            return obj if not functions or isinstance(obj, types.FunctionType) else None
    if kind is not None:
        return None
    if module is None and not functions and ("layers", name) in _built_ins:
        return _built_ins["layers", name]  # old configs have no module for layers
    # Other releases keep the same classes in other modules: the name alone decides if it is the
    # only one.
    found = {
        id(obj): obj
        for obj in _by_name.get(name, ())
        if not functions or isinstance(obj, types.FunctionType)
    }
    # Of functions, losses come before the metrics that build on them: the order of Keras 2.
    return next(iter(found.values())) if len(found) == 1 or (found and functions) else None


def is_library_module(module):
    """Return True for None, `builtins` (used by Keras 2 for functions) and the modules of Keras."""
    return module in (None, "builtins") or _kind_of(module) is not None


def _kind_of(module):
    """Return `"layers"` for `"keras.layers"`, `"models"` for `"keras"`; None for other modules."""
    if module == TENSORFLOW_INITIALIZERS:
        return "initializers"
    for library in LIBRARIES:
        if module == library:
            return "models"
        if isinstance(module, str) and module.startswith(library + "."):
            return module[len(library) + 1 :]
    return None


def _kinds_of(module):
    """Return the kinds that a module may denote, the most precise one first.

    Other releases have further levels: `keras.optimizers.experimental`, `keras.src.losses`.
    """
    kind = _kind_of(module)
    while kind:
        yield kind
        yield kind.removeprefix("src.")
        kind = kind.rpartition(".")[0]


# First words of messages that programs read, where they are not the name of the kind.
_KINDS = {
    "activations": "activation function",
    "losses": "loss function",
    "metrics": "metric function",
    "optimizers.schedules": "decay",
}


def _kind_word(kind):
    return _KINDS.get(kind, kind.rpartition(".")[2].removesuffix("s")) if kind else None


def known_names(kind=None):
    """All names of one kind, or of every kind, that can be looked up here: for suggestions."""
    users = (name for name, obj in _custom_objects.items() if not _is_ours(obj))
    return [*dict.fromkeys((*_built_in_names(kind), *context.custom_objects, *users))]


def _built_in_names(kind):
    return [name for its_kind, name in _built_ins if kind in (None, its_kind)]


def _is_ours(obj):
    return str(getattr(obj, "__module__", "")).startswith("tfk.")


def unknown_name_message(name, kind=None):
    """Return the message for a name that a program gave and nothing has.

    Args:
        name: The name.
        kind: What was looked for, such as `"losses"`.
    """
    name = _shortened(name)
    what = kind or "names"
    # The built-in names are listed if they are few, however many custom ones there are.
    suggestion = did_you_mean(name, sorted(known_names(kind)), what) or did_you_mean(
        name, sorted(_built_in_names(kind)), what
    )
    return printable(
        f"Unknown {_kind_word(kind) or 'name'}: {name!r}."
        f" {suggestion or 'It is neither built in nor registered.'}"
        " Pass a custom object without quotes, or register it with"
        " @tfk.saving.register_keras_serializable()."
    )


def unknown_message(missing, kind=None):
    """Return one message for all names in a file or config that could not be resolved.

    Args:
        missing: Pairs of the position in the config (may be empty) and the name found there.
        kind: Kind in which to look for similar names. Defaults to None.
    """
    names = list(dict.fromkeys(_shortened(name) for _, name in missing))
    listed = [
        f"{_shortened(name)!r} at {place}" if place else repr(_shortened(name))
        for place, name in missing[:LISTED_NAMES]
    ]
    if len(missing) > LISTED_NAMES:
        listed.append(f"and {len(missing) - LISTED_NAMES} more")
    places, names = "; ".join(listed), names[:LISTED_NAMES]
    known = known_names(kind)
    close = [nearest(name, known) for name in names[:COMPARED_NAMES]]
    close = list(dict.fromkeys(name for name in close if name is not None))
    hint = f" Did you mean {', '.join(map(repr, close))}?" if close else ""
    what = _kind_word(kind) or "names"
    entries = ", ".join(f"{name!r}: {name.rsplit('>')[-1].rsplit('.')[-1]}" for name in names)
    return printable(
        f"Unknown {what}: {places}.{hint} Only built-in and registered objects are loaded,"
        f" nothing is imported by name. Pass custom_objects={{{entries}}} or decorate the class or"
        " function with @tfk.saving.register_keras_serializable()."
    )


def _shortened(name):
    text = str(name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."


def register_keras_serializable(package: str = "Custom", name: str | None = None):
    """Decorator that registers a custom class or function as loadable by name.

    Args:
        package: First part of the name `"package>name"` in configs. Defaults to `"Custom"`.
        name: Second part; None uses the object's `__name__`. Defaults to None.
    Raises: ValueError for a class without `get_config`.
    >>> @register_keras_serializable("my_package")
    ... def doubled(x):
    ...     return 2 * x
    >>> get_registered_name(doubled)
    'my_package>doubled'
    """

    def decorate(obj):
        if inspect.isclass(obj) and not hasattr(obj, "get_config"):
            raise ValueError(
                f"register_keras_serializable: class {obj.__name__} has no get_config(). Add one"
                " returning the arguments of __init__ as a dict."
            )
        full_name = f"{package}>{name or obj.__name__}"
        _custom_objects[full_name] = obj
        _custom_names[obj] = full_name
        return obj

    return decorate


def get_registered_name(obj):
    """Return `"package>name"` of a registered class or function, `__name__` otherwise.

    Args:
        obj: The class or function.
    >>> get_registered_name(dict)
    'dict'
    """
    return _custom_names.get(obj) or obj.__name__


def get_registered_object(
    name: str, custom_objects: CustomObjects | None = None, module_objects=None
):
    """Return the custom class or function registered under `name`, or None.

    Args:
        name: The name, `"package>name"` for registered objects.
        custom_objects: Dict to search after the scopes and the global table. Defaults to None.
        module_objects: Dict to search last. Defaults to None.
    >>> get_registered_object("Widget", custom_objects={"Widget": dict})
    <class 'dict'>
    """
    for table in (
        context.custom_objects,
        _custom_objects,
        custom_objects or {},
        module_objects or {},
    ):
        if name in table:
            return table[name]
    return None


def get_custom_objects():
    """Return the global table of custom objects by name; changes to the dict take effect.

    >>> "Widget" in get_custom_objects()
    False
    """
    return _custom_objects


class CustomObjectScope(contextlib.ContextDecorator):
    """Context manager that registers custom objects by name, in this thread.

    Args:
        *args: Dicts from names to classes or functions.
    Raises: TypeError if an argument is not a dict.
    >>> with custom_object_scope({"Widget": dict}):
    ...     get_registered_object("Widget")
    <class 'dict'>
    """

    def __init__(self, *args):
        for objects in args:
            if not isinstance(objects, dict):
                raise TypeError(
                    f"custom_object_scope: expected dicts of name to object, got {objects!r}."
                )
        self.objects = {name: obj for objects in args for name, obj in objects.items()}
        self._outer = []

    def __enter__(self):
        self._outer.append(context.custom_objects)
        context.custom_objects = {**context.custom_objects, **self.objects}
        return self

    def __exit__(self, *error):
        context.custom_objects = self._outer.pop()


custom_object_scope = CustomObjectScope

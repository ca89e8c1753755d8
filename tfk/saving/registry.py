"""Which name stands for which class or function. Names are looked up here and never imported.

Built-ins are entered by `@register`, users' objects by `@register_keras_serializable`, by
`custom_object_scope`, through `get_custom_objects()` or in a `custom_objects` argument. What a user
enters wins over a built-in of the same name.
"""

import contextlib
import difflib
import inspect
import threading
import types

from tfk.utils.naming import printable

# Modules that configs of Keras 2, of tf.keras and of tfk itself put before a built-in's name.
LIBRARIES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "tfk")
# TensorFlow's own initializers, which Keras 2 stores as they come, mean the ones of the same names.
TENSORFLOW_INITIALIZERS = "tensorflow.python.ops.init_ops_v2"

# How much of what is unknown a message shows.
LISTED_NAMES, COMPARED_NAMES, LONGEST_NAME = 200, 10, 200

_built_ins = {}  # (kind, name or alias) -> object
_by_name = {}  # name or alias -> the built-in objects of that name, of whatever kind
_public = {}  # object -> (module as configs write it, name)
_custom_objects = {}  # name -> object: the users' global table
_custom_names = {}  # object -> "package>name"


class _Scope(threading.local):
    def __init__(self):
        self.objects = {}


_scope = _Scope()


class UnknownName(ValueError):
    """A config names something that neither the library nor the user has registered."""

    def __init__(self, message, name):
        super().__init__(message)
        self.name = name


def register(kind, name=None, aliases=(), module=None):
    """Marks a class or function of this library as loadable by name.

    Args:
        kind: The public module: `"layers"`, `"losses"`, `"optimizers.schedules"`, `"models"`, ...
        name: Its public name; its `__name__` by default.
        aliases: Further names under which a string finds it, such as `("mse", "MSE")`.
        module: The module that configs state, where it is not `keras.<kind>` (`keras` for models).
    Returns: A decorator that gives the object back unchanged. Decorators stack; the lowest one is
        the name that configs use.
    """
    module = module or ("keras" if kind == "models" else f"keras.{kind}")

    def decorate(obj):
        own_name = name or obj.__name__
        for key in (own_name, *aliases):
            _built_ins[kind, key] = obj
            _by_name.setdefault(key, []).append(obj)
        _public.setdefault(obj, (module, own_name))
        return obj

    return decorate


def public_name(obj):
    """`(module, name)` as configs write it for a built-in class or function, else None."""
    try:
        return _public.get(obj)
    except TypeError:  # not hashable
        return None


def built_ins(kind):
    """All names of one kind, aliases included, with their objects."""
    return {name: obj for (its_kind, name), obj in _built_ins.items() if its_kind == kind}


def custom(names, custom_objects=None):
    """The first user object under one of `names`: in the scope, in `custom_objects`, in the global
    table.
    """
    for table in (_scope.objects, custom_objects or {}, _custom_objects):
        for name in names:
            if name in table:
                return table[name]
    return None


def find(name, module=None, custom_objects=None, registered_name=None, kind=None, functions=False):
    """The class or function that a config or a string means.

    Args:
        name: Its name.
        module: The module a config states; decides between built-ins of one name. Never imported.
        custom_objects: Names of the user for this call.
        registered_name: `"package>name"`, as a config states it for a registered class.
        kind: Restricts built-ins to one kind, such as `"losses"`.
        functions: True restricts built-ins to functions.
    Raises: UnknownName, a ValueError, with the code that would make the name known.
    """
    obj = lookup(name, module, custom_objects, registered_name, kind, functions)
    if obj is None:
        raise UnknownName(unknown_message([("", name)], kind), name)
    return obj


def lookup(
    name, module=None, custom_objects=None, registered_name=None, kind=None, functions=False
):
    """The same as `find`, but None for an unknown name."""
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
        return _built_ins["layers", name]  # old configs leave the module of layers out
    # Other releases keep the same classes in other modules: the name alone decides if it is the
    # only one.
    found = {
        id(obj): obj
        for obj in _by_name.get(name, ())
        if not functions or isinstance(obj, types.FunctionType)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def is_library_module(module):
    """True for None, `builtins` (how Keras 2 files functions) and the modules of Keras itself."""
    return module in (None, "builtins") or _kind_of(module) is not None


def _kind_of(module):
    """`"layers"` for `"keras.layers"`, `"models"` for `"keras"`; None for modules outside the
    library.
    """
    if module == TENSORFLOW_INITIALIZERS:
        return "initializers"
    for library in LIBRARIES:
        if module == library:
            return "models"
        if isinstance(module, str) and module.startswith(library + "."):
            return module[len(library) + 1 :]
    return None


def _kinds_of(module):
    """The kinds that a module may mean, the most precise one first.

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


def unknown_message(missing, kind=None):
    """One message for all names that could not be resolved.

    Args:
        missing: Pairs of the place in the config (may be empty) and the name found there.
        kind: Where to look for similar names.
    """
    names = list(dict.fromkeys(_shortened(name) for _, name in missing))
    listed = [
        f"{_shortened(name)!r} at {place}" if place else repr(_shortened(name))
        for place, name in missing[:LISTED_NAMES]
    ]
    if len(missing) > LISTED_NAMES:
        listed.append(f"and {len(missing) - LISTED_NAMES} more")
    places, names = "; ".join(listed), names[:LISTED_NAMES]
    known = {key for its_kind, key in _built_ins if kind in (None, its_kind)}
    close = [
        match
        for name in names[:COMPARED_NAMES]
        for match in difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    ]
    hint = f" Similar names: {', '.join(close)}." if close else ""
    what = _KINDS.get(kind, kind.rpartition(".")[2].removesuffix("s")) if kind else "names"
    entries = ", ".join(f"{name!r}: {name.rsplit('>')[-1].rsplit('.')[-1]}" for name in names)
    return printable(
        f"Unknown {what}: {places}. Only built-in and registered objects are loaded, nothing"
        f" is imported by name.{hint} Pass custom_objects={{{entries}}} or decorate the class or"
        " function with @tfk.saving.register_keras_serializable()."
    )


def _shortened(name):
    text = str(name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."


def register_keras_serializable(package="Custom", name=None):
    """Decorator that makes a user's class or function loadable by name.

    Args:
        package: First half of the name `"package>name"` that configs hold.
        name: Second half; the object's `__name__` by default.
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
    """`"package>name"` of a registered class or function, its `__name__` otherwise."""
    return _custom_names.get(obj) or obj.__name__


def get_registered_object(name, custom_objects=None, module_objects=None):
    """The class or function a user registered under `name`, or None.

    Args:
        name: The name, `"package>name"` for registered objects.
        custom_objects: A dict to look into after the scopes and the global table.
        module_objects: A dict to look into last.
    """
    for table in (_scope.objects, _custom_objects, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


def get_custom_objects():
    """The global table of users' objects by name; changes to the dict take effect."""
    return _custom_objects


class CustomObjectScope(contextlib.ContextDecorator):
    """Makes users' objects known by name inside a `with` block, in this thread.

    Args:
        *args: Dicts from names to classes or functions.
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
        self._outer.append(_scope.objects)
        _scope.objects = {**_scope.objects, **self.objects}
        return self

    def __exit__(self, *error):
        _scope.objects = self._outer.pop()


custom_object_scope = CustomObjectScope

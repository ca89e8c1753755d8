"""The public API: its modules, and the one place where each of its objects is described."""

import dataclasses
import functools
import importlib
import inspect
import types
import typing

import tfk
from tfk.compat.paths import PUBLISHED

# Published by tfk alone, in addition to what Keras 2 publishes.
ADDITIONS = {"config", "pruning", "quantization"}
# Modules that hold one model or data set each publish these names; the rest of them is internal.
SHARED_NAMES = {
    "tfk.applications.": {"decode_predictions", "preprocess_input", *dir(tfk.applications)},
    "tfk.datasets.": {"get_label_names", "get_word_index", "load_data"},
}


@dataclasses.dataclass(frozen=True)
class Entry:
    """A public class or function.

    Args:
        value: The object.
        paths: Its public names with their modules; the first is the one to use.
    """

    value: typing.Any
    paths: tuple[str, ...]

    @property
    def path(self):
        """The name to use."""
        return self.paths[0]

    @property
    def namespace(self):
        """The module of that name."""
        return self.path.rpartition(".")[0]

    @property
    def source(self):
        """Where the object is defined, module and name."""
        return f"{self.value.__module__}.{self.value.__qualname__}"

    @property
    def summary(self):
        """The first sentence of the docstring, on one line."""
        paragraph = (inspect.getdoc(self.value) or "").partition("\n\n")[0].partition("\nArgs:")[0]
        sentence = " ".join(paragraph.split()).partition(". ")[0].rstrip(".:")
        return sentence.replace("|", "&#124;")

    @property
    def members(self):
        """Names of the documented methods and properties that no public base class has."""
        if not inspect.isclass(self.value):
            return []
        public_bases = [base for base in self.value.__mro__[1:] if base in public_values()]
        return [
            name
            for name, member in self._attributes().items()
            if not name.startswith("_")
            and (callable(member) or isinstance(member, property))
            and inspect.getdoc(member)
            and all(inspect.getattr_static(base, name, None) is not member for base in public_bases)
        ]

    def _attributes(self):
        """Attributes of a class that this package defines, also in base classes."""
        bases = [base for base in self.value.__mro__ if base.__module__.startswith("tfk")]
        return {name: value for base in reversed(bases) for name, value in vars(base).items()}


def modules():
    """Return the public modules that are importable, `{full name: module}`."""
    found = {"tfk": tfk}
    for path in sorted(PUBLISHED | ADDITIONS):
        try:
            found[f"tfk.{path}"] = importlib.import_module(f"tfk.{path}")
        except ModuleNotFoundError:  # only `install()` answers for it
            continue
    return found


def public_names(path, module):
    """Return the names of classes and functions that a module publishes."""
    names = getattr(module, "__all__", None)
    if names is None:
        is_package = hasattr(module, "__path__")
        names = [
            name
            for name, value in vars(module).items()
            if is_package or getattr(value, "__module__", "") == module.__name__
        ]
    for prefix, shared in SHARED_NAMES.items():
        if path.startswith(prefix):
            names = [name for name in dir(module) if name in shared]
    return [
        name
        for name in names
        if not name.startswith("_")
        and isinstance(getattr(module, name), type | types.FunctionType)
        and getattr(module, name).__module__.startswith("tfk")
    ]


def _preference(value, path):
    """Sort key of the names of an object: the best one is the smallest."""
    namespace, _, name = path.rpartition(".")
    return (
        namespace == "tfk",
        "experimental" in path,
        namespace.count("."),
        namespace,
        name != value.__name__,
        name,
    )


def entries():
    """Return the public classes and functions, each once, sorted by the name to use."""
    paths = {}
    for path, module in modules().items():
        for name in public_names(path, module):
            paths.setdefault(getattr(module, name), []).append(f"{path}.{name}")
    found = [
        Entry(value, tuple(sorted(names, key=lambda path: _preference(value, path))))
        for value, names in paths.items()
    ]
    return sorted(found, key=lambda entry: entry.path)


@functools.cache
def public_values():
    """Return all public classes and functions."""
    return {entry.value for entry in entries()}

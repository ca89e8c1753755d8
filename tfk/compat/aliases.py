"""The import hook: modules under Keras's names whose attributes are looked up in tfk."""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
import types

from tfk.compat import originals
from tfk.compat.hints import missing_name_message
from tfk.compat.paths import OLD_NAMES, PUBLISHED, answering_modules, keras_path
from tfk.saving.json_format import KERAS_VERSION

_MISSING = object()


class AliasModule(types.ModuleType):
    """A module under one of Keras's names; each attribute is looked up in tfk when it is read."""

    @property
    def _sources(self):
        """The modules that answer, in this order; imported when they are first asked."""
        return [importlib.import_module(n) for n in answering_modules(keras_path(self.__name__))]

    def __getattr__(self, name):
        if originals.is_original_path(self.__name__) and originals.is_asked_by_tensorflow():
            return getattr(FINDER.original(self.__name__), name)
        if name == "__all__":
            return [public for public in dir(self) if public[0] != "_"]
        if name == "__file__":
            return sys.modules["tfk"].__file__
        if name[:2] != "__" or name == "__internal__":
            if answering_modules(keras_path(f"{self.__name__}.{name}")):
                return importlib.import_module(f"{self.__name__}.{name}")
            for module in self._sources:
                key = f"{module.__name__.removeprefix('tfk.')}.{name}"
                value = getattr(module, OLD_NAMES.get(key, name), _MISSING)
                if value is not _MISSING and not isinstance(value, types.ModuleType):
                    return value
        available = () if name[:1] == "_" else dir(self)
        message = missing_name_message(self.__name__, name, available)
        raise AttributeError(message, name=name, obj=self)

    def __dir__(self):
        names = set(vars(self))
        for module in self._sources:
            names |= {
                name
                for name, value in vars(module).items()
                if name[:2] != "__" and not isinstance(value, types.ModuleType)
            }
        path = keras_path(self.__name__)
        below = (other for other in PUBLISHED if other.rpartition(".")[0] == path)
        return sorted(
            names | {other.rpartition(".")[2] for other in below if answering_modules(other)}
        )


class AliasFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads the aliases, and keeps the modules whose places they take."""

    def __init__(self):
        self._replaced = {}  # full name -> module
        self._loaded_before = frozenset()

    @property
    def is_active(self):
        return self in sys.meta_path

    def activate(self):
        """Remove Keras's modules from `sys.modules` and provide them from now on."""
        for name in list(sys.modules):
            if _is_answered(name):
                self._replaced[name] = sys.modules.pop(name)
        self._loaded_before = frozenset(sys.modules)
        sys.meta_path.insert(0, self)

    def deactivate(self):
        """Restore the original modules."""
        sys.meta_path.remove(self)
        for name, module in list(sys.modules.items()):
            if type(module) is AliasModule or self._refers_to_aliases(name):
                del sys.modules[name]
        sys.modules.update(self._replaced)
        self._replaced.clear()

    def _refers_to_aliases(self, name):
        """True for a `tensorflow.compat.v1` or `v2` imported in the process."""
        return name.startswith("tensorflow.compat") and name not in self._loaded_before

    def original(self, name):
        """Return the module of TensorFlow's private copy of Keras that an alias stands for."""
        if not self.is_active or not _is_answered(name):
            return importlib.import_module(name)
        if name not in self._replaced:
            with self._suspended():
                importlib.import_module(name)
        return self._replaced[name]

    @contextlib.contextmanager
    def _suspended(self):
        aliases = {n: module for n, module in sys.modules.items() if type(module) is AliasModule}
        self.deactivate()
        try:
            yield
        finally:
            self.activate()
            sys.modules.update(aliases)

    def find_spec(self, fullname, path=None, target=None):
        keras_name = keras_path(fullname)
        if keras_name is None:
            return None
        if not answering_modules(keras_name):
            if originals.is_original_path(fullname):
                return self._original_spec(fullname)
            # An import error that carries no name is not swallowed by `from keras.layers import
            # Missing`.
            parent, _, name = fullname.rpartition(".")
            raise ModuleNotFoundError(
                missing_name_message(parent, name, dir(sys.modules.get(parent)))
            )
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _original_spec(self, fullname):
        """TensorFlow's own file; it is found through the folder of the package it is in."""
        parent = self.original(fullname.rpartition(".")[0])
        return importlib.machinery.PathFinder.find_spec(fullname, parent.__path__)

    def create_module(self, spec):
        alias = AliasModule(spec.name, f"tfk under the name {spec.name}; see `tfk.install`.")
        if not keras_path(spec.name):
            alias.__version__ = KERAS_VERSION
        return alias

    def exec_module(self, module):
        """Nothing to run: an alias is complete when it is created."""


def _is_answered(fullname):
    """Whether tfk takes the place of a loaded module.

    All of Keras is replaced. Of TensorFlow's private copy of it only the files that tfk answers for
    are: the others know nothing of those that take their places.
    """
    path = keras_path(fullname)
    if path is None:
        return False
    return not originals.is_original_path(fullname) or bool(answering_modules(path))


FINDER = AliasFinder()

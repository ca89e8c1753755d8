"""`install()`: makes unmodified programs that import Keras 2 use tfk in this process.

An import hook (`tfk.compat.aliases`) handles Keras's names. Installed packages are not touched, and
`uninstall()` restores everything.
"""

import importlib
import operator
import os
import sys

import tensorflow as tf

from tfk.compat import private_names
from tfk.compat.aliases import FINDER
from tfk.compat.paths import ROOTS

LEGACY_KERAS = "TF_USE_LEGACY_KERAS"  # packages read it to know that Keras 2 is meant
_MISSING = object()
# Replaced by `install`: attributes of TensorFlow's modules, and the environment variable.
_attributes = {}
_environment = {}


def install():
    """Make Keras 2 imports in this process resolve to tfk.

    `import keras`, `from keras.layers.core import Dense`, `from tensorflow import keras`, `import
    tensorflow.keras.backend as K`, `tf.keras.Model`, `import tf_keras`: all of them resolve to tfk,
    also in imported modules. Missing names raise an ImportError or AttributeError. Names imported
    before the call are not affected, so call it first. Further calls have no effect.

    `TF_USE_LEGACY_KERAS` is set to 1, with which packages choose Keras 2.

    >>> import tfk
    >>> tfk.install()
    >>> from tensorflow.keras.layers import Dense
    >>> Dense is tfk.layers.Dense
    True
    >>> tfk.uninstall()
    """
    if FINDER.is_active:
        return
    _environment[LEGACY_KERAS] = os.environ.get(LEGACY_KERAS)
    os.environ[LEGACY_KERAS] = "1"
    # Importing tensorflow.compat.v1 gives TensorFlow another module of that name.
    for name in ("compat", "compat.v1", "compat.v2"):
        owner, _, attribute = f"tensorflow.{name}".rpartition(".")
        _attributes[_module(owner), attribute] = _module(f"tensorflow.{name}")
    FINDER.activate()
    for root, place in ROOTS.items():
        parent, _, attribute = root.rpartition(".")
        if parent:
            # `from tensorflow import keras` reads the attribute and imports nothing.
            owner = _module(parent)
            _attributes[owner, attribute] = vars(owner).get(attribute, _MISSING)
            alias = root if parent in sys.modules else f"keras.{place}".strip(".")
            setattr(owner, attribute, importlib.import_module(alias))
    private_names.attach()


def uninstall():
    """Undo `install()`; has no effect without it."""
    if not FINDER.is_active:
        return
    private_names.detach()
    FINDER.deactivate()
    for (owner, name), value in _attributes.items():
        if value is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, value)
    _attributes.clear()
    for name, value in _environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _environment.clear()


def _module(name):
    """A module of TensorFlow's API by its public name, whether that was imported or not."""
    if name in sys.modules:
        return sys.modules[name]
    return operator.attrgetter(name.removeprefix("tensorflow."))(tf)

"""Imports TensorFlow without loading its bundled Keras.

TensorFlow looks for an installed Keras when it is imported: up to 1.7 s of CPU time and 500 modules
that this package does not use. Told to look for the legacy one, and finding none, it skips that.
Afterwards everything is as if nothing had happened: `tf.keras` still works and loads on first use.
Where TensorFlow has been imported already there is nothing left to save.
"""

import os
import sys

_SWITCH, _LEGACY = "TF_USE_LEGACY_KERAS", "tf_keras"


def _import_tensorflow():
    switch, legacy = os.environ.get(_SWITCH), sys.modules.get(_LEGACY)
    os.environ[_SWITCH] = "1"
    if legacy is None:
        sys.modules[_LEGACY] = None
    try:
        import tensorflow  # noqa: F401
    finally:
        if switch is None:
            del os.environ[_SWITCH]
        else:
            os.environ[_SWITCH] = switch
        if legacy is None:
            del sys.modules[_LEGACY]


if "tensorflow" not in sys.modules:
    _import_tensorflow()

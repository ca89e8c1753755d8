"""TensorFlow's private copy of Keras, `tensorflow.python.keras`, kept for TensorFlow itself.

Modules of TensorFlow import names from there: cells of old RNNs, schedules, `tf.compat.v1.layers`.
They must get TensorFlow's modules, even while the same paths return tfk to all others.
"""

import sys

PRIVATE_COPY = "tensorflow.python.keras"


def is_original_path(fullname):
    """Return True for `tensorflow.python.keras` and modules below it."""
    return fullname == PRIVATE_COPY or fullname.startswith(f"{PRIVATE_COPY}.")


def is_asked_by_tensorflow():
    """Return whether the code that imports a module or reads an attribute of it is TensorFlow's."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith(("importlib", "tfk.compat.")):
            return name == "tensorflow" or name.startswith("tensorflow.")
        frame = frame.f_back
    return False

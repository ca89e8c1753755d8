"""tfk: Keras 2's API rebuilt on plain TensorFlow 2."""

__version__ = "0.1.0"

"""Layers for TensorFlow's feature columns, used for tabular data before Keras 2.6."""

"""Layers on TensorFlow's feature columns, the way of tabular data before Keras 2.6."""

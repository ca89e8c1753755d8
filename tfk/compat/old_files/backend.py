"""`keras.backend`: functions of graphs that it did not publish."""

import tensorflow as tf

_GRAPH = tf.Graph()


def get_graph():
    """The graph under way; outside of graphs an empty one, always the same (shap, keras-radam)."""
    return _GRAPH if tf.executing_eagerly() else tf.constant(0).graph

"""`keras.backend`: graph and session functions that are not public under TensorFlow 2."""

import tensorflow as tf

_GRAPH = tf.Graph()
_sessions = {}  # graph -> session


def get_graph():
    """Return the current graph; outside graphs, always the same empty one (shap,
    keras-radam)."""
    return _GRAPH if tf.executing_eagerly() else tf.constant(0).graph


def get_session(op_input_list=()):
    """Return a `tf.compat.v1.Session` of the current graph (tf2onnx, csbdeep, deepctr, shap).

    Models run without one; a program gets it for custom graphs.
    """
    graph = tf.compat.v1.get_default_graph()
    if graph not in _sessions:
        _sessions[graph] = tf.compat.v1.Session(graph=graph)
    return tf.compat.v1.get_default_session() or _sessions[graph]


def set_session(session):
    """Make `get_session` give this session (programs that limit the memory of a GPU)."""
    _sessions[session.graph] = session

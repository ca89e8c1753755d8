"""Walks over the operations of traced graphs."""

from tfk.utils.tensorflow_internals import called_graphs


def operations(graph):
    """Yield all operations of a graph, including those of the functions it calls."""
    yield from graph.get_operations()
    for body in called_graphs(graph):
        yield from operations(body)

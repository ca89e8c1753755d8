"""Metrics by name and config."""

from tfk.saving import resolver


def get(identifier):
    """The metric that a user means.

    Args:
        identifier: Name of a function (`"mse"`) or of a class (`"AUC"`, gives an object), a config,
            a callable, or None.
    Returns: A `Metric` object, a function, or None. The names `"accuracy"` and `"crossentropy"`
        mean a function that depends on the shapes of targets and outputs; `Model.compile` chooses
        it.
    Raises: ValueError for an unknown name.
    >>> get("mae").__name__
    'mean_absolute_error'
    """
    return resolver.get("metrics", identifier)


def serialize(metric, use_legacy_format=False):
    """The config of a metric object, or of a function.

    Args:
        metric: A `Metric` or a function that is built in or registered.
        use_legacy_format: True gives the shorter dict of files before Keras 2.13.
    """
    return resolver.serialize(metric, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False):
    """The metric that a name or config describes.

    Args:
        config: A name, or the dict that `serialize` gave.
        custom_objects: Dict from names to the user's classes and functions.
        use_legacy_format: Accepted for Keras 2; both formats are recognized by themselves.
    Raises: ValueError for an unknown name.
    >>> deserialize("Mean").name
    'mean'
    """
    return resolver.deserialize("metrics", config, custom_objects)

"""Lookup of metrics by name and config."""

from typing import Any

from tfk.saving import resolver
from tfk.typing import CustomObjects


def get(identifier):
    """Return the metric for an identifier.

    Args:
        identifier: Name of a function (`"mse"`) or a class (`"AUC"`, returns an object), a config,
            a callable, or None.
    Returns: A `Metric` object, a function, or None. The names `"accuracy"` and `"crossentropy"`
        stand for functions that depend on the shapes of targets and outputs; `Model.compile`
        selects one.
    Raises: ValueError if the name is unknown.
    >>> get("mae").__name__
    'mean_absolute_error'
    """
    return resolver.get("metrics", identifier)


def serialize(metric, use_legacy_format: bool = False):
    """Return the config of a metric object or function.

    Args:
        metric: A `Metric`, or a built-in or registered function.
        use_legacy_format: Whether to return the shorter dict used before Keras 2.13. Defaults to
            False.
    Raises: ValueError if a function is not registered.
    >>> serialize(get("mae"))["config"]
    'mean_absolute_error'
    """
    return resolver.serialize(metric, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a metric from a name or config.

    Args:
        config: A name, or a dict returned by `serialize`.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize("Mean").name
    'mean'
    """
    return resolver.deserialize("metrics", config, custom_objects)

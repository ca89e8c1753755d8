"""Conversion between layers and configs."""

from typing import Any

from tfk.saving import configs, resolver
from tfk.typing import CustomObjects


def serialize(layer: Any, use_legacy_format: bool = False):
    """Return the config of a layer: `{"module", "class_name", "config", "registered_name"}`.

    Args:
        layer: The layer.
        use_legacy_format: Whether to return `{"class_name", "config"}`, the format used before
            Keras 2.13. Defaults to False.
    >>> serialize(tfk.layers.Flatten(name="flat"), use_legacy_format=True)["class_name"]
    'Flatten'
    """
    return resolver.serialize(layer, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a layer from a config of `serialize`, in either format.

    Args:
        config: The config, a dict.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: TypeError if `config` is not a dict, ValueError if the class is unknown.
    >>> deserialize({"class_name": "Flatten", "config": {"name": "flat"}}).name
    'flat'
    """
    if not configs.is_object_config(config):
        raise TypeError(
            f"deserialize: expected a dict with keys 'class_name' and 'config', got {config!r}."
        )
    return configs.deserialize_keras_object(config, custom_objects)

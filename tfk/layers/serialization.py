"""Layers to configs and back."""

from tfk.saving import configs, resolver


def serialize(layer, use_legacy_format=False):
    """The config of a layer: `{"module", "class_name", "config", "registered_name"}`.

    Args:
        layer: The layer.
        use_legacy_format: True gives `{"class_name", "config"}`, as files before Keras 2.13 hold
            it.
    """
    return resolver.serialize(layer, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False):
    """A new layer from what `serialize` returned, in either format.

    Args:
        config: The config.
        custom_objects: Dict from names to the user's classes and functions.
        use_legacy_format: Not needed; both formats are recognized.
    Raises: TypeError if `config` is no dict, ValueError for an unknown class.
    """
    if not configs.is_object_config(config):
        raise TypeError(
            f"deserialize: expected a dict with keys 'class_name' and 'config', got {config!r}."
        )
    return configs.deserialize_keras_object(config, custom_objects)

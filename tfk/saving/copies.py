"""Copies of a live model, in the same process or pickled: by way of the `.keras` format."""

import os
import tempfile

from tfk.saving import archive, registry


def to_bytes(model):
    """The `.keras` file of a model, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        archive.save(model, path)
        with open(path, "rb") as file:
            return file.read()


def from_bytes(data, classes=None, safe_mode=True):
    """The model in the bytes of a `.keras` file.

    Args:
        data: The bytes.
        classes: Dict from names to the user's classes in it.
        safe_mode: False also rebuilds lambdas.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        with open(path, "wb") as file:
            file.write(data)
        return archive.load(path, custom_objects=classes, safe_mode=safe_mode)


def user_classes(model):
    """Dict from registered name to class for the model and all layers in it that are not built
    in.
    """
    kinds = {type(layer) for layer in model._flatten_layers()}
    return {
        registry.get_registered_name(kind): kind
        for kind in kinds
        if registry.public_name(kind) is None
    }

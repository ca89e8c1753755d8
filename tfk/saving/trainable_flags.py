"""The `trainable` flags of layers that no config describes: those inside custom layers and models.

The config of a graph or a Sequential lists its layers with their flags. Any other class creates its
layers in Python, with the flags that its code gives them. So files list which of these are frozen.
"""

from tfk.saving.object_tree import walk
from tfk.utils.autograph import is_library
from tfk.utils.versions import note_change

FROZEN = "frozen_parts"  # key of the list in the config of the whole


def with_flags(config, root):
    """Return the config of a layer or model with the list of frozen layers that it does not
    describe. It is left out if there are none, and no code of the user that may freeze some.
    """
    parts = _parts(root)
    frozen = [path for path, layer, _ in parts if not layer.trainable]
    is_needed = frozen or any(is_custom for _, _, is_custom in parts)
    return {**config, FROZEN: frozen} if is_needed else config


def freeze_parts(root, frozen):
    """Set the flags of the layers that no config describes.

    Args:
        root: The layer or model.
        frozen: List of the paths of the frozen ones.
    Raises: ValueError if it is no list of strings.
    """
    if not isinstance(frozen, list) or not all(isinstance(path, str) for path in frozen):
        raise ValueError(f"Expected {FROZEN} to be a list of paths, got {frozen!r:.100}.")
    for path, layer, _ in _parts(root):
        layer._trainable = path not in frozen
    note_change()


def _parts(root):
    """Triples of path, layer and whether code of the user creates it, for those in no config."""
    creators, found = {}, []  # `creators`: paths of layers that create others
    for path, item in walk(root):
        if not hasattr(item, "_trainable"):
            continue
        above = [creator for creator in creators if not creator or path.startswith(f"{creator}/")]
        if path and above:
            found.append((path, item, any(creators[creator] for creator in above)))
        if not _lists_layers(item):
            creators[path] = not is_library(type(item))
    return found


def _lists_layers(item):
    """Whether the config of an object describes all layers in it."""
    of_layers = getattr(item, "_graph", None) is not None or hasattr(item, "add")
    return of_layers and is_library(type(item).get_config)

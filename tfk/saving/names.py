"""Validity of names in files: layers, metrics and models.

Names become scopes of TensorFlow, parts of paths and lines on a terminal, so one check guards all.
"""

from tfk.saving.load_scopes import is_loading
from tfk.utils.naming import is_plain_name, is_printable


def check_layer_name(what, name):
    """Return the name of a layer.

    Args:
        what: What it names, the beginning of the message.
        name: The name.

    Raises: ValueError while a file is loaded, if the name could lead out of a folder or is not a
        scope; TypeError if it is not a string.
    """
    if not isinstance(name, str):
        raise TypeError(f"{what}: expected name to be a string, got {type(name).__name__}.")
    if is_loading() and not is_plain_name(name):
        raise ValueError(
            f"{what}: invalid name {name!r} in the file. Layer names consist of letters, digits"
            " and _ . - / >, without the parts . and .. between slashes."
        )
    return name


def check_names(what, config):
    """Raise ValueError if the config of an object in a file has a name that cannot be printed."""
    name = config.get("name") if isinstance(config, dict) else None
    if isinstance(name, str) and is_loading() and not is_printable(name):
        raise ValueError(
            f"{what}: invalid name {name!r} in the file. Names consist of printable characters."
        )

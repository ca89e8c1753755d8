"""Default `get_config`: the constructor arguments."""

import inspect

import numpy as np

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_NOT_PLAIN = object()


def own_arguments(layer, covered=()):
    """Return `(config, lost)`: the plain arguments of `__init__`, and the names of the others.

    `covered` contains names in `**kwargs` that the base class handles. Numbers, strings, booleans,
    None, and lists, tuples and dicts of them are plain.
    """
    args, kwargs = layer._init_arguments
    signature = inspect.signature(type(layer).__init__)
    given = signature.bind(layer, *args, **kwargs).arguments
    config, lost = {}, []
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.name not in given:
            continue
        value = given[parameter.name]
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            lost.append(f"*{parameter.name}")
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            config.update({name: _plain(value[name]) for name in value if name not in covered})
        elif parameter.kind in _NAMED:
            config[parameter.name] = _plain(value)
    lost += [name for name, value in config.items() if value is _NOT_PLAIN]
    return {name: value for name, value in config.items() if name not in lost}, lost


def accepted(layer, config):
    """Return the entries of `config` that the layer's `__init__` accepts."""
    parameters = inspect.signature(type(layer).__init__).parameters
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values()):
        return config
    return {key: value for key, value in config.items() if key in parameters}


def explain_lost(lost):
    """Explain what to do about arguments that are not plain data."""
    pairs = ", ".join(f"{name!r}: self.{name}" for name in (name.strip("*") for name in lost))
    return (
        f"{', '.join(lost)} in __init__, which cannot be serialized automatically. Define"
        f" get_config returning {{**super().get_config(), {pairs}}}, with objects such as layers"
        " turned into dicts by tfk.saving.serialize_keras_object, and from_config to turn them"
        " back."
    )


def made_from(cls, config):
    """Return `cls(**config)`.

    Raises: TypeError that names missing or unknown arguments.
    """
    try:
        inspect.signature(cls.__init__).bind(None, **config)
    except TypeError as error:
        raise TypeError(
            f"{cls.__name__} cannot be created from its config {config}: {error}. Define get_config"
            " so that it returns all arguments of __init__, or build the model in Python and call"
            " load_weights on the file."
        ) from None
    return cls(**config)


def _plain(value):
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        items = [_plain(item) for item in value]
        return _NOT_PLAIN if _NOT_PLAIN in items else items
    if isinstance(value, dict):
        items = {key: _plain(item) for key, item in value.items()}
        keys_are_names = all(isinstance(key, str) for key in items)
        return items if keys_are_names and _NOT_PLAIN not in items.values() else _NOT_PLAIN
    return _NOT_PLAIN

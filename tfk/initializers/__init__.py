"""Initial values of weights."""

from tfk.initializers.constant import Constant, Identity, Ones, Zeros
from tfk.initializers.initializer import Initializer
from tfk.initializers.orthogonal import Orthogonal
from tfk.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from tfk.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from tfk.saving import resolver

constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros


def serialize(initializer, use_legacy_format=False):
    """The config of an initializer.

    Args:
        initializer: An initializer, a registered function, or None.
        use_legacy_format: True gives `{"class_name", "config"}` alone.
    >>> serialize(Zeros(), use_legacy_format=True)
    {'class_name': 'Zeros', 'config': {}}
    """
    return resolver.serialize(initializer, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False):
    """The initializer that a config or a name describes; both formats are recognised.

    Args:
        config: What `serialize` gave, or a name.
        custom_objects: Dict from names to the user's own classes and functions.
        use_legacy_format: Has no effect.
    Raises: ValueError for an unknown name.
    >>> deserialize({"class_name": "Constant", "config": {"value": 2}}).value
    2
    """
    return resolver.deserialize("initializers", config, custom_objects)


def get(identifier):
    """The initializer meant by a name, a config, a class, an object or None.

    Args:
        identifier: Such as `"glorot_uniform"`, `"GlorotUniform"`, `GlorotUniform` or
            `GlorotUniform()`.
    Raises: ValueError for an unknown name, TypeError for anything else.
    >>> get("he_normal").scale
    2.0
    """
    return resolver.get("initializers", identifier)

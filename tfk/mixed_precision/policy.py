"""Policies: the dtype a layer computes in and the dtype its variables have."""

import contextlib

import tensorflow as tf

from tfk import config as settings
from tfk.saving import configs
from tfk.saving.registry import register

# Policies with two dtypes: name -> (compute dtype, variable dtype).
MIXED = {"mixed_float16": ("float16", "float32"), "mixed_bfloat16": ("bfloat16", "float32")}

_global_policy = None  # None follows config.floatx()


@register("mixed_precision", aliases=("PolicyV1",))
class Policy:
    """The dtypes of a layer.

    Args:
        name: `"mixed_float16"`, `"mixed_bfloat16"` or the name of a dtype, which is then used for
            both. `"mixed_float16"` needs loss scaling (`LossScaleOptimizer`; `compile` sees to it).
    Raises: TypeError if `name` is no string, ValueError if it is not known.
    >>> policy = Policy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name):
        if not isinstance(name, str):
            hint = f" Pass {name.name!r}." if isinstance(name, tf.DType) else ""
            raise TypeError(f"Policy: expected name to be a string, got {name!r}.{hint}")
        self._name = name
        # "_infer" stands in files of Keras 2 for layers that take the dtype of their first input.
        self._dtypes = (
            (None, None) if name == "_infer" else MIXED.get(name) or (_dtype_name(name),) * 2
        )

    @property
    def name(self):
        """The name it was made with."""
        return self._name

    @property
    def compute_dtype(self):
        """Name of the dtype a layer computes in and outputs."""
        return self._dtypes[0]

    @property
    def variable_dtype(self):
        """Name of the dtype a layer's variables are stored in."""
        return self._dtypes[1]

    def __repr__(self):
        return f'<Policy "{self._name}">'

    def get_config(self):
        """The arguments of `__init__` as a dict."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config):
        """A policy from the dict that `get_config` gave."""
        # Early releases of Keras 2 kept the loss scale in the policy; optimizers hold it now.
        return cls(**{key: value for key, value in config.items() if key != "loss_scale"})


def _dtype_name(name):
    try:
        return tf.as_dtype(name).name
    except TypeError:
        choices = ", ".join(repr(choice) for choice in MIXED)
        raise ValueError(
            f"Policy: expected {choices} or the name of a dtype such as 'float32', got {name!r}."
        ) from None


def global_policy():
    """The policy of layers that are given no dtype; the default float type unless it was set."""
    return _global_policy or Policy(settings.floatx())


def set_global_policy(policy):
    """Sets the policy of the layers that are made from now on and given no dtype.

    Args:
        policy: A Policy, its name, or None for the default.
    Raises: ValueError for a policy that does not compute with floating-point numbers.
    >>> set_global_policy("mixed_bfloat16"); global_policy()
    <Policy "mixed_bfloat16">
    >>> set_global_policy(None)
    """
    global _global_policy
    if policy is not None and not isinstance(policy, Policy):
        policy = Policy(policy)
    if policy is not None and not (
        policy.compute_dtype and tf.as_dtype(policy.compute_dtype).is_floating
    ):
        raise ValueError(
            "set_global_policy: expected a policy that computes with floating-point numbers, got"
            f" {policy!r}."
        )
    _global_policy = policy


@contextlib.contextmanager
def policy_scope(policy):
    """Context in which `policy` is the global one."""
    outer = _global_policy
    set_global_policy(policy)
    try:
        yield
    finally:
        set_global_policy(outer)


def get_policy(identifier):
    """The policy meant by a Policy, its name, a dtype, a config or None (the global policy)."""
    if isinstance(identifier, Policy):
        return identifier
    if isinstance(identifier, dict):
        return configs.deserialize_keras_object(identifier)
    if not identifier:
        return global_policy()
    return Policy(identifier if isinstance(identifier, str) else tf.as_dtype(identifier).name)


def serialize_policy(policy):
    """What a layer's config holds under `dtype`: the name of a plain dtype, or a policy's
    config.
    """
    if type(policy) is not Policy or policy.name in MIXED:
        return configs.serialize_keras_object(policy)
    return None if policy.name == "_infer" else policy.name

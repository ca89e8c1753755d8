"""Base class of learning rate schedules."""

from typing import Any

from tfk.saving import resolver
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects


@register("optimizers.schedules")
class LearningRateSchedule:
    """Base class of schedules: a learning rate as a function of the number of updates.

    A subclass defines `__call__(step)`, using TensorFlow operations because it runs inside the
    compiled training loop, and `get_config()`.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * 0.5 ** tf.cast(step, tf.float32)
    ...     def get_config(self):
    ...         return {}
    >>> float(Halving()(1))
    0.05000000074505806
    """

    def __call__(self, step):
        """Return the learning rate of update number `step`, counted from 0."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__} has to define __call__(self, step)."
        )

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__} has to define get_config(self) to be"
            " saved."
        )

    @classmethod
    def from_config(cls, config: Config):
        """Create a schedule from the result of `get_config`."""
        return cls(**config)


def serialize(learning_rate_schedule, use_legacy_format: bool = False):
    """Return the config of a schedule.

    Args:
        learning_rate_schedule: A `LearningRateSchedule`.
        use_legacy_format: Whether to return only `{"class_name", "config"}`. Defaults to False.
    >>> serialize(tfk.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5))["class_name"]
    'ExponentialDecay'
    """
    return resolver.serialize(learning_rate_schedule, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a schedule from a config.

    Args:
        config: Dict returned by `serialize`, in either format.
        custom_objects: Dict mapping names to custom classes. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the class is unknown.
    >>> from tfk.optimizers.schedules import ExponentialDecay
    >>> deserialize(serialize(ExponentialDecay(0.1, 10, 0.5))).decay_rate
    0.5
    """
    return resolver.deserialize("optimizers.schedules", config, custom_objects)

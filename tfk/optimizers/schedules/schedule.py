"""Base class of learning rate schedules."""

from tfk.saving import resolver
from tfk.saving.registry import register


@register("optimizers.schedules")
class LearningRateSchedule:
    """A learning rate as a function of the number of updates so far.

    A subclass defines `__call__(step)`, with TensorFlow operations because it runs inside the
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
        """The learning rate of the update number `step`, counted from 0."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__} has to define __call__(self, step)."
        )

    def get_config(self):
        """The arguments of `__init__` as a dict."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__} has to define get_config(self) to be"
            " saved."
        )

    @classmethod
    def from_config(cls, config):
        """The schedule that `config`, made by `get_config`, describes."""
        return cls(**config)


def serialize(learning_rate_schedule, use_legacy_format=False):
    """The config of a schedule.

    Args:
        learning_rate_schedule: A `LearningRateSchedule`.
        use_legacy_format: True gives `{"class_name", "config"}` only.
    """
    return resolver.serialize(learning_rate_schedule, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False):
    """The schedule that a config describes.

    Args:
        config: What `serialize` gave, in either format.
        custom_objects: The user's classes by name.
        use_legacy_format: Accepted for compatibility; both formats are recognized.
    """
    return resolver.deserialize("optimizers.schedules", config, custom_objects)

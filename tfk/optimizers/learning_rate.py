"""The learning rate of an optimizer: a number, a schedule or a callable."""

import tensorflow as tf

from tfk import config as settings
from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.typing import LearningRate
from tfk.utils.checks import check_number, describe, is_number


class _LearningRateMixin:
    """Mixin that determines the learning rate of the current update.

    It reads `iterations`, `decay`, `_multipliers` and `_rate_by_old_name` of the optimizer, and
    keeps `_learning_rate`, the user's value, and `_rate_in_use`, the rate of the variable being
    updated.
    """

    def _build_learning_rate(self, learning_rate):
        """Return the value for `self._learning_rate`: a variable, a schedule, or a callable without
        arguments.
        """
        if self._rate_by_old_name is not None:
            learning_rate = self._rate_by_old_name
        if is_number(learning_rate) or isinstance(learning_rate, str):
            check_number(self, "learning_rate", learning_rate, minimum=0)
        with tf.init_scope():
            if isinstance(learning_rate, LearningRateSchedule) or callable(learning_rate):
                self._current_learning_rate = tf.Variable(
                    self._evaluate(learning_rate), name="current_learning_rate", trainable=False
                )
                return learning_rate
            return self._rate_variable(learning_rate)

    def _rate_variable(self, value):
        return tf.Variable(value, name="learning_rate", dtype=settings.floatx(), trainable=False)

    def _evaluate(self, learning_rate):
        """Return the value of a schedule or callable at the current step."""
        if isinstance(learning_rate, LearningRateSchedule):
            return tf.convert_to_tensor(learning_rate(self._iterations))
        return tf.cast(learning_rate(), settings.floatx())

    @property
    def learning_rate(self):
        """The variable with the learning rate; it can be assigned at any time.

        With a schedule or a callable it holds the rate of the last update and cannot be set to a
        number.
        """
        if self._rate_in_use is not None:
            return self._rate_in_use
        rate = getattr(self, "_learning_rate", None)
        if rate is None:
            raise ValueError(
                f"{describe(self)} has no learning rate. In __init__, set self._learning_rate = "
                "self._build_learning_rate(learning_rate)."
            )
        return rate if isinstance(rate, tf.Variable) else self._current_learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: LearningRate):
        if isinstance(learning_rate, LearningRateSchedule):
            self._rate_by_old_name = None
            self._learning_rate = self._build_learning_rate(learning_rate)
            self.renew_version()
        elif isinstance(self._learning_rate, tf.Variable):
            if is_number(learning_rate):
                check_number(self, "learning_rate", learning_rate, minimum=0)
            self._learning_rate.assign(learning_rate)
        else:
            raise TypeError(
                f"{describe(self)}: the learning rate comes from {self._learning_rate!r} and cannot"
                f" be set to {learning_rate!r}. Create the optimizer with a number to set it later."
            )

    @property
    def lr(self):
        """Deprecated alias of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, learning_rate: LearningRate):
        self.learning_rate = learning_rate

    def rate_for(self, variable):
        """Return the learning rate of this update for one variable, a scalar of its dtype."""
        if self._rate_in_use is not None:
            return tf.cast(self._rate_in_use, variable.dtype)
        return self._rate(variable.dtype, self._multipliers.of(variable))

    def _rate(self, dtype, factor, learning_rate=None):
        rate = tf.cast(self.learning_rate if learning_rate is None else learning_rate, dtype)
        if self.decay:
            rate = rate / (1 + tf.cast(self.decay, dtype) * tf.cast(self._iterations, dtype))
        return rate if factor == 1 else rate * tf.cast(factor, dtype)

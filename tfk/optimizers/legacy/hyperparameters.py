"""Hyperparameters of legacy optimizers that can change during training: `_set_hyper` and
`_get_hyper`.
"""

import tensorflow as tf

from tfk import config
from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.utils.checks import describe, is_number
from tfk.utils.tensorflow_internals import untracked
from tfk.utils.variables import new_variable


class _HyperparametersMixin:
    """Mixin of legacy optimizers that stores hyperparameters.

    A number becomes a variable, so that already traced graphs use a new value. A function or tensor
    is stored and evaluated in each update. The learning rate is stored by the current base class,
    the decay is a Python number.
    """

    def _init_hyperparameters(self):
        self._hyper = untracked(self, {})

    def _set_hyper(self, name, value):
        """Set a hyperparameter; it is read with `_get_hyper` or as an attribute."""
        if name == "learning_rate":
            if getattr(self, "_learning_rate", None) is None:
                self._learning_rate = self._build_learning_rate(value)
            else:
                self.learning_rate = value
        elif name == "decay":
            self.decay = float(value)
        elif isinstance(self._hyper.get(name), tf.Variable) and not callable(value):
            self._hyper[name].assign(value)
        elif is_number(value):
            with tf.init_scope():
                start = tf.constant(value, config.floatx())
                self._hyper[name] = new_variable(start, name, trainable=False)
        else:
            self._hyper[name] = value
            self.renew_version()

    def _get_hyper(self, name, dtype=None):
        """Return a hyperparameter: a variable, tensor or schedule; functions are called."""
        if name in ("learning_rate", "decay"):
            value = self._learning_rate if name == "learning_rate" else self.decay
        elif name in self._hyper:
            value = self._hyper[name]
        else:
            raise KeyError(
                f"{describe(self)}: no hyperparameter {name!r}. Set it with _set_hyper in __init__;"
                f" there are {['learning_rate', 'decay', *self._hyper]}."
            )
        if isinstance(value, LearningRateSchedule):
            return value
        value = value() if callable(value) and not isinstance(value, tf.Variable) else value
        return value if dtype is None else tf.cast(value, dtype)

    def _create_hypers(self):
        """Do nothing: hyperparameters are variables as soon as they are set."""

    # By vars: before `_hyper` is set, reading it as an attribute would come back to `__getattr__`.

    def __getattr__(self, name):
        if name in vars(self).get("_hyper", {}):
            return self._get_hyper(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name, value):
        if name in vars(self).get("_hyper", {}):
            self._set_hyper(name, value)
        else:
            super().__setattr__(name, value)

    def _serialize_hyperparameter(self, hyperparameter):
        """Return the value of a hyperparameter, given by name, as plain data."""
        if not isinstance(hyperparameter, str):
            return super()._serialize_hyperparameter(hyperparameter)
        if hyperparameter == "learning_rate":
            return super()._serialize_hyperparameter(self._learning_rate)
        value = self._get_hyper(hyperparameter)
        if tf.is_tensor(value) or isinstance(value, tf.Variable):
            # The shortest decimal of that value: 0.9, not 0.8999999761581421.
            return float(str(value.numpy()))
        return value

    def _decayed_lr(self, var_dtype):
        """Return the learning rate of the current or next update."""
        if self._rate_in_use is not None:
            return tf.cast(self._rate_in_use, var_dtype)
        rate = self._learning_rate
        now = rate if isinstance(rate, tf.Variable) else self._evaluate(rate)
        return self._rate(var_dtype, 1, now)

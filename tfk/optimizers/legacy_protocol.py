"""The methods by which users wrote optimizers of their own before Keras 2.11.

`_set_hyper` and `_get_hyper`, `_create_slots` with `add_slot` and `get_slot`,
`_resource_apply_dense` and `_resource_apply_sparse`: a class that defines these works as it is.
"""

import tensorflow as tf

from tfk import initializers
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.utils.checks import describe, is_number
from tfk.utils.tensorflow_internals import untracked


class LegacyProtocol(RuleOptimizer):
    """Calls `_resource_apply_dense` and `_resource_apply_sparse` of a subclass that defines
    them.
    """

    def __init__(self, *args, **kwargs):
        self._hyper = untracked(self, {})
        self._user_slots = untracked(self, {})
        super().__init__(*args, **kwargs)
        self._initial_decay = self.decay

    @property
    def _has_own_rule(self):
        return hasattr(type(self), "_resource_apply_dense")

    # Settings that can be changed during training.

    def _set_hyper(self, name, value):
        if name == "learning_rate":
            if getattr(self, "_learning_rate", None) is None:
                self._learning_rate = self._build_learning_rate(value)
            else:
                self.learning_rate = value
        elif name == "decay":
            self.decay = float(value)
        elif isinstance(self._hyper.get(name), tf.Variable):
            self._hyper[name].assign(value)
        else:
            with tf.init_scope():
                self._hyper[name] = (
                    tf.Variable(float(value), trainable=False) if is_number(value) else value
                )

    def _get_hyper(self, name, dtype=None):
        if name in ("learning_rate", "decay"):
            value = self.learning_rate if name == "learning_rate" else self.decay
        else:
            value = self._hyper[name]
        value = value() if callable(value) else value
        return value if dtype is None else tf.cast(value, dtype)

    def __getattr__(self, name):
        hyper = self.__dict__.get("_hyper", {})
        if name in hyper:
            return hyper[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __setattr__(self, name, value):
        if name in self.__dict__.get("_hyper", {}):
            self._set_hyper(name, value)
        else:
            super().__setattr__(name, value)

    def _serialize_hyperparameter(self, value):
        if isinstance(value, str):
            value = {"learning_rate": self._learning_rate, "decay": self.decay, **self._hyper}[
                value
            ]
        return super()._serialize_hyperparameter(value)

    # Slots.

    def build(self, var_list):
        if self._index_dict:
            return
        super().build(var_list)
        if self._has_own_rule:
            self._create_slots(list(var_list))

    def _create_slots(self, var_list):
        """Makes the slots of the variables, with `add_slot`; a rule without slots leaves it out."""

    def add_slot(self, var, slot_name, initializer="zeros", shape=None):
        """Makes a variable that accompanies `var`.

        Args:
            var: A variable of the model.
            slot_name: Name of the slot.
            initializer: Its first value: a tensor, an initializer or its name.
            shape: Its shape, by default that of `var`.
        """
        key = self._var_key(var), slot_name
        if key not in self._user_slots:
            start = initializer
            if not tf.is_tensor(initializer):
                make = initializers.get(initializer)
                start = make(var.shape if shape is None else shape, dtype=var.dtype.base_dtype)
            self._user_slots[key] = self.add_variable_from_reference(var, slot_name, shape, start)
        return self._user_slots[key]

    def get_slot(self, var, slot_name):
        """The slot of a variable.

        Raises: ValueError if there is none of this name.
        """
        key = self._var_key(var), slot_name
        if key not in self._user_slots:
            names = sorted({name for _, name in self._user_slots})
            raise ValueError(
                f"{describe(self)}: {var.name} has no slot {slot_name!r}; its slots are {names}."
                " Call add_slot in _create_slots."
            )
        return self._user_slots[key]

    # The update.

    def _decayed_lr(self, dtype):
        """The rate at the present step. After an update that is the rate of the next one."""
        if self._rate_in_use is not None:
            return tf.cast(self._rate_in_use, dtype)
        rate = self._learning_rate
        return self._rate(dtype, 1, rate if isinstance(rate, tf.Variable) else self._evaluate(rate))

    def _prepare_local(self, var_device, var_dtype, apply_state):
        apply_state.setdefault((var_device, var_dtype), {})["lr_t"] = self._decayed_lr(var_dtype)

    def _fallback_apply_state(self, var_device, var_dtype):
        state = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, state)
        return state[(var_device, var_dtype)]

    def _resource_scatter_add(self, x, i, v):
        return x.scatter_add(tf.IndexedSlices(v, i))

    def _update_variables(self, strategy, pairs):
        update = Optimizer if self._has_own_rule else RuleOptimizer  # one by one, or in groups
        update._update_variables(self, strategy, pairs)

    def update_step(self, gradient, variable):
        if not self._has_own_rule:
            super().update_step(gradient, variable)
        elif not isinstance(gradient, tf.IndexedSlices):
            self._resource_apply_dense(gradient, variable)
        elif hasattr(type(self), "_resource_apply_sparse"):
            self._resource_apply_sparse(gradient.values, variable, gradient.indices)
        else:
            self._resource_apply_dense(tf.convert_to_tensor(gradient), variable)

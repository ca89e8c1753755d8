"""Decoupled weight decay."""

import re

import tensorflow as tf

from tfk.optimizers.distribution import on_each_copy
from tfk.utils.checks import describe


class _WeightDecayMixin:
    """Mixin that determines which variables decay, and by how much (`weight_decay`)."""

    _excluded_keys, _excluded_names = frozenset(), ()

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Exclude variables from weight decay; must be called before `build`.

        Args:
            var_list: Variables to exclude. Defaults to None.
            var_names: Regular expressions; variables whose names contain a match are excluded.
                Defaults to None.
        Raises: ValueError after `build`.
        """
        if self._index_dict:
            raise ValueError(
                f"{describe(self)}: exclude_from_weight_decay() has to be called before the"
                " optimizer is built."
            )
        self._excluded_keys = frozenset(self._var_key(variable) for variable in var_list or ())
        self._excluded_names = tuple(var_names or ())

    def _decay_weights(self, strategy, variables):
        for variable in filter(self._use_weight_decay, variables):
            on_each_copy(strategy, variable, self._decay_weight)

    def _use_weight_decay(self, variable):
        named = any(re.search(pattern, variable.name) for pattern in self._excluded_names)
        return not named and self._var_key(variable) not in self._excluded_keys

    def _decay_weight(self, variable):
        share = tf.cast(self.weight_decay, variable.dtype) * self.rate_for(variable)
        variable.assign_sub(variable * share)

"""Moving averages of the variables, which can replace their values."""

import tensorflow as tf

from tfk.optimizers.distribution import on_each_copy


class _AveragesMixin:
    """Mixin that keeps averages: `use_ema`, `ema_momentum`, `ema_overwrite_frequency`."""

    def _build_averages(self, var_list):
        self._model_variables_moving_average = [
            self.add_variable_from_reference(v, "average", initial_value=v) for v in var_list
        ]

    def _average_of(self, variable):
        return self._model_variables_moving_average[self.index_of(variable)]

    def _update_averages(self, strategy, variables):
        for variable in variables:
            on_each_copy(strategy, self._average_of(variable), self._move_average, variable)
        if self.ema_overwrite_frequency:
            due = (self._iterations + 1) % self.ema_overwrite_frequency == 0
            tf.cond(due, lambda: self._overwrite_with_averages(strategy, variables), lambda: None)

    def _move_average(self, average, variable):
        average.assign(self.ema_momentum * average + (1 - self.ema_momentum) * variable)

    def _overwrite_with_averages(self, strategy, variables):
        for variable in variables:
            on_each_copy(
                strategy, variable, lambda v, average: v.assign(average), self._average_of(variable)
            )

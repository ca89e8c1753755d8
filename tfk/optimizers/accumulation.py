"""Gradient accumulation: one update for several small batches."""

import tensorflow as tf

from tfk.optimizers.distribution import apply_if, on_each_copy, once_for_all_replicas


class GradientAccumulator:
    """Accumulated gradients, weighted by batch size; updates the variables after `steps` batches.

    Args:
        steps: Number of batches per update.
    """

    def __init__(self, steps):
        self.steps = steps
        self._with_gradient = {}  # index -> variable, for those that ever had a gradient

    def build(self, optimizer, variables):
        """Create the sums as variables of the optimizer."""
        self.count = optimizer.add_variable((), tf.int64, name="accumulated_batches")
        self.weight = optimizer.add_variable((), name="accumulated_weight")
        self.sums = [optimizer.add_variable_from_reference(v, "gradient_sum") for v in variables]

    def add(self, optimizer, pairs, batch_size):
        """Add the gradients of one batch and update the variables if it is the last of `steps`.

        Args:
            optimizer: The owner, which applies the average.
            pairs: Gradients, already summed over replicas, and variables.
            batch_size: Weight of this batch in the average, summed over replicas; None weights all
                batches equally.
        """
        weight = tf.cast(1 if batch_size is None else batch_size, self.weight.dtype)
        for _, variable in pairs:
            self._with_gradient[optimizer.index_of(variable)] = variable

        def accumulate(strategy, pairs, weight):
            # Not tf.add_n, whose order of summation is non-deterministic.
            weight = tf.reduce_sum(tf.stack(strategy.experimental_local_results(weight)))
            for gradient, variable in pairs:
                total = self.sums[optimizer.index_of(variable)]
                on_each_copy(strategy, total, _add_to, gradient, weight)
            self.weight.assign_add(weight)
            return self.count.assign_add(1)

        count = once_for_all_replicas(accumulate, pairs, weight)
        self._apply_if(optimizer, count >= self.steps, [variable for _, variable in pairs])

    def flush(self, optimizer):
        """Apply the gradients accumulated since the last update, if any."""
        if self._with_gradient:
            variables = [self._with_gradient[index] for index in sorted(self._with_gradient)]
            self._apply_if(optimizer, self.count > 0, variables)

    def _apply_if(self, optimizer, condition, variables):
        def apply(sums, variables):
            weight = tf.convert_to_tensor(self.weight)
            averages = [total / tf.cast(weight, total.dtype) for total in sums]
            optimizer.apply_summed(list(zip(averages, variables)))
            once_for_all_replicas(self._clear, variables, optimizer)

        sums = [
            tf.convert_to_tensor(self.sums[optimizer.index_of(variable)]) for variable in variables
        ]
        apply_if(condition, apply, lambda: None, sums, variables)

    def _clear(self, strategy, variables, optimizer):
        for variable in variables:
            total = self.sums[optimizer.index_of(variable)]
            on_each_copy(strategy, total, lambda v: v.assign(tf.zeros_like(v)))
        self.weight.assign(0.0)
        self.count.assign(0)


def _add_to(total, gradient, weight):
    weight = tf.cast(weight, total.dtype)
    if isinstance(gradient, tf.IndexedSlices):
        total.scatter_add(tf.IndexedSlices(gradient.values * weight, gradient.indices))
    else:
        total.assign_add(gradient * weight)

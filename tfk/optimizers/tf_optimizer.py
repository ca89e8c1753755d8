"""Wrapper for the optimizers of TensorFlow 1, `tf.compat.v1.train.*`."""

import tensorflow as tf

from tfk.optimizers.distribution import once_for_all_replicas
from tfk.optimizers.optimizer import Optimizer
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import create_slots, is_v1_optimizer


class TFOptimizer(Optimizer):
    """Optimizer that applies gradients with a TensorFlow 1 optimizer.

    Its hyperparameters stay with the inner optimizer: there is no `learning_rate` to read or set
        and no config, so models are saved without their compile arguments.

    Args:
        optimizer: The optimizer, such as `tf.compat.v1.train.AdamOptimizer()`.
    """

    def __init__(self, optimizer):
        super().__init__(name=optimizer.get_name())
        self.optimizer = optimizer

    @staticmethod
    def wraps(value):
        """Return whether `value` is a TensorFlow 1 optimizer."""
        return is_v1_optimizer(value)

    @property
    def learning_rate(self):
        raise AttributeError(
            f"{describe(self)}: optimizers of TensorFlow 1 do not expose their learning rate. Use"
            " the class of the same name in optimizers."
        )

    def build(self, var_list):
        """Create the slots of the inner optimizer.

        Args:
            var_list: The variables to be trained.
        """
        super().build(var_list)
        create_slots(self.optimizer, var_list)

    @property
    def variables(self):
        """The number of updates, and the variables of the inner optimizer."""
        return type(super().variables)([self._iterations, *self.optimizer.variables()])

    @runs_as_written
    def apply_gradients(
        self, grads_and_vars, name=None, skip_gradients_aggregation=False, batch_size=None, **kwargs
    ):
        pairs = [(g, v) for g, v in self._check_pairs(grads_and_vars) if g is not None]
        if not pairs:  # an error in TensorFlow 1
            return self._iterations
        with tf.init_scope():
            self.build([variable for _, variable in pairs])
        # Sums gradients over replicas internally.
        self.optimizer.apply_gradients(pairs, name=name)
        return once_for_all_replicas(lambda strategy: self._iterations.assign_add(1))

    def get_config(self):
        raise NotImplementedError(
            f"{describe(self)}: optimizers of TensorFlow 1 have no config. Use the class of the"
            " same name in optimizers to save a model with its compile settings."
        )

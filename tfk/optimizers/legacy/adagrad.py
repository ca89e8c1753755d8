"""Adagrad with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register


@register("optimizers.legacy")
class Adagrad(Optimizer):
    """Adagrad: divides gradients by the root of the sum of past squared gradients, plus `epsilon`.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        initial_accumulator_value: Initial value of the sums, at least 0. Defaults to 0.1.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        name: Name of the optimizer. Defaults to `"Adagrad"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "accumulator".
    """

    settings = ("initial_accumulator_value", "epsilon")
    first_layout = ("accumulator",)

    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
        epsilon=1e-7,
        name="Adagrad",
        **kwargs,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self.initial_accumulator_value = number(
            self, "initial_accumulator_value", initial_accumulator_value, minimum=0
        )
        self.epsilon = small_number(self, epsilon)

    @property
    def _initial_accumulator_value(self):
        return self.initial_accumulator_value

    def _create_slots(self, var_list):
        for var in var_list:
            start = tf.fill(
                tf.shape(var), tf.cast(self.initial_accumulator_value, var.dtype.base_dtype)
            )
            self.add_slot(var, "accumulator", start)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        state.update(
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            neg_lr_t=-state["lr_t"],
            zero=tf.zeros((), tf.int64),
        )

    def _kernel_arguments(self, grad, var, apply_state):
        state = self._coefficients(var, apply_state)
        return {
            "var": var.handle,
            "accum": self.get_slot(var, "accumulator").handle,
            "lr": state["lr_t"],
            "epsilon": state["epsilon"],
            "grad": grad,
            "use_locking": self._use_locking,
        }

    def _resource_apply_dense(self, grad, var, apply_state=None):
        return tf.raw_ops.ResourceApplyAdagradV2(**self._kernel_arguments(grad, var, apply_state))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        arguments = self._kernel_arguments(grad, var, apply_state)
        return tf.raw_ops.ResourceSparseApplyAdagradV2(indices=indices, **arguments)

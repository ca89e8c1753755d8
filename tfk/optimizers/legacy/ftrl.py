"""Ftrl with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register


@register("optimizers.legacy")
class Ftrl(Optimizer):
    """Follow-the-regularized-leader.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        learning_rate_power: Exponent of the accumulator in the learning rate, at most 0. Defaults
            to -0.5.
        initial_accumulator_value: Initial value of the sums of squared gradients, at least 0.
            Defaults to 0.1.
        l1_regularization_strength, l2_regularization_strength: L1 and L2 regularization, at least
            0. Both default to 0.0.
        name: Name of the optimizer. Defaults to `"Ftrl"`.
        l2_shrinkage_regularization_strength: L2 penalty on the magnitude of the values, at least 0.
            Defaults to 0.0.
        beta: Constant added to the root of the sums, as in the paper. Defaults to 0.0.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "accumulator" and "linear", created variable by variable.
    """

    hyperparameters = (
        "learning_rate_power",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "beta",
    )
    settings = ("initial_accumulator_value", "l2_shrinkage_regularization_strength")

    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        name="Ftrl",
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        **kwargs,
    ):
        super().__init__(name, **kwargs)
        self.initial_accumulator_value = number(
            self, "initial_accumulator_value", initial_accumulator_value, minimum=0
        )
        number(self, "learning_rate_power", learning_rate_power, maximum=0)
        number(self, "l1_regularization_strength", l1_regularization_strength, minimum=0)
        number(self, "l2_regularization_strength", l2_regularization_strength, minimum=0)
        self.l2_shrinkage_regularization_strength = number(
            self,
            "l2_shrinkage_regularization_strength",
            l2_shrinkage_regularization_strength,
            minimum=0,
        )
        number(self, "beta", beta)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("learning_rate_power", learning_rate_power)
        self._set_hyper("l1_regularization_strength", l1_regularization_strength)
        self._set_hyper("l2_regularization_strength", l2_regularization_strength)
        self._set_hyper("beta", beta)

    def _create_slots(self, var_list):
        for var in var_list:
            start = tf.fill(
                tf.shape(var), tf.cast(self.initial_accumulator_value, var.dtype.base_dtype)
            )
            self.add_slot(var, "accumulator", start)
            self.add_slot(var, "linear")

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        l2 = self._get_hyper("l2_regularization_strength", var_dtype)
        beta = self._get_hyper("beta", var_dtype)
        state.update(
            learning_rate_power=self._get_hyper("learning_rate_power", var_dtype),
            l1_regularization_strength=self._get_hyper("l1_regularization_strength", var_dtype),
            l2_regularization_strength=l2,
            beta=beta,
            adjusted_l2_regularization_strength=l2 + beta / (2 * state["lr_t"]),
            l2_shrinkage_regularization_strength=tf.cast(
                self.l2_shrinkage_regularization_strength, var_dtype
            ),
        )

    def _kernel_arguments(self, grad, var, apply_state):
        state = self._coefficients(var, apply_state)
        return {
            "var": var.handle,
            "accum": self.get_slot(var, "accumulator").handle,
            "linear": self.get_slot(var, "linear").handle,
            "grad": grad,
            "lr": state["lr_t"],
            "l1": state["l1_regularization_strength"],
            "l2": state["adjusted_l2_regularization_strength"],
            "l2_shrinkage": state["l2_shrinkage_regularization_strength"],
            "lr_power": state["learning_rate_power"],
            "use_locking": self._use_locking,
        }

    def _resource_apply_dense(self, grad, var, apply_state=None):
        return tf.raw_ops.ResourceApplyFtrlV2(**self._kernel_arguments(grad, var, apply_state))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        arguments = self._kernel_arguments(grad, var, apply_state)
        return tf.raw_ops.ResourceSparseApplyFtrlV2(indices=indices, **arguments)

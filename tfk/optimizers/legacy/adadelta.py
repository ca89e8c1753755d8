"""Adadelta with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import small_number
from tfk.saving.registry import register


@register("optimizers.legacy")
class Adadelta(Optimizer):
    """Adadelta: scales gradients by the ratio of typical step size to typical gradient size.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        rho: Decay rate of the running means. Defaults to 0.95.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        name: Name of the optimizer. Defaults to `"Adadelta"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "accum_grad" and "accum_var".
    """

    hyperparameters = ("rho",)
    settings = ("epsilon",)
    first_layout = ("accum_grad", "accum_var")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, name="Adadelta", **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("rho", rho)
        self.epsilon = small_number(self, epsilon)

    def _create_slots(self, var_list):
        for name in ("accum_grad", "accum_var"):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        apply_state[var_device, var_dtype].update(
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            rho=self._get_hyper("rho", var_dtype),
        )

    def _kernel_arguments(self, grad, var, apply_state):
        state = self._coefficients(var, apply_state)
        return {
            "var": var.handle,
            "accum": self.get_slot(var, "accum_grad").handle,
            "accum_update": self.get_slot(var, "accum_var").handle,
            "lr": state["lr_t"],
            "rho": state["rho"],
            "epsilon": state["epsilon"],
            "grad": grad,
            "use_locking": self._use_locking,
        }

    def _resource_apply_dense(self, grad, var, apply_state=None):
        return tf.raw_ops.ResourceApplyAdadelta(**self._kernel_arguments(grad, var, apply_state))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        arguments = self._kernel_arguments(grad, var, apply_state)
        return tf.raw_ops.ResourceSparseApplyAdadelta(indices=indices, **arguments)

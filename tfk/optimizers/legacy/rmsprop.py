"""RMSprop with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import small_number
from tfk.saving.registry import register
from tfk.utils.checks import check_rate, is_number


@register("optimizers.legacy")
class RMSprop(Optimizer):
    """RMSprop: divides gradients by a running root mean square.

    Without momentum `w -= learning_rate * g / (sqrt(rms) + epsilon)`; with momentum `epsilon` is
    added under the root.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        rho: Decay rate of the running mean. Defaults to 0.9.
        momentum: Momentum in [0, 1], a number, function or tensor. Defaults to 0.0.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        centered: Whether to divide by the variance of the gradient instead. Defaults to False.
        name: Name of the optimizer. Defaults to `"RMSprop"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "rms", with momentum "momentum", if centered "mg".
    """

    hyperparameters = ("rho", "momentum")
    settings = ("epsilon", "centered")
    first_layout = ("rms",)

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        name="RMSprop",
        **kwargs,
    ):
        super().__init__(name, **kwargs)
        self._momentum = not is_number(momentum) or check_rate(self, "momentum", momentum) > 0
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("rho", rho)
        self._set_hyper("momentum", momentum)
        self.epsilon = small_number(self, epsilon)
        self.centered = centered

    def _create_slots(self, var_list):
        for name, used in (("rms", True), ("momentum", self._momentum), ("mg", self.centered)):
            for var in var_list if used else ():
                self.add_slot(var, name)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        rho = self._get_hyper("rho", var_dtype)
        apply_state[var_device, var_dtype].update(
            neg_lr_t=-apply_state[var_device, var_dtype]["lr_t"],
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            rho=rho,
            momentum=self._get_hyper("momentum", var_dtype),
            one_minus_rho=1 - rho,
        )

    def _kernel_arguments(self, grad, var, state):
        arguments = {
            "var": var.handle,
            "ms": self.get_slot(var, "rms").handle,
            "mom": self.get_slot(var, "momentum").handle,
            "lr": state["lr_t"],
            "rho": state["rho"],
            "momentum": state["momentum"],
            "epsilon": state["epsilon"],
            "grad": grad,
            "use_locking": self._use_locking,
        }
        return {**arguments, "mg": self.get_slot(var, "mg").handle} if self.centered else arguments

    def _resource_apply_dense(self, grad, var, apply_state=None):
        state = self._coefficients(var, apply_state)
        if self._momentum:
            ops = tf.raw_ops
            apply = ops.ResourceApplyCenteredRMSProp if self.centered else ops.ResourceApplyRMSProp
            return apply(**self._kernel_arguments(grad, var, state))
        rms = self.get_slot(var, "rms")
        square = state["rho"] * rms + state["one_minus_rho"] * tf.square(grad)
        rms.assign(square)
        if self.centered:
            mean = self.get_slot(var, "mg")
            average = state["rho"] * mean + state["one_minus_rho"] * grad
            mean.assign(average)
            square = square - tf.square(average)
        return var.assign_sub(state["lr_t"] * grad / (tf.sqrt(square) + state["epsilon"]))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        state = self._coefficients(var, apply_state)
        if self._momentum:
            ops = tf.raw_ops
            apply = (
                ops.ResourceSparseApplyCenteredRMSProp
                if self.centered
                else ops.ResourceSparseApplyRMSProp
            )
            return apply(indices=indices, **self._kernel_arguments(grad, var, state))
        rms = self.get_slot(var, "rms")
        rms.assign(rms * state["rho"])
        square = self._resource_scatter_add(rms, indices, grad * grad * state["one_minus_rho"])
        square = tf.gather(square, indices)
        if self.centered:
            mean = self.get_slot(var, "mg")
            mean.assign(mean * state["rho"])
            average = self._resource_scatter_add(mean, indices, grad * state["one_minus_rho"])
            square = square - tf.square(tf.gather(average, indices))
        step = state["neg_lr_t"] * grad / (tf.sqrt(square) + state["epsilon"])
        return self._resource_scatter_add(var, indices, step)

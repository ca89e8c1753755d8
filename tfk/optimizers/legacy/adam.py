"""Adam with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import small_number
from tfk.saving.registry import register


@register("optimizers.legacy")
class Adam(Optimizer):
    """Adam: `w -= learning_rate * m / (sqrt(v) + epsilon)` with bias-corrected moments.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_1, beta_2: Decay rates of the means of gradients and squared gradients. Default to 0.9
            and 0.999.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        amsgrad: Whether to divide by the largest mean of squares so far. Defaults to False.
        name: Name of the optimizer. Defaults to `"Adam"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "m", "v" and, with AMSGrad, "vhat".
    """

    hyperparameters = ("beta_1", "beta_2")
    settings = ("epsilon", "amsgrad")
    first_layout = ("iterations", "m", "v", "vhat")  # the last one is empty without amsgrad

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        name="Adam",
        **kwargs,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = small_number(self, epsilon)
        self.amsgrad = amsgrad

    def _create_slots(self, var_list):
        for name in ("m", "v", "vhat")[: 3 if self.amsgrad else 2]:
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        step = tf.cast(self.iterations + 1, var_dtype)
        beta_1, beta_2 = self._get_hyper("beta_1", var_dtype), self._get_hyper("beta_2", var_dtype)
        power_1, power_2 = tf.pow(beta_1, step), tf.pow(beta_2, step)
        state.update(
            lr=state["lr_t"] * tf.sqrt(1 - power_2) / (1 - power_1),
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            beta_1_t=beta_1,
            beta_1_power=power_1,
            one_minus_beta_1_t=1 - beta_1,
            beta_2_t=beta_2,
            beta_2_power=power_2,
            one_minus_beta_2_t=1 - beta_2,
        )

    def _resource_apply_dense(self, grad, var, apply_state=None):
        state = self._coefficients(var, apply_state)
        arguments = {
            "var": var.handle,
            "m": self.get_slot(var, "m").handle,
            "v": self.get_slot(var, "v").handle,
            "beta1_power": state["beta_1_power"],
            "beta2_power": state["beta_2_power"],
            "lr": state["lr_t"],
            "beta1": state["beta_1_t"],
            "beta2": state["beta_2_t"],
            "epsilon": state["epsilon"],
            "grad": grad,
            "use_locking": self._use_locking,
        }
        if not self.amsgrad:
            return tf.raw_ops.ResourceApplyAdam(**arguments)
        largest = self.get_slot(var, "vhat")
        return tf.raw_ops.ResourceApplyAdamWithAmsgrad(vhat=largest.handle, **arguments)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        state = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m.assign(m * state["beta_1_t"])
        mean = self._resource_scatter_add(m, indices, grad * state["one_minus_beta_1_t"])
        v.assign(v * state["beta_2_t"])
        square = self._resource_scatter_add(v, indices, grad * grad * state["one_minus_beta_2_t"])
        if self.amsgrad:
            largest = self.get_slot(var, "vhat")
            square = tf.maximum(largest.value(), square)
            largest.assign(square)
        return var.assign_sub(state["lr"] * mean / (tf.sqrt(square) + state["epsilon"]))

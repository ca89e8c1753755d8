"""Adamax with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import small_number
from tfk.saving.registry import register


@register("optimizers.legacy")
class Adamax(Optimizer):
    """Adamax: Adam with a decaying maximum of gradient magnitudes in place of the second moment.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_1, beta_2: Decay rates of the mean and of the maximum. Default to 0.9 and 0.999.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        name: Name of the optimizer. Defaults to `"Adamax"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "m" and "v".
    """

    hyperparameters = ("beta_1", "beta_2")
    settings = ("epsilon",)

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name="Adamax", **kwargs
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = small_number(self, epsilon)

    def _create_slots(self, var_list):
        for name in ("m", "v"):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        beta_1 = self._get_hyper("beta_1", var_dtype)
        power = tf.pow(beta_1, tf.cast(self.iterations + 1, var_dtype))
        state.update(
            neg_scaled_lr=-state["lr_t"] / (1 - power),
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            beta_1_t=beta_1,
            beta_1_power=power,
            one_minus_beta_1_t=1 - beta_1,
            beta_2_t=self._get_hyper("beta_2", var_dtype),
            zero=tf.zeros((), var_dtype),
        )

    def _resource_apply_dense(self, grad, var, apply_state=None):
        state = self._coefficients(var, apply_state)
        return tf.raw_ops.ResourceApplyAdaMax(
            var=var.handle,
            m=self.get_slot(var, "m").handle,
            v=self.get_slot(var, "v").handle,
            beta1_power=state["beta_1_power"],
            lr=state["lr_t"],
            beta1=state["beta_1_t"],
            beta2=state["beta_2_t"],
            epsilon=state["epsilon"],
            grad=grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        state = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = tf.gather(m, indices) * state["beta_1_t"] + grad * state["one_minus_beta_1_t"]
        self._resource_scatter_update(m, indices, mean)
        largest = tf.maximum(tf.gather(v, indices) * state["beta_2_t"], tf.abs(grad))
        self._resource_scatter_update(v, indices, largest)
        step = state["neg_scaled_lr"] * mean / (largest + state["epsilon"])
        return self._resource_scatter_add(var, indices, step)

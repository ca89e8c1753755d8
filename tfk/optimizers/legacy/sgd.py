"""Gradient descent with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.saving.registry import register
from tfk.utils.checks import check_rate, is_number


@register("optimizers.legacy")
class SGD(Optimizer):
    """Gradient descent, with momentum `v = momentum * v - learning_rate * g; w += v`.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.01.
        momentum: Momentum in [0, 1], a number, function or tensor. Defaults to 0.0.
        nesterov: Whether to use Nesterov momentum: `w += momentum * v - learning_rate * g`.
            Defaults to False.
        name: Name of the optimizer. Defaults to `"SGD"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm`, `lr` and `decay`.
    Slots: "momentum", if momentum is used.
    >>> SGD(0.1, decay=0.01).get_config()["decay"]
    0.01
    """

    hyperparameters = ("momentum",)
    settings = ("nesterov",)
    first_layout = ("iterations", "momentum")

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, name="SGD", **kwargs):
        super().__init__(name, **kwargs)
        self._momentum = not is_number(momentum) or check_rate(self, "momentum", momentum) > 0
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("momentum", momentum)
        self.nesterov = nesterov

    def _create_slots(self, var_list):
        if self._momentum:
            for var in var_list:
                self.add_slot(var, "momentum")

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        state["momentum"] = self._get_hyper("momentum", var_dtype)

    def _resource_apply_dense(self, grad, var, apply_state=None):
        state = self._coefficients(var, apply_state)
        if not self._momentum:
            return tf.raw_ops.ResourceApplyGradientDescent(
                var=var.handle, alpha=state["lr_t"], delta=grad, use_locking=self._use_locking
            )
        return tf.raw_ops.ResourceApplyKerasMomentum(
            var=var.handle,
            accum=self.get_slot(var, "momentum").handle,
            lr=state["lr_t"],
            grad=grad,
            momentum=state["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

    def _resource_apply_sparse_duplicate_indices(self, grad, var, indices, **kwargs):
        if self._momentum:
            return super()._resource_apply_sparse_duplicate_indices(grad, var, indices, **kwargs)
        rate = self._coefficients(var, kwargs.get("apply_state"))["lr_t"]
        return tf.raw_ops.ResourceScatterAdd(
            resource=var.handle, indices=indices, updates=-grad * rate
        )

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        state = self._coefficients(var, apply_state)
        return tf.raw_ops.ResourceSparseApplyKerasMomentum(
            var=var.handle,
            accum=self.get_slot(var, "momentum").handle,
            lr=state["lr_t"],
            grad=grad,
            indices=indices,
            momentum=state["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

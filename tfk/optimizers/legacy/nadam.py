"""Nadam with the interface from before Keras 2.11."""

import tensorflow as tf

from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.settings import small_number
from tfk.saving.registry import register
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import track


@register("optimizers.legacy")
class Nadam(Optimizer):
    """Adam with Nesterov momentum, `u_t = beta_1 * (1 - 0.5 * 0.96**(decay * t))`.

    Args:
        learning_rate: A number. Defaults to 0.001.
        beta_1, beta_2: Decay rates of the means of gradients and squared gradients. Default to 0.9
            and 0.999.
        epsilon: Small constant for numerical stability. Defaults to 1e-07.
        name: Name of the optimizer. Defaults to `"Nadam"`.
        **kwargs: `clipnorm`, `clipvalue`, `global_clipnorm` and `lr`. `decay` (or
            `schedule_decay`), 0.004 by default, slows the rise of the momentum; it does not affect
            the learning rate.
    Slots: "m" and "v"; "momentum_cache" is the product of all momenta so far.
    """

    hyperparameters = ("beta_1", "beta_2")
    settings = ("epsilon",)
    first_layout = ("iterations", "m", "v")
    _more_settings = ("decay", "schedule_decay")

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name="Nadam", **kwargs
    ):
        schedule_decay = kwargs.pop("schedule_decay", 0.004)
        self.schedule_decay = kwargs.pop("decay", schedule_decay)
        super().__init__(name, **kwargs)
        rate = kwargs.get("lr", learning_rate)
        if callable(rate):
            raise ValueError(
                f"{describe(self)}: schedules and functions are not supported as learning_rate, got"
                f" {rate!r}. Pass a number."
            )
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = small_number(self, epsilon)
        self._momentum_cache = None

    def _create_slots(self, var_list):
        if self._momentum_cache is None:
            self._momentum_cache = self.add_variable((), initializer="ones", name="momentum_cache")
            track(self, self._momentum_cache, "momentum_cache")
        for name in ("m", "v"):
            for var in var_list:
                self.add_slot(var, name)

    def _momentum_at(self, step, dtype):
        base = tf.constant(0.96, dtype)
        power = tf.pow(base, tf.cast(self.schedule_decay, dtype) * step)
        return self._get_hyper("beta_1", dtype) * (1 - 0.5 * power)

    def _update_variables(self, strategy, pairs):
        super()._update_variables(strategy, pairs)
        dtype = self._momentum_cache.dtype
        step = tf.cast(self.iterations + 1, dtype)
        self._momentum_cache.assign(self._momentum_cache * self._momentum_at(step, dtype))

    def derive_missing(self):
        """Set the product of the momenta, which files of Keras 1.0 to 2.3 do not contain."""
        dtype = self._momentum_cache.dtype
        steps = tf.range(1, tf.cast(self.iterations, dtype) + 1)
        self._momentum_cache.assign(tf.reduce_prod(self._momentum_at(steps, dtype)))

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[var_device, var_dtype]
        step = tf.cast(self.iterations + 1, var_dtype)
        beta_1, beta_2 = self._get_hyper("beta_1", var_dtype), self._get_hyper("beta_2", var_dtype)
        now, following = (self._momentum_at(at, var_dtype) for at in (step, step + 1))
        product = tf.cast(self._momentum_cache, var_dtype) * now
        state.update(
            epsilon=tf.convert_to_tensor(self.epsilon, var_dtype),
            beta_1_t=beta_1,
            beta_2_t=beta_2,
            m_t=now,
            m_t_1=following,
            one_minus_beta_1_t=1 - beta_1,
            one_minus_beta_2_t=1 - beta_2,
            one_minus_m_t=1 - now,
            one_minus_m_schedule_new=1 - product,
            one_minus_m_schedule_next=1 - product * following,
            v_t_prime_denominator=1 - tf.pow(beta_2, step),
        )

    def _step(self, grad, mean, square, state):
        """Return the step to subtract from the values."""
        gradient = grad / state["one_minus_m_schedule_new"]
        mean = mean / state["one_minus_m_schedule_next"]
        looking_ahead = state["one_minus_m_t"] * gradient + state["m_t_1"] * mean
        root = tf.sqrt(square / state["v_t_prime_denominator"])
        return state["lr_t"] * looking_ahead / (root + state["epsilon"])

    def _resource_apply_dense(self, grad, var, apply_state=None):
        state = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = state["beta_1_t"] * m + state["one_minus_beta_1_t"] * grad
        square = state["beta_2_t"] * v + state["one_minus_beta_2_t"] * tf.square(grad)
        m.assign(mean)
        v.assign(square)
        return var.assign_sub(self._step(grad, mean, square, state))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        state = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m.assign(m * state["beta_1_t"])
        mean = self._resource_scatter_add(m, indices, grad * state["one_minus_beta_1_t"])
        v.assign(v * state["beta_2_t"])
        square = self._resource_scatter_add(v, indices, grad * grad * state["one_minus_beta_2_t"])
        step = self._step(grad, tf.gather(mean, indices), tf.gather(square, indices), state)
        return self._resource_scatter_add(var, indices, -step)

    def _get_hyper(self, name, dtype=None):
        return super()._get_hyper(name, dtype) if name != "decay" else self.schedule_decay

    def _set_hyper(self, name, value):
        if name == "decay":
            self.schedule_decay = value
        else:
            super()._set_hyper(name, value)

    def get_config(self):
        return {**super().get_config(), "decay": self.schedule_decay}

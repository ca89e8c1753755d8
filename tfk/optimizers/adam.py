"""Adam: steps of running mean gradients, divided by a running estimate of their size."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register


def adam_rule(gradient, m, v, largest, rate, beta_1, beta_2, epsilon):
    """One step; `rate` holds the bias corrections, `largest` is the maximum of past `v` or None
    (AMSGrad).

    Returns (step, m, v, largest).
    """
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (tf.square(gradient) - v) * (1 - beta_2)
    if largest is not None:
        largest = tf.maximum(largest, v)
    return rate * m / (tf.sqrt(v if largest is None else largest) + epsilon), m, v, largest


# The kernel computes `1 - beta_2` in the dtype of the variable. In float32 that is wrong by 5e-5 of
# `1 - 0.999`, which shows in `v`, and by half of it in the steps while `v` forgets its start at
# zero. Below this number of values what is lost is added to `v`, at the price of two operations;
# above, the steps alone are corrected.
EXACT_BELOW = 30_000


def _add_lost_share(v, gradient, beta_2):
    """Adds to `v` the share of the squared gradient that the kernel is going to miss."""
    kind = gradient.dtype.as_numpy_dtype
    lost = (1 - beta_2) - float(kind(1) - kind(beta_2))
    if lost:
        tf.raw_ops.ResourceApplyGradientDescent(
            var=v.handle, alpha=-lost, delta=tf.square(gradient)
        )


def kernel_decay(beta_2, step):
    """The `beta_2` for which the kernel loses least, and the root of the error of its `v` at this
    step.
    """
    share = tf.cast(1 - beta_2, step.dtype)
    rounded = 1 - (1 - share)
    error = tf.math.expm1(step * tf.math.log1p(-rounded)) / tf.math.expm1(
        step * tf.math.log1p(-share)
    )
    return 1 - share, tf.sqrt(error)


@register("optimizers", aliases=("adam",))
class Adam(RuleOptimizer):
    """Running means of gradients and of their squares, corrected for their start at zero.

    `m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g**2;
    w -= learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        beta_1: Weight of the past in the mean of gradients, in [0, 1).
        beta_2: Weight of the past in the mean of their squares, in [0, 1).
        epsilon: Small number that keeps the division finite, at least 0. It is added where the
            formula shows it (the "epsilon hat" of the paper), as in Keras 2.
        adaptive_epsilon: True adds `epsilon` to the corrected root, as the paper's algorithm 1
            does.
        amsgrad: True divides by the largest `v` so far.
        weight_decay: See `Optimizer`, as for the arguments that follow.
        lazy: True updates only the rows that a sparse gradient names: much faster for large
            embedding tables, but the means of the other rows do not decay meanwhile, which Keras 2
            lets them do.
    Slots: `m`, `v`, and `vhat` with `amsgrad`.
    Raises: ValueError for settings out of range.
    Source: Kingma and Ba, 2014, arXiv:1412.6980; Reddi et al., 2018, On the convergence of Adam and
        beyond.
    >>> x = tf.Variable(1.0)
    >>> _ = Adam(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        adaptive_epsilon=False,
        amsgrad=False,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Adam",
        lazy=False,
        **kwargs,
    ):
        super().__init__(
            name,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            jit_compile,
            **kwargs,
        )
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.beta_1 = number(self, "beta_1", beta_1, minimum=0, maximum=1)
        self.beta_2 = number(self, "beta_2", beta_2, minimum=0, maximum=1)
        self.epsilon = small_number(self, epsilon)
        self.adaptive_epsilon = adaptive_epsilon
        self.amsgrad = amsgrad
        self.lazy = lazy

    def slot_blocks(self):
        return (("m", "v"), ("vhat",)) if self.amsgrad else (("m", "v"),)

    @property
    def rows_only(self):
        return self.lazy

    def coefficients(self, rate):
        step = tf.cast(self._iterations + 1, rate.dtype)
        beta_1_power = tf.pow(tf.cast(self.beta_1, rate.dtype), step)
        beta_2_power = tf.pow(tf.cast(self.beta_2, rate.dtype), step)
        correction = tf.sqrt(1 - beta_2_power)
        epsilon = tf.cast(self.epsilon, rate.dtype)
        return {
            "rate": rate,
            "step": step,
            "beta_1_power": beta_1_power,
            "beta_2_power": beta_2_power,
            "corrected_rate": rate * correction / (1 - beta_1_power),
            "epsilon": epsilon * correction if self.adaptive_epsilon else epsilon,
        }

    def rule(self, gradient, slots, now):
        m, v, largest = slots if self.amsgrad else (*slots, None)
        step, *slots = adam_rule(
            gradient, m, v, largest, now["corrected_rate"], self.beta_1, self.beta_2, now["epsilon"]
        )
        return step, slots if self.amsgrad else slots[:2]

    @property
    def fused(self):
        # XLA has no kernel for AMSGrad.
        return None if self.amsgrad or not fits_kernel(self.beta_1) else self._call_kernel

    def _call_kernel(self, variable, gradient, slots, now):
        if variable.shape.num_elements() < EXACT_BELOW:  # the gradient's shape may be unknown
            _add_lost_share(slots[1], gradient, self.beta_2)
            beta_2, root = self.beta_2, 1.0
        else:
            beta_2, root = kernel_decay(self.beta_2, now["step"])
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=slots[0].handle,
            v=slots[1].handle,
            beta1_power=now["beta_1_power"],
            beta2_power=now["beta_2_power"],
            lr=now["rate"] * root,
            beta1=self.beta_1,
            beta2=beta_2,
            epsilon=now["epsilon"] * root,
            grad=gradient,
        )

    def get_config(self):
        config = {
            **super().get_config(),
            "learning_rate": self._serialize_hyperparameter(self._learning_rate),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
        # Keras 2 leaves adaptive_epsilon out, and does not know lazy: they are stated where they
        # are in use.
        optional = {"adaptive_epsilon": self.adaptive_epsilon, "lazy": self.lazy}
        return {**config, **{key: value for key, value in optional.items() if value}}

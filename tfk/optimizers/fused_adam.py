"""Adam in TensorFlow's fused kernel, with a correction of its rounding error.

The kernel computes `1 - beta_2` in the dtype of the variable. In float32 the error is 5e-5 of `1 -
0.999`: it shows in `v`, and half of it in the steps while the bias of `v` fades.
"""

import tensorflow as tf

# Number of values below which the rounding error is added to `v`, at the cost of two operations;
# above, only the steps are corrected.
EXACT_BELOW = 30_000


def fused_adam(variable, gradient, slots, now, beta_1, beta_2):
    """Update a variable and its slots `m` and `v`.

    Args:
        variable: The variable, float32 or float64.
        gradient: Its dense gradient.
        slots: Its slots.
        now: Result of `adam_coefficients` for this step, in the dtype of the variable.
        beta_1, beta_2: Decay rates of `m` and `v`, Python numbers.
    """
    if variable.shape.num_elements() < EXACT_BELOW:  # the gradient's shape may be unknown
        _add_rounding_error(slots[1], gradient, beta_2)
        kernel_beta_2, root = beta_2, 1.0
    else:
        kernel_beta_2, root = kernel_decay(beta_2, now["step"])
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=slots[0].handle,
        v=slots[1].handle,
        beta1_power=now["beta_1_power"],
        beta2_power=now["beta_2_power"],
        lr=now["rate"] * root,
        beta1=beta_1,
        beta2=kernel_beta_2,
        epsilon=now["epsilon"] * root,
        grad=gradient,
    )


def _add_rounding_error(v, gradient, beta_2):
    """Add to `v` the part of the squared gradient that the kernel will miss."""
    kind = gradient.dtype.as_numpy_dtype
    missed = (1 - beta_2) - float(kind(1) - kind(beta_2))
    if missed:
        # v -= alpha * delta, in one operation.
        tf.raw_ops.ResourceApplyGradientDescent(
            var=v.handle, alpha=-missed, delta=tf.square(gradient)
        )


def kernel_decay(beta_2, step):
    """Return the `beta_2` with the smallest rounding error, and the root of the relative error of
    `v`.

    Multiplying the learning rate and epsilon by that root, for the `v` after `step` steps, cancels
    the error, because `rate * root * m / (sqrt(v * root**2) + epsilon * root) = rate * m / (sqrt(v)
    + epsilon)`.
    """
    weight = tf.cast(1 - beta_2, step.dtype)  # of a new squared gradient in v
    rounded = 1 - (1 - weight)
    # v after t steps of one gradient is 1 - (1 - weight)**t times its square.
    error = tf.math.expm1(step * tf.math.log1p(-rounded)) / tf.math.expm1(
        step * tf.math.log1p(-weight)
    )
    return 1 - weight, tf.sqrt(error)

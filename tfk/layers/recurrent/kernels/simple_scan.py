"""Elman's recurrence `h[t] = f(p[t] + R h[t-1])` over a sequence, forward and backward (see
`loop.py` for shapes).
"""

import tensorflow as tf

from tfk.layers.recurrent.kernels import elementwise
from tfk.layers.recurrent.kernels.loop import Compilable, cached, fused, joined, over_time, steps_of
from tfk.layers.recurrent.kernels.recurrent_product import (
    before,
    recurrent_product,
    state_gradient,
    weights_gradient,
)


@cached
def simple_scan(how, sequences, units, activation):
    """Return the recurrence as a function of two tuples.

    The first holds what is differentiated: p `(time, units, batch)`, the projected inputs; the
        first state
    `(units, batch)`; R `(units, units)`. The second holds keep `(time, 1, batch)`, bool, False
    where the state stays as it is, or None, and noise `(1, units, batch)`, or None.

    Returns: With `sequences` `(states (time, units, batch), last state)`, else `(last state,)`.
    """
    act = elementwise.function(activation)

    def forward(inputs, extras):
        (projected, first, weights), (keep, noise) = inputs, extras

        def step(t, state):
            (h,) = state
            new = act(projected[t] + recurrent_product(weights, h, noise))
            h = new if keep is None else tf.where(keep[t], new, h)
            return (h,), (h,)

        (last,), (states,) = over_time(
            step, (first,), steps_of(projected), (first.shape,), first.dtype
        )
        return ((states, last) if sequences else (last,)), states

    def backward(inputs, extras, saved, gradients):
        (_, first, weights), (keep, noise), states = inputs, extras, saved
        from_states, from_last = gradients if sequences else (None, *gradients)
        transposed = tf.transpose(weights)
        slopes = elementwise.slope(activation, states)
        if keep is not None:
            slopes = tf.where(keep, slopes, tf.zeros_like(slopes))

        def step(t, state):
            grad = joined(state[0], from_states, t)
            inner = grad * slopes[t]
            new = state_gradient(transposed, inner, noise)
            if keep is not None:
                new += tf.where(keep[t], tf.zeros_like(grad), grad)
            return (new,), (inner,)

        (grad_first,), (inner,) = over_time(
            step, (from_last,), steps_of(states), (first.shape,), first.dtype, reverse=True
        )
        return inner, grad_first, weights_gradient(inner, before(first, states), noise)

    return fused(how, Compilable(forward), Compilable(backward))

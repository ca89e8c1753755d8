"""The gated recurrent unit over a sequence, forward and backward (see `loop.py` for shapes).

With the gates z (update), r (reset) and the candidate c, and p[t] the projected inputs:
    z, r = g(p_z + R_z h), g(p_r + R_r h)
    c = f(p_c + r (R_c h + b_c))     reset_after, the form of cuDNN
    c = f(p_c + R_c (r h))           reset before, the form of the paper
    h' = z h + (1 - z) c
Source: Cho et al., 2014, arXiv:1406.1078.
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
def gru_scan(how, sequences, units, activation, recurrent_activation, reset_after):
    """Return the recurrence as a function of two tuples.

    The first holds what is differentiated: p `(time, 3 * units, batch)`, the projected inputs; the
        first state
    `(units, batch)`; R `(3 * units, units)`; with `reset_after` also the recurrent bias `(3 *
    units,)`. The second holds keep `(time, 1, batch)`, bool, False where the state stays as it is,
    or None, and noise `(3, units, batch)`, or None.

    Returns: With `sequences` `(states (time, units, batch), last state)`, else `(last state,)`.
    """
    make = _reset_after if reset_after else _reset_before
    return fused(how, *map(Compilable, make(sequences, units, activation, recurrent_activation)))


def _reset_after(sequences, units, activation, recurrent_activation):
    act, gate = elementwise.function(activation), elementwise.function(recurrent_activation)

    def forward(inputs, extras):
        (projected, first, weights, bias), (keep, noise) = inputs, extras
        column = bias[:, tf.newaxis]

        def step(t, state):
            (h,) = state
            now = projected[t]
            recurrent = recurrent_product(weights, h, noise) + column
            gates = gate(now[: 2 * units] + recurrent[: 2 * units])
            z, r, inner = gates[:units], gates[units:], recurrent[2 * units :]
            c = act(now[2 * units :] + r * inner)
            new = c + z * (h - c)
            h = new if keep is None else tf.where(keep[t], new, h)
            return (h,), (h, tf.concat([gates, c, inner], 0))

        shapes = (first.shape, (4 * units, first.shape[1]))
        (last,), (states, saved) = over_time(
            step, (first,), steps_of(projected), shapes, first.dtype
        )
        return ((states, last) if sequences else (last,)), (states, saved)

    def backward(inputs, extras, saved, gradients):
        (_, first, weights, _), (keep, noise), (states, gates) = inputs, extras, saved
        from_states, from_last = gradients if sequences else (None, *gradients)
        transposed = tf.transpose(weights)
        previous = before(first, states)
        z, r, c, inner = tf.split(gates, 4, 1)
        # Factors by which the gradient of h reaches each gate; only the loop below is recurrent.
        to_candidate = (1.0 - z) * elementwise.slope(activation, c)
        to_recurrent = tf.concat(
            [
                (previous - c) * elementwise.slope(recurrent_activation, z),
                to_candidate * inner * elementwise.slope(recurrent_activation, r),
                to_candidate * r,
            ],
            axis=1,
        )
        if keep is not None:
            to_recurrent = tf.where(keep, to_recurrent, tf.zeros_like(to_recurrent))
            to_candidate = tf.where(keep, to_candidate, tf.zeros_like(to_candidate))
            z = tf.where(keep, z, tf.ones_like(z))

        def step(t, state):
            grad = joined(state[0], from_states, t)
            recurrent = tf.tile(grad, (3, 1)) * to_recurrent[t]
            return (grad * z[t] + state_gradient(transposed, recurrent, noise),), (recurrent, grad)

        shapes = ((3 * units, first.shape[1]), first.shape)
        (grad_first,), (recurrent, grads) = over_time(
            step, (from_last,), steps_of(states), shapes, first.dtype, reverse=True
        )
        projected = tf.concat([recurrent[:, : 2 * units], grads * to_candidate], 1)
        grad_weights = weights_gradient(recurrent, previous, noise)
        return projected, grad_first, grad_weights, tf.reduce_sum(recurrent, (0, 2))

    return forward, backward


def _reset_before(sequences, units, activation, recurrent_activation):
    act, gate = elementwise.function(activation), elementwise.function(recurrent_activation)

    def parts(weights, noise):
        """Weights and noise of the two gates, and those of the candidate."""
        of_gates, of_candidate = (None, None) if noise is None else (noise[:2], noise[2:])
        return weights[: 2 * units], weights[2 * units :], of_gates, of_candidate

    def forward(inputs, extras):
        (projected, first, weights), (keep, noise) = inputs, extras
        w_gates, w_candidate, n_gates, n_candidate = parts(weights, noise)

        def step(t, state):
            (h,) = state
            now = projected[t]
            gates = gate(now[: 2 * units] + recurrent_product(w_gates, h, n_gates))
            z, r = gates[:units], gates[units:]
            c = act(now[2 * units :] + recurrent_product(w_candidate, r * h, n_candidate))
            new = c + z * (h - c)
            h = new if keep is None else tf.where(keep[t], new, h)
            return (h,), (h, tf.concat([gates, c], 0))

        shapes = (first.shape, (3 * units, first.shape[1]))
        (last,), (states, saved) = over_time(
            step, (first,), steps_of(projected), shapes, first.dtype
        )
        return ((states, last) if sequences else (last,)), (states, saved)

    def backward(inputs, extras, saved, gradients):
        (_, first, weights), (keep, noise), (states, gates) = inputs, extras, saved
        from_states, from_last = gradients if sequences else (None, *gradients)
        w_gates, w_candidate, n_gates, n_candidate = parts(weights, noise)
        w_gates, w_candidate = tf.transpose(w_gates), tf.transpose(w_candidate)
        previous = before(first, states)
        z, r, c = tf.split(gates, 3, 1)
        to_update = (previous - c) * elementwise.slope(recurrent_activation, z)
        to_candidate = (1.0 - z) * elementwise.slope(activation, c)
        to_reset = previous * elementwise.slope(recurrent_activation, r)
        if keep is not None:
            to_update, to_candidate = (
                tf.where(keep, factor, tf.zeros_like(factor))
                for factor in (to_update, to_candidate)
            )
            z = tf.where(keep, z, tf.ones_like(z))

        def step(t, state):
            grad = joined(state[0], from_states, t)
            candidate = grad * to_candidate[t]
            reset_state = state_gradient(w_candidate, candidate, n_candidate)
            gates = tf.concat([grad * to_update[t], reset_state * to_reset[t]], 0)
            new = grad * z[t] + reset_state * r[t] + state_gradient(w_gates, gates, n_gates)
            return (new,), (tf.concat([gates, candidate], 0),)

        shapes = ((3 * units, first.shape[1]),)
        (grad_first,), (projected,) = over_time(
            step, (from_last,), steps_of(states), shapes, first.dtype, reverse=True
        )
        grad_weights = tf.concat(
            [
                weights_gradient(projected[:, : 2 * units], previous, n_gates),
                weights_gradient(projected[:, 2 * units :], r * previous, n_candidate),
            ],
            axis=0,
        )
        return projected, grad_first, grad_weights

    return forward, backward

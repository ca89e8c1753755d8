"""Long short-term memory over a sequence, forward and backward (see `loop.py` for shapes).

With the gates i (input), f (forget), o (output), the candidate g and p[t] the projected inputs:
    i, f, o = s(p_ifo + R_ifo h),  g = a(p_g + R_g h)
    c' = f c + i g,  h' = o a(c')
Source: Hochreiter and Schmidhuber, 1997 (Neural Computation 9); with the forget gate of Gers et
al., 2000.
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
def lstm_scan(how, sequences, units, activation, recurrent_activation):
    """Return the recurrence as a function of two tuples.

    The first holds what is differentiated: p `(time, 4 * units, batch)`, the projected inputs in
        the order i, f, g, o;
    the first h and c, `(units, batch)`; R `(4 * units, units)`. The second holds keep `(time, 1,
    batch)`, bool, False where the states stay as they are, or None, and noise `(4, units, batch)`,
    or None.

    Returns: With `sequences` `(h of all steps (time, units, batch), last h, last c)`, else `(last
        h, last c)`.
    """
    act, gate = elementwise.function(activation), elementwise.function(recurrent_activation)

    def forward(inputs, extras):
        (projected, first_h, first_c, weights), (keep, noise) = inputs, extras

        def step(t, state):
            h, c = state
            sums = projected[t] + recurrent_product(weights, h, noise)
            i_f, g, o = (
                gate(sums[: 2 * units]),
                act(sums[2 * units : 3 * units]),
                gate(sums[3 * units :]),
            )
            new_c = i_f[units:] * c + i_f[:units] * g
            new_h = o * act(new_c)
            if keep is not None:
                new_h, new_c = tf.where(keep[t], new_h, h), tf.where(keep[t], new_c, c)
            return (new_h, new_c), (new_h, new_c, tf.concat([i_f, g, o], 0))

        shapes = (first_h.shape, first_h.shape, (4 * units, first_h.shape[1]))
        (last_h, last_c), (outputs, cells, gates) = over_time(
            step, (first_h, first_c), steps_of(projected), shapes, first_h.dtype
        )
        results = (outputs, last_h, last_c) if sequences else (last_h, last_c)
        return results, (outputs, cells, gates)

    def backward(inputs, extras, saved, gradients):
        (_, first_h, first_c, weights), (keep, noise), (outputs, cells, gates) = (
            inputs,
            extras,
            saved,
        )
        from_outputs, from_h, from_c = gradients if sequences else (None, *gradients)
        transposed = tf.transpose(weights)
        i, f, g, o = tf.split(gates, 4, 1)
        squashed = act(cells)
        # Factors by which the gradients of c and h reach each gate; only the loop below is
        # recurrent.
        c_to_ifg = tf.concat(
            [
                g * elementwise.slope(recurrent_activation, i),
                before(first_c, cells) * elementwise.slope(recurrent_activation, f),
                i * elementwise.slope(activation, g),
            ],
            axis=1,
        )
        h_to_c = o * elementwise.slope(activation, squashed)
        h_to_o = squashed * elementwise.slope(recurrent_activation, o)
        if keep is not None:
            c_to_ifg, h_to_c, h_to_o = (
                tf.where(keep, factor, tf.zeros_like(factor))
                for factor in (c_to_ifg, h_to_c, h_to_o)
            )
            f = tf.where(keep, f, tf.ones_like(f))

        def step(t, state):
            grad_h, grad_c = joined(state[0], from_outputs, t), state[1]
            grad_c += grad_h * h_to_c[t]
            sums = tf.concat([tf.tile(grad_c, (3, 1)) * c_to_ifg[t], grad_h * h_to_o[t]], 0)
            new_h = state_gradient(transposed, sums, noise)
            if keep is not None:
                new_h += tf.where(keep[t], tf.zeros_like(grad_h), grad_h)
            return (new_h, grad_c * f[t]), (sums,)

        shapes = ((4 * units, first_h.shape[1]),)
        (grad_h, grad_c), (sums,) = over_time(
            step, (from_h, from_c), steps_of(outputs), shapes, first_h.dtype, reverse=True
        )
        return sums, grad_h, grad_c, weights_gradient(sums, before(first_h, outputs), noise)

    return fused(how, Compilable(forward), Compilable(backward))

"""The LSTM as fused CPU kernels: `BlockLSTMV2` and `BlockLSTMGradV2`.

TensorFlow registers the gradient of BlockLSTM for BlockLSTMV2, whose gates are in another order (i,
c, f, o instead of Keras's i, f, c, o). It is wrong and replaced here.
"""

import tensorflow as tf

from tfk.layers.recurrent.kernels.hand_gradient import with_gradient
from tfk.layers.recurrent.kernels.masking import Kept

LARGE_BATCH = 32  # batch size from which two halves are computed in parallel


def block_lstm(x, first_h, first_c, kernel, recurrent, bias, mask, sequences):
    """Run an LSTM with tanh and sigmoid over time-major inputs.

    Args:
        x: `(time, batch, features)`, float32 or float16.
        first_h, first_c: `(batch, units)`.
        kernel, recurrent, bias: Weights as Keras keeps them; bias may be None.
        mask: `(time, batch)` bool, or None.
        sequences: Whether the states of all steps are wanted.

    Returns: `(h of all steps, or None; last h; last c)`.
    """
    if x.shape[1]:
        return _run(x, first_h, first_c, kernel, recurrent, bias, mask, sequences)
    # A batch may be empty, for example on the last replica of a short one. The kernel would then
    # return uninitialized weight gradients or crash, so it gets one row of zeros instead.
    rows = tf.shape(x)[1]
    more = tf.cast(tf.equal(rows, 0), tf.int32)
    x, mask = (None if part is None else _pad(part, 1, more) for part in (x, mask))
    first_h, first_c = _pad(first_h, 0, more), _pad(first_c, 0, more)
    outputs, last_h, last_c = _run(x, first_h, first_c, kernel, recurrent, bias, mask, sequences)
    return None if outputs is None else outputs[:, :rows], last_h[:rows], last_c[:rows]


def _pad(tensor, axis, more):
    """Append `more` rows of zeros along `axis`."""
    return tf.pad(
        tensor, [[0, more if number == axis else 0] for number in range(tensor.shape.rank)]
    )


def _run(x, first_h, first_c, kernel, recurrent, bias, mask, sequences):
    """Run two halves of a large batch in parallel: the kernel only uses one core."""
    rows = x.shape[1]
    if rows is None or rows < LARGE_BATCH:
        return _run_part(x, first_h, first_c, mask, kernel, recurrent, bias, sequences)
    sizes = (rows // 2, rows - rows // 2)
    masks = (None, None) if mask is None else tf.split(mask, sizes, 1)
    halves = zip(tf.split(x, sizes, 1), tf.split(first_h, sizes), tf.split(first_c, sizes), masks)
    results = [_run_part(*half, kernel, recurrent, bias, sequences) for half in halves]
    outputs, last_h, last_c = zip(*results)
    return tf.concat(outputs, 1) if sequences else None, tf.concat(last_h, 0), tf.concat(last_c, 0)


def _run_part(x, first_h, first_c, mask, kernel, recurrent, bias, sequences):
    kept = None if mask is None else Kept(mask)
    if kept is not None:
        x = kept.to_front(x)
    steps = tf.shape(x)[0] if kept is None else tf.reduce_max(kept.counts)
    weights = tf.concat([kernel, recurrent], 0)
    if bias is None:
        bias = tf.zeros((weights.shape[1],), weights.dtype)
    outputs, cells = _block_lstm(tf.cast(steps, tf.int64), x, first_h, first_c, weights, bias)
    shape = tf.TensorShape([x.shape[0], x.shape[1], first_h.shape[1]])
    outputs.set_shape(shape)
    cells.set_shape(shape)
    if kept is None:
        return (outputs if sequences else None), outputs[-1], cells[-1]
    spread = kept.spread(outputs, first_h) if sequences else None
    return spread, kept.last(outputs, first_h), kept.last(cells, first_c)


def _block_lstm(steps, x, first_h, first_c, weights, bias):
    none = tf.zeros((weights.shape[1] // 4,), weights.dtype)

    def arguments(x, first_h, first_c, weights, bias):
        given = {
            "seq_len_max": steps,
            "x": x,
            "h_prev": first_h,
            "cs_prev": first_c,
            "w": weights,
            "b": bias,
        }
        return {**given, "wci": none, "wcf": none, "wco": none, "use_peephole": False}

    def compute(inputs):
        made = tf.raw_ops.BlockLSTMV2(**arguments(*inputs), cell_clip=0.0)
        return (made.h, made.cs), made

    def gradient(inputs, made, gradients):
        from_h, from_cells = gradients
        grad = tf.raw_ops.BlockLSTMGradV2(
            **arguments(*inputs), **made._asdict(), h_grad=from_h, cs_grad=from_cells
        )
        return grad.x_grad, grad.h_prev_grad, grad.cs_prev_grad, grad.w_grad, grad.b_grad

    return with_gradient((x, first_h, first_c, weights, bias), compute, gradient, _reference)


def _reference(inputs):
    """Compute the same in a plain loop."""
    x, h, c, weights, bias = inputs
    steps = tf.shape(x)[0]
    arrays = [tf.TensorArray(x.dtype, steps, element_shape=h.shape) for _ in range(2)]
    sequence = tf.TensorArray(x.dtype, steps).unstack(x)

    def step(t, h, c, outputs, cells):
        i, f, g, o = tf.split(tf.matmul(tf.concat([sequence.read(t), h], 1), weights) + bias, 4, 1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        return t + 1, h, c, outputs.write(t, h), cells.write(t, c)

    made = tf.while_loop(
        lambda t, *_: t < steps, step, (0, h, c, *arrays), maximum_iterations=steps
    )
    return made[3].stack(), made[4].stack()

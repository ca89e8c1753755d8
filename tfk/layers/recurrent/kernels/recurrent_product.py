"""The product of the previous state with the recurrent weights, and its gradients.

Recurrent dropout (`noise`, shape `(gates, units, batch)`) gives every gate its own view of the
state, which turns one product into one for each gate.
"""

import tensorflow as tf


def recurrent_product(weights, state, noise):
    """`(gates * units, batch)` from `weights` `(gates * units, units)` and `state` `(units,
    batch)`.
    """
    if noise is None:
        return tf.matmul(weights, state)
    gates, units = noise.shape[0], noise.shape[1]
    by_gate = tf.matmul(tf.reshape(weights, (gates, units, units)), state * noise)
    return tf.reshape(by_gate, (gates * units, tf.shape(state)[1]))


def state_gradient(weights_transposed, gradient, noise):
    """`(units, batch)`: the gradient of the state from that of the product; `weights_transposed` is
    `(units, gates * units)`.
    """
    if noise is None:
        return tf.matmul(weights_transposed, gradient)
    gates, units = noise.shape[0], noise.shape[1]
    by_gate = tf.transpose(tf.reshape(weights_transposed, (units, gates, units)), (1, 0, 2))
    gradient = tf.reshape(gradient, (gates, units, tf.shape(gradient)[1]))
    return tf.reduce_sum(tf.matmul(by_gate, gradient) * noise, 0)


def weights_gradient(gradients, states, noise):
    """`(gates * units, units)`: the sum over time of the outer products, as one large matmul.

    Args:
        gradients: Gradients of the products, `(time, gates * units, batch)`.
        states: The states they were made from, `(time, units, batch)`.
    """
    if noise is None:
        return tf.matmul(_flat(gradients), _flat(states), transpose_b=True)
    gates, units = noise.shape[0], noise.shape[1]
    shape = tf.shape(gradients)
    by_gate = tf.reshape(gradients, (shape[0], gates, units, shape[2]))
    seen = states[:, tf.newaxis] * noise
    return tf.concat(
        [
            tf.matmul(_flat(by_gate[:, g]), _flat(seen[:, g]), transpose_b=True)
            for g in range(gates)
        ],
        axis=0,
    )


def _flat(columns):
    """`(time, features, batch)` as `(features, time * batch)`."""
    return tf.reshape(tf.transpose(columns, (1, 0, 2)), (columns.shape[1], -1))


def before(first, states):
    """Return the state each step started from: `first`, then all but the last of `states`
    `(time, units, batch)`.
    """
    return tf.concat([first[tf.newaxis], states[:-1]], 0)

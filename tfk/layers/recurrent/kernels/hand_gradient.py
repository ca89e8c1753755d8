"""Functions with hand-written gradients that can still be differentiated a second time."""

import tensorflow as tf


def with_gradient(inputs, compute, gradient, reference):
    """Return the results of `compute`, with `gradient` as their derivative.

    Args:
        inputs: Tuple of tensors.
        compute: `inputs -> (tuple of results, saved)`.
        gradient: `(inputs, saved, gradients of the results) -> gradients of the inputs`.
        reference: `inputs -> results` in operations TensorFlow differentiates itself; used only for
            gradients of gradients, which would otherwise treat what was saved as constant.
    """

    @tf.custom_gradient
    def differentiable(*inputs):
        # Stopped inputs keep a tape from recording what is inside: its gradient is given here.
        stopped = tuple(map(tf.stop_gradient, inputs))
        results, saved = compute(stopped)

        def first_order(*upstream):
            @tf.custom_gradient
            def gradients(*arguments):
                count = len(inputs)

                def second_order(*upstream_again):
                    with tf.GradientTape() as outer:
                        outer.watch(arguments)
                        with tf.GradientTape() as inner:
                            inner.watch(arguments)
                            again = reference(arguments[:count])
                        found = inner.gradient(
                            again, arguments[:count], output_gradients=arguments[count:]
                        )
                    return outer.gradient(
                        found,
                        arguments,
                        output_gradients=upstream_again,
                        unconnected_gradients="zero",
                    )

                given = tuple(map(tf.stop_gradient, arguments[count:]))
                return gradient(stopped, saved, given), second_order

            return gradients(*inputs, *upstream)

        return results, first_order

    return differentiable(*inputs)

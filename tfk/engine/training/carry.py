"""Loop variables that a loop over batches carries between iterations, and its final result.

Each class has `start(steps)`, the initial loop variables; `shapes()`, their shape invariants;
`add(carried, result)`, the variables after a step; and `end(carried)`, the result of the whole
loop.
"""

import tensorflow as tf


class Nothing:
    """For steps whose results are read from the metrics afterwards."""

    def start(self, steps):
        return []

    def shapes(self):
        return []

    def add(self, carried, result):
        return carried

    def end(self, carried):
        return None


class LastResult:
    """The result of the last step.

    Args:
        results: The nest of tensors returned by a step, as traced.
    """

    def __init__(self, results):
        self.results = results
        self.parts = tf.nest.flatten(results, expand_composites=True)

    def start(self, steps):
        return [
            tf.zeros([size or 0 for size in part.shape] if part.shape.rank else (), part.dtype)
            for part in self.parts
        ]

    def shapes(self):
        return [part.shape for part in self.parts]

    def add(self, carried, result):
        return tf.nest.flatten(result, expand_composites=True)

    def end(self, carried):
        return tf.nest.pack_sequence_as(self.results, carried, expand_composites=True)


class AllOutputs:
    """The outputs of all steps, concatenated along the first axis; only for dense tensors (see
    `fits`).
    """

    def __init__(self, results):
        self.results = results
        self.parts = tf.nest.flatten(results)

    @staticmethod
    def fits(results):
        """Return whether `results` are tensors that can be concatenated along a first axis."""
        leaves = tf.nest.flatten(results)
        return all(isinstance(leaf, tf.Tensor) and leaf.shape.rank for leaf in leaves)

    def start(self, steps):
        self.written = 0
        arrays = [
            tf.TensorArray(
                part.dtype, size=0, dynamic_size=True, infer_shape=False, element_shape=part.shape
            )
            for part in self.parts
        ]
        return [tf.constant(0), *arrays]

    def shapes(self):
        return [tf.TensorShape(()), *(None for _ in self.parts)]

    def add(self, carried, result):
        count, *arrays = carried
        parts = tf.nest.flatten(result)
        return [count + 1, *(array.write(count, part) for array, part in zip(arrays, parts))]

    def end(self, carried):
        count, *arrays = carried
        return tf.nest.pack_sequence_as(
            self.results, [_joined(count, *pair) for pair in zip(arrays, self.parts)]
        )


def _joined(count, array, part):
    """The `count` elements of an array as one tensor; without any it has no rows."""
    if part.shape[1:].is_fully_defined():
        return array.concat()
    empty = [0, *(size or 0 for size in part.shape[1:])]
    return tf.cond(count > 0, array.concat, lambda: tf.zeros(empty, part.dtype))

"""Calls of traced functions with minimal Python overhead."""

import tensorflow as tf

from tfk.utils.tensorflow_internals import flat_call, has_call_time_captures


class GraphCall:
    """Callable for a concrete function on flat tensors: several times faster than `tf.function` for
        small graphs.

    Args:
        concrete: A `ConcreteFunction` whose arguments are tensors (or nests of them).
        checks: The `IndexCheck`s whose extremes are its last result. Defaults to `()`.

    A call takes the flat tensors of all arguments in the order of `tf.nest.flatten` with composites
    expanded, with the traced dtypes and shapes: nothing is checked or converted here.
    """

    def __init__(self, concrete, checks=()):
        self.concrete, self.checks = concrete, checks
        self.structure = concrete.structured_outputs
        self._run = flat_call(concrete)
        self._captured = list(concrete.captured_inputs)
        self._captures_anew = has_call_time_captures(concrete)

    def __call__(self, *tensors):
        """Return the results in the structure in which the function returned them."""
        captured = self.concrete.captured_inputs if self._captures_anew else self._captured
        results = self._run(*tensors, *captured)
        kept = iter(results if isinstance(results, (list, tuple)) else [results])
        return tf.nest.map_structure(
            lambda leaf: None if leaf is None else next(kept),
            self.structure,
            expand_composites=True,
        )

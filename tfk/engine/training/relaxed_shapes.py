"""Selects the shapes a loop traces: the first one as it is, later ones with varying sizes left
    open.

Texts of every length and images of every size would each need a separate trace. As soon as a second
shape arrives, the sizes that differ become unknown, so that one more trace covers them all.
"""

import tensorflow as tf

from tfk.utils.packing import unpack_x_y_sample_weight


class RelaxedShapes:
    """The widest type specs a loop has traced for each form of batch: structure, dtypes and ranks.

    Args:
        model: The model. Sizes declared by its inputs are never left open.
    """

    def __init__(self, model):
        self._model = model
        self._widest = {}

    def admitting(self, spec):
        """Return type specs that admit `spec` and earlier traces; `spec` itself if its form is new
        or a static size differs.
        """
        known = self._widest.get(_form(spec))
        if known is None:
            return spec
        leaves, known = tf.nest.flatten(spec), tf.nest.flatten(known)
        inputs = tf.nest.flatten(unpack_x_y_sample_weight(spec)[0])
        wide = _merged(known, inputs, self._fixed_axes(inputs))
        # Targets and weights have the lengths and sizes of the inputs.
        targets = leaves[len(inputs) :]
        fixed = [() if wide != inputs else _behind_batch(leaf) for leaf in targets]
        wide_targets = _merged(known[len(inputs) :], targets, fixed)
        if wide is None or wide_targets is None:
            return spec
        return tf.nest.pack_sequence_as(spec, wide + wide_targets)

    def note_first(self, spec):
        """Record that `spec` has been traced, unless another spec of its form was before."""
        self._widest.setdefault(_form(spec), spec)

    def note_wide(self, spec):
        """Record that `spec`, which `admitting` has widened, has been traced."""
        self._widest[_form(spec)] = spec

    def refuse(self, spec):
        """Record that a trace with open sizes failed: shapes of this form get one trace each."""
        self._widest[_form(spec)] = None

    def _fixed_axes(self, inputs):
        """Return, per input, the axes with static sizes: declared ones, or the feature axis of
        non-index inputs.
        """
        model = self._model
        declared = []
        if model._graph is not None and getattr(model, "_inferred_input", None) is None:
            declared = [tensor.shape for tensor in tf.nest.flatten(model._graph.nested_inputs)]
        if len(declared) != len(inputs):
            declared = [tf.TensorShape(None)] * len(inputs)
        return [_fixed_axes_of(leaf, shape) for leaf, shape in zip(inputs, declared)]


def _fixed_axes_of(leaf, declared):
    axes = _behind_batch(leaf)
    if declared.rank == _rank(leaf):
        return [axis for axis in axes if declared[axis] is not None]
    return axes[-1:] if axes and leaf.dtype.is_floating else ()


def _merged(some, others, fixed):
    """Return type specs that admit those of both lists, which agree in form; None if they differ in
    an axis in `fixed`.
    """
    merged = []
    for one, other, axes in zip(some, others, fixed):
        if _rank(other) is None:
            merged.append(other)
            continue
        sizes = [p if p == q else None for p, q in zip(one.shape, other.shape)]
        if any(sizes[axis] != other.shape[axis] for axis in axes):
            return None
        merged.append(tf.TensorSpec(sizes, other.dtype, other.name))
    return merged


def _rank(leaf):
    """Return the number of axes of a tensor; None for other objects or an unknown rank."""
    return leaf.shape.rank if isinstance(leaf, tf.TensorSpec) else None


def _behind_batch(leaf):
    return range(1, _rank(leaf) or 1)


def _form(spec):
    """Return a hashable key that is equal for batches of the same structure, dtypes and ranks."""
    leaves = tf.nest.flatten(spec)
    kinds = (leaf if _rank(leaf) is None else (leaf.dtype, _rank(leaf)) for leaf in leaves)
    return (str(tf.nest.map_structure(lambda _: 0, spec)), *kinds)

"""Calls on symbolic tensors: infers shapes and dtypes of the outputs and records nodes."""

import collections

import tensorflow as tf

from tfk.engine.layer import call_context, scratch
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.masking import _MaskingMixin
from tfk.engine.layer.node import Node
from tfk.engine.layer.symbolic import is_symbolic
from tfk.typing import Shape
from tfk.utils.autograph import is_library
from tfk.utils.naming import counting_names
from tfk.utils.overrides import is_overridden
from tfk.utils.shapes import to_tensor_shapes

NO_OUTPUT = "call() returned None. End it with `return` and the outputs."


class _SymbolicCallMixin(_MaskingMixin):
    """Mixin for symbolic calls: infers output specs and records nodes."""

    # Set by layers that only change shapes: integers and strings keep their dtype.
    keeps_input_dtype = False

    def _call_symbolically(self, signature, inputs, args, kwargs):
        """Record a node and return the symbolic outputs."""
        inputs = inputs if is_symbolic(inputs) else self._as_tensors(inputs)
        self._check_symbolic_inputs(inputs)
        with counting_names(collections.Counter()):
            self._build_by_name(inputs)
            specs = (
                self._declared_output_spec(inputs)
                if self.dynamic
                else self._static_output_spec(inputs, args, kwargs)
            )
            if specs is None:
                # Not `self(...)`: a custom `__call__` is already running around this.
                outputs = scratch.symbolic_outputs(
                    self._call_on_values, self.name, signature, inputs, args, kwargs
                )
                if outputs is None:
                    raise ValueError(f"{layer_title(self)}: {NO_OUTPUT}")
        if specs is not None:
            outputs = tf.nest.map_structure(lambda spec: scratch.symbolic(spec, self.name), specs)
            self._note_masks(inputs, outputs)
        Node(self, (inputs, *args), kwargs, outputs)
        return outputs

    def _build_by_name(self, inputs):
        """Build the layer in the name scope of a graph's layer: its own name."""
        if not self.built:
            with tf.name_scope(f"{self._name}/"), call_context.enter(self, inputs=inputs):
                self._build_on(inputs)

    def _check_symbolic_inputs(self, inputs):
        self._check_inputs(inputs)

    def _declared_output_spec(self, inputs):
        """Return output specs of an eager-only layer from its `compute_output_shape`.

        Raises: NotImplementedError if it has none and `call` cannot be traced.
        """
        signature = _each(lambda value: tf.TensorSpec(value.shape, value.dtype), inputs)
        try:
            return self.compute_output_signature(signature)
        except Exception as error:
            if is_overridden(type(self), "compute_output_shape", _SymbolicCallMixin):
                raise
            raise NotImplementedError(
                f"{layer_title(self)} has dynamic=True and a call that cannot be traced. Define"
                " compute_output_shape(input_shape) in its class."
            ) from error

    def _static_output_spec(self, inputs, args, kwargs):
        """Return output specs from the layer's own rule, or None if tracing is required.

        The rule of built-in layers is trusted; it only uses input shapes, so further arguments
        (except `training`) require tracing, as do ragged and sparse inputs.
        """
        if args or any(key != "training" and value is not None for key, value in kwargs.items()):
            return None
        rule = type(self).compute_output_shape
        if rule is _SymbolicCallMixin.compute_output_shape or not (
            is_library(rule) and is_library(type(self).call)
        ):
            return None
        flat = tf.nest.flatten(inputs)
        if not all(
            is_symbolic(value) and isinstance(value.type_spec, tf.TensorSpec) for value in flat
        ):
            return None
        if any(value.shape.rank is None for value in flat):
            return None
        shape = to_tensor_shapes(
            self.compute_output_shape(_each(lambda value: value.shape, inputs))
        )
        dtype = self.compute_output_dtype(_each(lambda value: value.dtype, inputs))
        if isinstance(shape, tf.TensorShape) and isinstance(dtype, tf.DType):
            return tf.TensorSpec(shape, dtype)
        flat_dtypes = tf.nest.flatten(dtype)
        flat_shapes = tf.nest.flatten(shape)
        if len(flat_dtypes) == 1:
            flat_dtypes *= len(flat_shapes)
        specs = [tf.TensorSpec(s, d) for s, d in zip(flat_shapes, flat_dtypes)]
        return tf.nest.pack_sequence_as(shape, specs)

    def compute_output_dtype(self, input_dtypes):
        """Return the dtype of the output for an input dtype (a nest for several)."""
        compute = tf.as_dtype(self.compute_dtype)
        first = tf.as_dtype(tf.nest.flatten(input_dtypes)[0])
        return first if self.keeps_input_dtype and not first.is_floating else compute

    def compute_output_shape(self, input_shape: Shape):
        """Return the output shape for `input_shape`, by tracing `call`.

        Args:
            input_shape: Tuple or `tf.TensorShape`, with None for unknown sizes; a nest for several
                inputs.
        Returns: `tf.TensorShape`, or a nest of them.
        """
        specs = tf.nest.map_structure(
            lambda shape: tf.TensorSpec(shape, self.compute_dtype), to_tensor_shapes(input_shape)
        )
        if not self.built:
            self.build(input_shape)
        return tf.nest.map_structure(lambda spec: spec.shape, scratch.output_specs(self, specs))

    def compute_output_signature(self, input_signature):
        """Return shape and dtype of the output, a `tf.TensorSpec` (nest), for `input_signature`."""
        shapes = to_tensor_shapes(
            self.compute_output_shape(
                tf.nest.map_structure(lambda spec: spec.shape, input_signature)
            )
        )
        dtype = self.compute_output_dtype(
            tf.nest.map_structure(lambda spec: spec.dtype, input_signature)
        )
        dtypes = tf.nest.flatten(dtype)
        flat = tf.nest.flatten(shapes)
        dtypes = dtypes * len(flat) if len(dtypes) == 1 else dtypes
        return tf.nest.pack_sequence_as(shapes, [tf.TensorSpec(s, d) for s, d in zip(flat, dtypes)])


def _each(function, inputs):
    """Apply `function` to every symbolic tensor; the fast path for a single one speeds up model
    building.
    """
    return function(inputs) if is_symbolic(inputs) else tf.nest.map_structure(function, inputs)

"""InputLayer and Input: entry points of a model."""

import tensorflow as tf

from tfk import config
from tfk.engine.layer.layer import Layer, given_input_shape
from tfk.engine.layer.node import Node
from tfk.engine.layer.symbolic import SymbolicTensor
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, Shape
from tfk.utils.naming import unique_name
from tfk.utils.specs import spec_of


@register("layers")
class InputLayer(Layer):
    """Entry point of a model; `Input` creates it and returns its symbolic tensor.

    Args:
        input_shape: Shape of one sample, with None for unknown sizes. Defaults to None.
        batch_size: Fixed batch size; None for any. Defaults to None.
        dtype: Dtype of the input; None uses `floatx`. Defaults to None.
        input_tensor: Existing tensor whose shape and dtype are used. Defaults to None.
        sparse, ragged: Whether the input is a SparseTensor or a RaggedTensor. Both default to None.
        type_spec: A `tf.TypeSpec` that specifies all of the above. Defaults to None.
        name: Name of the input; None generates `input_1`, `input_2`, ... Defaults to None.
        optional: Whether None may be passed for it. Defaults to False.
        **kwargs: `batch_input_shape`, the shape including the batch size.
    Input shape: The layer has no inputs.
    Output shape: `(batch_size, *input_shape)`.
    Raises: ValueError if the shape is missing or arguments are contradictory; TypeError for unknown
        arguments.

    >>> InputLayer(input_shape=(3,), name="features").output.shape
    TensorShape([None, 3])
    """

    def __init__(
        self,
        input_shape: Shape | None = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
        input_tensor=None,
        sparse: bool | None = None,
        name: str | None = None,
        ragged: bool | None = None,
        type_spec=None,
        optional: bool = False,
        **kwargs,
    ):
        if sparse and ragged:
            raise ValueError("InputLayer: an input cannot be both sparse and ragged.")
        batch_shape = kwargs.pop("batch_input_shape", None)
        if kwargs:
            raise TypeError(f"InputLayer: unknown argument(s) {', '.join(sorted(kwargs))}.")
        if batch_shape is None:
            batch_shape = given_input_shape({"input_shape": input_shape, "batch_size": batch_size})
        name = name or getattr(type_spec, "name", None)
        if input_tensor is not None:
            type_spec = spec_of(input_tensor)
        if type_spec is None:
            if batch_shape is None:
                raise ValueError(
                    "Input: the shape of one sample is missing. Pass shape=(...), with None for"
                    " unknown sizes and shape=() for scalars."
                )
            dtype = tf.as_dtype(dtype or config.floatx())
            kind = (
                tf.SparseTensorSpec if sparse else tf.RaggedTensorSpec if ragged else tf.TensorSpec
            )
            type_spec = kind(tf.TensorShape(batch_shape), dtype)
        elif batch_shape is not None and input_tensor is None and input_shape is not None:
            raise ValueError(
                "Input: type_spec already gives shape and dtype; pass it without shape, dtype,"
                " sparse, ragged."
            )
        super().__init__(
            name=name or unique_name("input", zero_based=False),
            dtype=type_spec.dtype.name,
            autocast=False,
        )
        self.sparse = bool(sparse) or isinstance(type_spec, tf.SparseTensorSpec)
        self.ragged = bool(ragged) or isinstance(type_spec, tf.RaggedTensorSpec)
        self.optional = bool(optional)
        self.built = True
        shape = type_spec.shape
        self._batch_input_shape = tuple(shape) if shape.rank is not None else None
        if isinstance(type_spec, tf.TensorSpec):
            type_spec = tf.TensorSpec(type_spec.shape, type_spec.dtype, name=self.name)
        self._type_spec = type_spec
        Node(self, (), {}, SymbolicTensor(type_spec, name=self.name))

    @property
    def output_shape(self):
        """The shape in a list, as in Keras 2."""
        return [self._batch_input_shape]

    @property
    def input_shape(self):
        return [self._batch_input_shape]

    def get_config(self) -> Config:
        return {
            "batch_input_shape": self._batch_input_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def Input(
    shape=None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: DTypeLike | None = None,
    sparse: bool | None = None,
    tensor=None,
    ragged: bool | None = None,
    type_spec=None,
    optional: bool = False,
    **kwargs,
):
    """Return a symbolic tensor from which a model is built.

    Args:
        shape: Shape of one sample without the batch axis, with None for unknown sizes. Defaults to
            None.
        batch_size: Fixed batch size; None for any. Defaults to None.
        name: Name of the input, used by dicts of data and serving requests. Defaults to None.
        dtype: Dtype; None uses `floatx`. Defaults to None.
        sparse, ragged: Whether the input is a SparseTensor or a RaggedTensor. Both default to None.
        tensor: Existing tensor whose shape and dtype are used. Defaults to None.
        type_spec: A `tf.TypeSpec` instead of shape, dtype, sparse and ragged. Defaults to None.
        optional: Whether None may be passed for it. Defaults to False.
        **kwargs: `batch_shape`, the shape including the batch size.
    Raises: ValueError if the shape is missing or arguments are contradictory; TypeError for unknown
        arguments.

    >>> Input((28, 28, 1))
    <KerasTensor: shape=(None, 28, 28, 1) dtype=float32 (created by layer 'input_1')>
    """
    batch_shape = kwargs.pop("batch_shape", None)
    batch_shape = kwargs.pop("batch_input_shape", batch_shape)
    if kwargs:
        raise TypeError(f"Input: unknown argument(s) {', '.join(sorted(kwargs))}.")
    if shape is not None and batch_shape is not None:
        raise ValueError(
            "Input: pass either shape (without the batch size) or batch_shape (with it), not both."
        )
    options = {"batch_input_shape": tuple(batch_shape)} if batch_shape is not None else {}
    if shape is not None:
        options.update(input_shape=shape)
    layer = InputLayer(
        batch_size=batch_size,
        name=name,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        input_tensor=tensor,
        type_spec=type_spec,
        optional=optional,
        **options,
    )
    return layer._inbound_nodes[0].outputs

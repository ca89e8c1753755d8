"""Type aliases of the public API, for annotations in programs and in this package."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import tensorflow as tf

# Anything that TensorFlow converts to a tensor: tensors, variables, arrays, numbers, lists; also
# symbolic, ragged and sparse tensors, and nests of these where a layer accepts them.
TensorLike: TypeAlias = Any
# Arrays, tensors, tables, datasets, sequences and generators, as `Model.fit` accepts them.
Data: TypeAlias = Any
Shape: TypeAlias = Sequence[int | None] | tf.TensorShape
DTypeLike: TypeAlias = str | tf.DType | type
PathLike: TypeAlias = str | os.PathLike[str]
Ints: TypeAlias = int | Sequence[int]

DataFormat: TypeAlias = Literal["channels_last", "channels_first"]
LossReduction: TypeAlias = Literal["auto", "sum_over_batch_size", "sum", "none"]

Config: TypeAlias = dict[str, Any]
CustomObjects: TypeAlias = Mapping[str, Any]
Logs: TypeAlias = dict[str, Any]

# Objects that can also be given by name or config.
ActivationLike: TypeAlias = str | Callable[..., Any] | Config
InitializerLike: TypeAlias = str | Callable[..., Any] | Config
RegularizerLike: TypeAlias = str | Callable[..., Any] | Config
ConstraintLike: TypeAlias = str | Callable[..., Any] | Config
LearningRate: TypeAlias = float | Callable[..., Any] | Config

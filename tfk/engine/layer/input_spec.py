"""InputSpec: constraints on the inputs of a layer, checked before it runs."""

import tensorflow as tf

from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike


@register("layers")
class InputSpec:
    """Constraints on one input of a layer.

    Args:
        dtype: Expected dtype; None for any. Defaults to None.
        shape: Expected shape, a tuple in which None matches any size. Defaults to None.
        ndim: Exact number of axes. Defaults to None.
        max_ndim: Maximum number of axes. Defaults to None.
        min_ndim: Minimum number of axes. Defaults to None.
        axes: Dict from axis (may be negative) to its required size. Defaults to None.
        allow_last_axis_squeeze: Whether, with `shape`, to accept an input without or with an
            additional last axis of size 1. Defaults to False.
        name: Key of this input if the layer accepts a dict. Defaults to None.
        optional: Whether to accept None for this input. Defaults to False.

    Raises: TypeError if `axes` contains an axis beyond `max_ndim` or `ndim`.

    >>> InputSpec(ndim=4, axes={-1: 3})
    InputSpec(ndim=4, axes={-1: 3})
    """

    def __init__(
        self,
        dtype: DTypeLike | None = None,
        shape=None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes=None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ):
        self.dtype = tf.as_dtype(dtype).name if dtype is not None else None
        self.shape = tuple(tf.TensorShape(shape)) if shape is not None else None
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name, self.optional = name, optional
        most = self.ndim if self.ndim is not None else max_ndim
        beyond = [axis for axis in self.axes if most is not None and not -most <= axis < most]
        if beyond:
            raise TypeError(
                f"InputSpec: axes {beyond} do not exist in an input of at most {most} dimensions."
            )

    def __repr__(self):
        shown = {
            key: value for key, value in self.get_config().items() if value not in (None, {}, False)
        }
        return f"InputSpec({', '.join(f'{key}={value!r}' for key, value in shown.items())})"

    def get_config(self) -> Config:
        config = {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim if self.shape is None else None,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
        }
        # Keras 2 leaves these out: only included if in use.
        in_use = ("allow_last_axis_squeeze", "name", "optional")
        return config | {key: getattr(self, key) for key in in_use if getattr(self, key)}

    @classmethod
    def from_config(cls, config: Config):
        return cls(**config)

    def complaint(self, shape, dtype: DTypeLike):
        """Return why an input with this TensorShape and dtype does not match, or None."""
        rank = shape.rank
        if self.dtype is not None and dtype is not None and tf.as_dtype(dtype).name != self.dtype:
            return f"expected dtype {self.dtype}, got {tf.as_dtype(dtype).name}"
        if rank is None:
            return None
        if self.ndim is not None and rank != self.ndim and not self.allow_last_axis_squeeze:
            return f"expected {self.ndim} dimensions, got {rank}"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"expected at least {self.min_ndim} dimensions, got {rank}"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"expected at most {self.max_ndim} dimensions, got {rank}"
        for axis, size in self.axes.items():
            got = shape[axis] if -rank <= axis < rank else None
            if size is not None and got is not None and got != int(size):
                return f"expected axis {axis} to have size {int(size)}, got {got}"
        if self.shape is not None and not self._matches(tuple(shape)):
            return f"expected shape {self.shape}"
        return None

    def _matches(self, shape):
        """Return whether the known sizes agree, ignoring a last axis of size 1."""
        pair = [shape, self.shape]
        if self.allow_last_axis_squeeze:
            pair = [sizes[:-1] if sizes[-1:] == (1,) else sizes for sizes in pair]
        return all(None in sizes or sizes[0] == sizes[1] for sizes in zip(*pair))


def check_inputs(layer, input_spec, inputs):
    """Raise ValueError if `inputs` do not match `input_spec` (an InputSpec or a nest of them)."""
    specs = tf.nest.flatten(input_spec)
    if isinstance(inputs, dict) and all(spec is not None and spec.name for spec in specs):
        missing = [spec.name for spec in specs if spec.name not in inputs and not spec.optional]
        if missing:
            raise ValueError(
                f"{layer_title(layer)}: the inputs {missing} are missing in the input dict, whose"
                f" keys are {sorted(map(str, inputs))}."
            )
        values = [inputs.get(spec.name) for spec in specs]
    else:
        values = tf.nest.flatten(inputs)
    if len(values) != len(specs):
        names = ", ".join(spec.name for spec in specs if spec is not None and spec.name)
        raise ValueError(
            f"{layer_title(layer)}: expected {len(specs)} input(s){names and f' ({names})'}, got"
            f" {len(values)}."
        )
    for index, (spec, value) in enumerate(zip(specs, values)):
        if spec is None or (value is None and spec.optional):
            continue
        if value is None:
            raise TypeError(
                f"{layer_title(layer)}: input {index} is None. Does the call() of the layer before"
                " it end with `return`?"
            )
        if not hasattr(value, "shape"):
            hint = " Call that layer on a tensor first." if hasattr(value, "call") else ""
            raise TypeError(
                f"{layer_title(layer)}: input {index} must be a tensor, got"
                f" {type(value).__name__}.{hint}"
            )
        shape = tf.TensorShape(value.shape)
        reason = spec.complaint(shape, value.dtype)
        if reason:
            got = tuple(shape) if shape.rank is not None else "of unknown rank"
            which = f'input "{spec.name}"' if spec.name else f"input {index}"
            raise ValueError(
                f"{layer_title(layer)}: {which} does not fit: {reason}. Its shape is"
                f" {got}.{_hint_at_axes(layer, shape) if 'dimensions' in reason else ''}"
            )


def _hint_at_axes(layer, shape):
    """Which axes are probably missing in a shape."""
    if shape.rank is not None and shape.rank < 2:
        return " Is the batch axis missing? Add it with x[None], or dataset.batch(32)."
    return f" {layer.axes_hint}" if layer.axes_hint else ""


def layer_title(layer):
    """Return the name of a layer in error messages, such as `Dense "hidden"`."""
    return f'{type(layer).__name__} "{layer.name}"'

"""PreprocessingLayer: a layer whose state is computed from data before training."""

import functools
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.adapt_data import batches
from tfk.saving.registry import register
from tfk.utils.autograph import is_library


@register("layers")
class PreprocessingLayer(Layer):
    """Base class of layers that are adapted to data before they are used.

    A subclass defines `update_state(data)` for one batch and, if needed, `reset_state()`, called
    before, and `finalize_state()`, called after all batches.

    Args:
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `Layer`.
    """

    # Samples per batch if `adapt` gets arrays; the result does not depend on it.
    adapt_batch_size = 1024

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._is_adapted = False
        self._run_eagerly = False

    @property
    def is_adapted(self):
        """Whether `adapt` has been called."""
        return self._is_adapted

    def compile(self, run_eagerly: bool | None = None, steps_per_execution: int | None = None):
        """Configure `adapt`.

        Args:
            run_eagerly: Whether to call `update_state` eagerly, for debugging. Defaults to None.
            steps_per_execution: Ignored: calls per batch are cheap. Defaults to None.
        """
        self._run_eagerly = bool(run_eagerly)

    @property
    def can_adapt(self):
        """Whether there is anything to learn that is not given by the arguments."""
        return True

    def adapt(self, data, batch_size: int | None = None, steps: int | None = None):
        """Compute the state from data, batch by batch; previous state is discarded.

        Args:
            data: Array, tensor (also ragged or sparse), list, `tf.data.Dataset` of batches, or an
                iterable of batches.
            batch_size: Samples per batch; datasets keep their batches. Defaults to None.
            steps: Number of batches to use; None uses all. Defaults to None.
        Raises: RuntimeError if called inside a `tf.function`.
        """
        if not tf.executing_eagerly():
            raise RuntimeError(
                f"{layer_title(self)}: adapt was called inside a tf.function. Call it outside;"
                " inside, the layer itself or update_state can be called."
            )
        data = batches(layer_title(self), data, batch_size or self.adapt_batch_size, steps)
        adapt_together({"": self}, ({"": batch} for batch in data))

    def update_state(self, data):
        """Update the state with one batch."""
        raise NotImplementedError(
            f"{layer_title(self)}: a layer with adapt must define update_state(data)."
        )

    def reset_state(self) -> None:
        """Reset the state."""
        raise NotImplementedError(
            f"{layer_title(self)}: a layer with adapt must define reset_state()."
        )

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the weights from arrays and update values derived from them."""
        super().set_weights(weights)
        self.finalize_state()

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.finalize_state()

    def _build_for(self, batch):
        if not hasattr(self, "_batch_input_shape"):
            self._batch_input_shape = (None,) * batch.shape.rank
        self.build(batch.shape)


def adapt_together(layers, data):
    """Adapt several layers in one pass over the data.

    Args:
        layers: Dict of layers.
        data: Iterable of dicts with one batch per layer.
    """
    for layer in layers.values():
        if layer.built:
            layer.reset_state()
        layer._is_adapted = False
    steps = {name: _compiled_step(layer) for name, layer in layers.items()}
    for batch in data:
        for name, step in steps.items():
            if not layers[name].built:
                layers[name]._build_for(batch[name])
            step(batch[name])
    for layer in layers.values():
        layer.finalize_state()
        layer._is_adapted = True


def _compiled_step(layer):
    if layer._run_eagerly:
        return layer.update_state
    by_user = not is_library(type(layer).update_state)
    # A partial: TensorFlow counts traces by code object and warns if five layers share one.
    step = layer.update_state if by_user else functools.partial(layer.update_state)
    return tf.function(step, autograph=by_user, reduce_retracing=True)

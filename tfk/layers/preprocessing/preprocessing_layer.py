"""PreprocessingLayer: a layer whose state comes from looking at data once, not from training."""

import tensorflow as tf

from tfk.engine.input_spec import layer_title
from tfk.engine.layer import Layer
from tfk.layers.preprocessing.adapt_data import batches
from tfk.saving.registry import register
from tfk.utils.autograph import is_library


@register("layers")
class PreprocessingLayer(Layer):
    """Base of the layers that are adapted to data before they are used.

    A subclass defines `update_state(data)` for one batch, and where needed `reset_state()`, called before,
    and `finalize_state()`, called after all batches.

    Args:
        **kwargs: As of `Layer`.
    """

    # Samples a batch when `adapt` gets arrays; the result does not depend on it.
    adapt_batch_size = 1024

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._is_adapted = False
        self._run_eagerly = False

    @property
    def is_adapted(self):
        """Whether `adapt` has been called."""
        return self._is_adapted

    def compile(self, run_eagerly=None, steps_per_execution=None):
        """Sets how `adapt` runs.

        Args:
            run_eagerly: Whether to call `update_state` without compiling it, to debug it.
            steps_per_execution: Of no effect: a call for a batch costs next to nothing.
        """
        self._run_eagerly = bool(run_eagerly)

    def adapt(self, data, batch_size=None, steps=None):
        """Computes the state from data, one batch at a time; what was learned before is forgotten.

        Args:
            data: Array, tensor (ragged and sparse ones too), list, `tf.data.Dataset` of batches, or an
                iterable of batches.
            batch_size: Samples a batch; batches of datasets stay as they are.
            steps: How many batches to look at; None looks at all.
        """
        if not tf.executing_eagerly():
            raise RuntimeError(
                f"{layer_title(self)}: adapt was called inside a tf.function. Call it outside; inside, the "
                "layer itself or update_state can be called."
            )
        if self.built:
            self.reset_state()
        self._is_adapted = False
        step = self.update_state
        if not self._run_eagerly:
            step = tf.function(step, autograph=not is_library(type(self).update_state), reduce_retracing=True)
        for batch in batches(layer_title(self), data, batch_size or self.adapt_batch_size, steps):
            if not self.built:
                self._build_for(batch)
            step(batch)
        self.finalize_state()
        self._is_adapted = True

    def update_state(self, data):
        """Takes one batch into account."""
        raise NotImplementedError(f"{layer_title(self)}: a layer with adapt must define update_state(data).")

    def reset_state(self):
        """Forgets what was learned."""
        raise NotImplementedError(f"{layer_title(self)}: a layer with adapt must define reset_state().")

    def set_weights(self, weights):
        """Sets the weights from arrays, and takes over what follows from them."""
        super().set_weights(weights)
        self.finalize_state()

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.finalize_state()

    def _build_for(self, batch):
        self.__dict__.setdefault("_batch_input_shape", (None,) * batch.shape.rank)
        self.build(batch.shape)

"""PreprocessingLayer: a layer whose state comes from looking at data once, not from training."""

import functools

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.adapt_data import batches
from tfk.saving.registry import register
from tfk.utils.autograph import is_library


@register("layers")
class PreprocessingLayer(Layer):
    """Base of the layers that are adapted to data before they are used.

    A subclass defines `update_state(data)` for one batch, and where needed `reset_state()`, called
    before, and `finalize_state()`, called after all batches.

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
            run_eagerly: Whether to call `update_state` without compiling it, to debug it. Defaults
                to None.
            steps_per_execution: Of no effect: a call for a batch costs next to nothing. Defaults to
                None.
        """
        self._run_eagerly = bool(run_eagerly)

    @property
    def can_adapt(self):
        """Whether there is anything to learn: not where the arguments say it all."""
        return True

    def adapt(self, data, batch_size=None, steps=None):
        """Computes the state from data, one batch at a time; what was learned before is forgotten.

        Args:
            data: Array, tensor (ragged and sparse ones too), list, `tf.data.Dataset` of batches, or
                an iterable of batches.
            batch_size: Samples a batch; batches of datasets stay as they are. Defaults to None.
            steps: How many batches to look at; None looks at all. Defaults to None.
        """
        if not tf.executing_eagerly():
            raise RuntimeError(
                f"{layer_title(self)}: adapt was called inside a tf.function. Call it outside;"
                " inside, the layer itself or update_state can be called."
            )
        data = batches(layer_title(self), data, batch_size or self.adapt_batch_size, steps)
        adapt_together({"": self}, ({"": batch} for batch in data))

    def update_state(self, data):
        """Takes one batch into account."""
        raise NotImplementedError(
            f"{layer_title(self)}: a layer with adapt must define update_state(data)."
        )

    def reset_state(self):
        """Forgets what was learned."""
        raise NotImplementedError(
            f"{layer_title(self)}: a layer with adapt must define reset_state()."
        )

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


def adapt_together(layers, data):
    """Adapts several layers in one pass.

    Args:
        layers: Dict of layers.
        data: Iterable of dicts with a batch for each layer.
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
    # A partial: TensorFlow counts traces by the code of a function, and warns when five layers
    # share theirs.
    step = layer.update_state if by_user else functools.partial(layer.update_state)
    return tf.function(step, autograph=by_user, reduce_retracing=True)

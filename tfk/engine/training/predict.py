"""`predict`: a fast path for one small batch, compiled chunks of steps for many."""

import math

import numpy as np
import tensorflow as tf

from tfk.callbacks.callback_list import CallbackList
from tfk.engine.data.adapter import DEFAULT_BATCH_SIZE, make_source
from tfk.engine.data.leaves import dtype_of
from tfk.engine.training.compiled_loop import CompiledLoop
from tfk.engine.training.epoch_runner import Run
from tfk.engine.training.first_batch import prepare
from tfk.engine.training.logs import joined, to_arrays
from tfk.engine.training.loops import compiled_loop, has_custom_function, loop_for
from tfk.engine.training.preconditions import refuse_in_graph, strategy_scope, verbosity
from tfk.utils.packing import pack_x_y_sample_weight
from tfk.utils.replicas import parameter_servers

SHAPES_KEPT = 256  # of single arrays, whose graph calls are found at once


def predict(
    model, x, batch_size, verbose, steps, callbacks, max_queue_size, workers, use_multiprocessing
):
    """See `Trainer.predict`."""
    if callbacks is None and steps is None and verbose in ("auto", 0):
        outputs = outputs_of_batch(model, x, batch_size or DEFAULT_BATCH_SIZE)
        if outputs is not None:
            return outputs
    refuse_in_graph(model, "predict")
    with strategy_scope(model):
        source = make_source(
            x,
            batch_size=batch_size,
            steps=steps,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
            owner="predict",
        )
        try:
            one_batch = verbose == "auto" and source.steps == 1
            shown = 0 if one_batch else verbosity(verbose, model.distribute_strategy)
            callbacks = CallbackList.for_run(callbacks, model, shown, epochs=1, steps=source.steps)
            return _run(model, source, callbacks)
        finally:
            source.close()


def _run(model, source, callbacks):
    prepare(model, "predict", source.spec)
    loop = loop_for(model, "predict", source)
    model._predict_counter.assign(0)
    callbacks.on_predict_begin()
    source.start(0)
    outputs = []
    length = model._steps_per_execution
    if isinstance(loop, CompiledLoop) and not loop.joins_outputs(source.spec):
        length = 1  # ragged and sparse outputs are joined at the end
    Run(model, source, loop, callbacks, length).epoch(note=lambda _, batch: outputs.append(batch))
    if not outputs:
        raise ValueError(
            f'Model "{model.name}": predict got no batch: the input is empty or used up.'
        )
    callbacks.on_predict_end()
    return joined(outputs)


def outputs_of_batch(model, x, largest=math.inf):
    """Return the outputs for a batch of at most `largest` rows, computed by one graph call; None if
    the data or the model need more than that.
    """
    if not tf.executing_eagerly() or tf.distribute.has_strategy():
        return None
    leaves = small_batch(x, largest)
    call = leaves and (model._caches.current(model).fast_predict or FastPredict.of(model))
    return call(x, leaves) if call and not tf.config.functions_run_eagerly() else None


def small_batch(x, largest):
    """Return the leaves of `x`, in the order of `tf.nest`, if they are arrays and tensors of one
    batch of at most `largest` rows.

    Returns None otherwise, and for data that have to be checked or converted first.

    >>> small_batch({"b": np.zeros((2, 1)), "a": np.ones((2, 3))}, 32)[0].shape
    (2, 3)
    """
    if isinstance(x, np.ndarray):
        leaves = [x]
    elif type(x) is dict and all(isinstance(key, str) for key in x):
        leaves = [x[key] for key in sorted(x)]
    else:
        leaves = list(x) if type(x) in (list, tuple) else [x]
    if not leaves or not all(map(_is_plain, leaves)):
        return None
    rows = {len(leaf) for leaf in leaves}
    return leaves if len(rows) == 1 and 0 < rows.pop() <= largest else None


def _is_plain(leaf):
    if isinstance(leaf, np.ndarray):
        if leaf.dtype.kind == "O":  # strings of Python
            return leaf.ndim > 0 and leaf.size and isinstance(leaf.flat[0], (str, bytes))
        return leaf.ndim > 0 and leaf.dtype.kind in "fiubSU"
    return isinstance(leaf, tf.Tensor) and leaf.shape.rank


class FastPredict:
    """Prediction of one small batch: one lookup, one graph call.

    It is created for a model that runs in the compiled loop on one device, and cached.
    """

    def __init__(self, model):
        self.loop = compiled_loop(model, "predict")
        self.calls = {}

    @classmethod
    def of(cls, model):
        """Return the model's `FastPredict`, or None if `predict` has to choose another loop."""
        special = model.run_eagerly or model.jit_compile or has_custom_function(model, "predict")
        if (
            special
            or model.distribute_strategy.num_replicas_in_sync > 1
            or parameter_servers(model.distribute_strategy)
        ):
            return None
        call = cls(model)
        model._caches.current(model).fast_predict = call
        return call

    def __call__(self, x, leaves):
        """Return the outputs for a batch `x` with the leaves `leaves` from `small_batch`."""
        key = (
            (tuple(x) if isinstance(x, dict) else type(x) in (list, tuple)),
            *((leaf.dtype, leaf.shape[1:]) for leaf in leaves),
        )
        if key not in self.calls:
            if len(self.calls) >= SHAPES_KEPT:
                self.calls.clear()
            self.calls[key] = self._trace(x, leaves)
        dtypes, call = self.calls[key]
        return to_arrays(call(*map(tf.convert_to_tensor, leaves, dtypes)))

    def _trace(self, x, leaves):
        dtypes = [dtype_of(leaf) for leaf in leaves]
        specs = [
            tf.TensorSpec((None, *leaf.shape[1:]), dtype) for leaf, dtype in zip(leaves, dtypes)
        ]
        if isinstance(x, dict):
            data = dict(zip(sorted(x), specs))
        else:
            data = tuple(specs) if isinstance(x, (list, tuple)) else specs[0]
        return dtypes, self.loop.batch_call(pack_x_y_sample_weight(data))

"""The loops of a model: created on first use and cached until it changes."""

import weakref

import tensorflow as tf

from tfk.engine.data.arrays import ResidentSource
from tfk.engine.training import xla_rule
from tfk.engine.training.compiled_loop import CompiledLoop
from tfk.engine.training.eager_loop import EagerLoop, FunctionLoop
from tfk.engine.training.parameter_server_loop import CoordinatedLoop
from tfk.utils.overrides import is_overridden
from tfk.utils.replicas import parameter_servers


def loop_for(model, mode, source=None, steps=0, watch_loss=False):
    """Return the loop that runs `model` in `mode`.

    Args:
        model: The model.
        mode: `"train"`, `"test"` or `"predict"`.
        source: Source of the batches; None for single batches. Defaults to None.
        steps: Number of batches, if known; XLA is only chosen automatically for many. Defaults to
            0.
        watch_loss: Whether to stop after a non-finite loss. Defaults to False.
    """
    if parameter_servers(model.distribute_strategy):
        return compiled_loop(model, mode, None, watch_loss)
    if has_custom_function(model, mode):
        function = custom_function(model, mode)
        return FunctionLoop(model, mode, function, model.steps_per_execution, watch_loss)
    if model.run_eagerly:
        return EagerLoop(model, mode, watch_loss)
    resident = isinstance(source, ResidentSource)
    if model.jit_compile:
        # Predictions accumulate in an array that grows, which XLA does not support.
        level = "loop" if resident and mode != "predict" else "step"
        return compiled_loop(model, mode, level, watch_loss)
    plain = compiled_loop(model, mode, None, watch_loss)
    if (
        model.jit_compile is None
        and mode == "train"
        and resident
        and _xla_pays(plain, source, steps)
    ):
        return _compiled_ahead(model, source, plain)
    return plain


def _xla_pays(plain, source, steps):
    """Return the automatic choice, for training on arrays on the CPU of one device.

    The steps of earlier calls of `fit` count as well: many short calls are one long run.
    """
    if (
        source.count < source.batch_size
        or tf.config.list_logical_devices("GPU")
        or tf.distribute.has_strategy()
    ):
        return False
    planned = plain.model._caches.current(plain.model).planned
    planned[source.count, source.batch_size] += steps
    return xla_rule.pays(
        plain.step_admitting(source.spec),
        source.batch_size,
        source.batch_bytes,
        planned[source.count, source.batch_size],
    )


def _compiled_ahead(model, source, plain):
    """Return the loop under XLA, compiled by running no step; the plain one if XLA fails despite
    the rule.
    """
    loop = compiled_loop(model, "train", "loop", plain.watch_loss)
    if loop is not plain:
        try:
            source.run_nothing(loop)
        except (ValueError, TypeError, tf.errors.OpError):
            loops = model._caches.current(model).loops
            loops["train", "loop", plain.watch_loss] = loop = plain
    return loop


def has_custom_function(model, mode):
    """Return whether `make_<mode>_function` is overridden or `<mode>_function` assigned."""
    assigned = model._caches.functions.get(mode)
    is_assigned = assigned is not None and not getattr(assigned, "is_default", False)
    return is_assigned or is_overridden(model, f"make_{mode}_function")


def custom_function(model, mode):
    """Return the custom step function."""
    functions = model._caches.functions
    if is_overridden(model, f"make_{mode}_function"):
        functions[mode] = getattr(model, f"make_{mode}_function")()
    return functions[mode]


def present_loop(model, loop, *args, **kwargs):
    """Return `loop`, or a new one from `loop_for(model, *args, **kwargs)` if the model has changed
    since.
    """
    if not isinstance(loop, CompiledLoop) or model._caches.holds(model, loop):
        return loop
    return loop_for(model, loop.mode, *args, **kwargs)


def compiled_loop(model, mode, jit=None, watch_loss=False):
    """Return the compiled loop with these settings, from the model's cache."""
    loops = model._caches.current(model).loops
    key = (mode, jit, watch_loss)
    if key not in loops:
        if parameter_servers(model.distribute_strategy):
            loops[key] = CoordinatedLoop(model, mode, watch_loss)
        else:
            loops[key] = CompiledLoop(model, mode, jit, watch_loss)
        if jit is not None:
            forced = model.jit_compile is True
            loops[key].any_size = compiled_loop(model, mode, "step" if forced else None, watch_loss)
    return loops[key]


def traced_steps(model, mode):
    """Return the concrete functions of one step in `mode` traced by the compiled loops of
    `model`.
    """
    loops = model._caches.current(model).loops
    return [step for key, loop in loops.items() if key[0] == mode for step in loop.traced_steps]


class StepFunction:
    """Callable that runs the next `steps_per_execution` batches of an iterator and returns the
    logs.

    Args:
        model: The model, held by a weak reference.
        mode: `"train"`, `"test"` or `"predict"`.
    """

    is_default = True  # not a custom function, which `fit` would have to call

    def __init__(self, model, mode):
        self.model, self.mode = weakref.ref(model), mode

    def __call__(self, iterator):
        model = self.model()
        in_graph = hasattr(iterator, "get_next_as_optional") and not model.run_eagerly
        loop = (
            compiled_loop(model, self.mode, "step" if model.jit_compile else None)
            if in_graph
            else None
        )
        done, logs = (loop or EagerLoop(model, self.mode)).run_iterator(
            iterator, model.steps_per_execution
        )
        if not done:
            raise StopIteration
        return logs

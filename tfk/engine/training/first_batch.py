"""Preparation for the first batch: variables are created, and data are checked against the
model.
"""

import tensorflow as tf

from tfk.engine.layer.scratch import output_specs
from tfk.engine.training.data_checks import check_targets_given
from tfk.engine.training.steps import Step
from tfk.utils.overrides import is_overridden
from tfk.utils.packing import unpack_x_y_sample_weight


def prepare(model, mode, spec, everything=False):
    """Create the variables that the first trace would create, so that callbacks can find and
    restore them.

    Args:
        model: The model.
        mode: `"train"`, `"test"` or `"predict"`.
        spec: Nest of type specs of a batch.
        everything: Whether to also create variables of a custom `train_step` or `compute_loss`,
            which requires tracing it. Defaults to False.

    Raises: ValueError if evaluation data lack targets.
    """
    x, y, _ = unpack_x_y_sample_weight(spec)
    outputs = _output_specs(model, x, mode)
    if mode == "predict":
        return
    if outputs is not None and not is_overridden(model, f"{mode}_step"):
        with tf.init_scope():
            # An override of compute_loss may not use the compiled loss, which then has nothing to
            # report.
            if not is_overridden(model, "compute_loss"):
                model.compiled_loss.fit_to(outputs)
            model.compiled_metrics.fit_to(outputs, y)
        model._caches.set_prepared(model)
    if mode == "test":
        check_targets_given(model, y)
    # Layers with dynamic=True may create weights in the first step, which eager training allows.
    if mode == "train" and model.built and not model.dynamic:
        for optimizer in tf.nest.flatten(model.optimizer):
            if hasattr(optimizer, "build"):
                with (
                    tf.init_scope(),
                    tf.name_scope(getattr(optimizer, "name", None) or "optimizer"),
                ):
                    optimizer.build(model.trainable_variables)
    own = any(is_overridden(model, name) for name in (f"{mode}_step", "compute_loss"))
    if everything and own and not model.run_eagerly:
        step = Step(model, mode)
        tf.function(step, autograph=False).get_concrete_function(spec)


def prepare_loaded(model):
    """Create the losses and metrics of a loaded graph of layers, if they can be determined from the
    outputs alone.
    """
    own = any(is_overridden(model, name) for name in ("train_step", "test_step", "compute_loss"))
    if model._graph is not None and not own and not overrides_call(model):
        outputs = _output_specs(model, None, "test")
        model.compiled_loss.build(outputs)
        model.compiled_metrics.build(outputs)


def _output_specs(model, x, mode):
    """Return the type specs of the outputs: known for a graph, else from a trace that also builds
    the model; None if nothing needs them.
    """
    graph = model._graph
    if graph is not None and not overrides_call(model):
        return tf.nest.map_structure(lambda tensor: tensor.type_spec, graph.nested_outputs)
    has_changed = (
        mode != "predict" and model.compiled_loss.built and model._caches.needs_preparation(model)
    )
    if (model.built and not has_changed) or is_overridden(model, f"{mode}_step"):
        return None
    return output_specs(model, x, training=mode == "train")


def overrides_call(model):
    """Return whether a graph of layers is run by a custom `call`."""
    return (
        model._graph is not None
        and type(model).call.__module__.split(".")[0] != __name__.split(".")[0]
    )

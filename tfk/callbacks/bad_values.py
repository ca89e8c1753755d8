"""Finds where the first non-finite value occurred in a model."""

import contextlib
import functools

import numpy as np
import tensorflow as tf

from tfk.callbacks.state_snapshot import restore_snapshot, take_snapshot
from tfk.utils.checks import describe
from tfk.utils.packing import unpack_x_y_sample_weight

PARTS = ("inputs", "targets", "sample weights")


def where_bad(model, batches, weights):
    """Return sentences that name the first layer with a bad value.

    The batches run again, layer by layer, with the last weights known to be good; afterwards the
    model is restored. If there are none, or the model cannot run this way, only its present weights
    are checked.

    Args:
        model: The model, after the update that followed the bad loss.
        batches: The batch with the bad loss as the training step received it, and the previous one;
            fewer, or none, if they are no longer available.
        weights: Earlier result of `model.get_weights()`.
    """
    reason = "The batch is no longer at hand, so only weights were looked at."
    for place, batch in zip(("", "The batch before is to blame. "), batches):
        try:
            found = _run_again(model, batch, weights)
        except Exception as error:  # of a model whose custom training step calls it in another way
            reason = (
                f"The batch could not be run again ({error!r}), so only weights were looked at."
            )
            break
        if found is not None:
            return place + found
        reason = (
            "With the weights from before, outputs, loss and gradients are finite: training"
            " diverged since. A smaller learning rate or clipnorm may help."
        )
    return f"{reason} {bad_weights(model)}"


def _run_again(model, batch, weights):
    """Return the result of `bad_in_batch` with other weights, and restore the model."""
    now = take_snapshot(model)
    try:
        model.set_weights(weights)
        return bad_in_batch(model, *unpack_x_y_sample_weight(batch))
    finally:
        restore_snapshot(model, now)


def bad_in_batch(model, x, y, sample_weight):
    """Return a sentence about the first bad value in order of computation, or None; runs in
    training mode.
    """
    bad_parts = [name for name, part in zip(PARTS, (x, y, sample_weight)) if not all_finite(part)]
    given = f" The {' and the '.join(bad_parts)} of the batch hold bad values." if bad_parts else ""
    bad_layers = []
    with tf.GradientTape() as tape:
        with _after_each_call(
            model, lambda layer, outputs: all_finite(outputs) or bad_layers.append(layer)
        ):
            y_pred = model(x, training=True)
        loss = model.compute_loss(x, y, y_pred, sample_weight)
    if bad_layers:
        return (
            f"The first layer with a bad value is {describe(bad_layers[0])}, in its output.{given}"
        )
    if not all_finite(loss):
        return f"The outputs of all layers are finite, the loss is not.{given}"
    gradients = tape.gradient(loss, model.trainable_variables)
    bad = {
        id(weight)
        for weight, gradient in zip(model.trainable_variables, gradients)
        if not all_finite(gradient)
    }
    layers = [layer for layer in model.layers if any(id(weight) in bad for weight in layer.weights)]
    if layers:  # gradients are computed backwards: the last one is computed first
        return (
            f"Outputs and loss are finite, the gradients are not, from layer {describe(layers[-1])}"
            " back."
        )
    return None


def bad_weights(model):
    """Return a list with a sentence that names the first layer with a non-finite weight, if any."""
    for layer in model.layers:
        for weight in layer.weights:
            if not all_finite(weight):
                return (
                    f"After the update, the first layer with a bad value is {describe(layer)}, in"
                    f" its weight {weight.name}."
                )
    return (
        "All weights are finite: look at the inputs, the targets, the sample weights and the loss."
    )


def all_finite(nest):
    """Return whether all numbers in a nest are finite; symbolic tensors count as finite."""
    leaves = tf.nest.flatten(nest, expand_composites=True)
    values = [leaf.numpy() if hasattr(leaf, "numpy") else leaf for leaf in leaves]
    numbers = [value for value in values if isinstance(value, (np.ndarray, np.generic))]
    return all(
        np.isfinite(value).all() for value in numbers if tf.as_dtype(value.dtype).is_floating
    )


@contextlib.contextmanager
def _after_each_call(model, look):
    """Call `look(layer, outputs)` whenever a layer inside `model` has computed its outputs."""
    layers = [layer for layer in model._flatten_layers() if layer is not model]
    before = [vars(layer).get("call") for layer in layers]
    for layer in layers:
        vars(layer)["call"] = _watched(layer, layer.call, look)
    try:
        yield
    finally:
        for layer, call in zip(layers, before):
            del vars(layer)["call"]
            if call is not None:  # a method that the user assigned to the object
                vars(layer)["call"] = call


def _watched(layer, call, look):
    @functools.wraps(call)  # keeps the signature, by which layers pass `training` and masks
    def watched(*args, **kwargs):
        outputs = call(*args, **kwargs)
        look(layer, outputs)
        return outputs

    return watched

"""Checks that the data match the model, before training; `compile(validate_data=False)` disables
them.
"""

import numpy as np
import tensorflow as tf

from tfk.engine.data.arrays import ResidentSource
from tfk.engine.training import output_structure
from tfk.engine.training.data_hints import hint_at_images, hint_at_targets
from tfk.losses.target_checks import check_targets
from tfk.utils import hints
from tfk.utils.checks import describe
from tfk.utils.dataset_creator import DatasetCreator
from tfk.utils.overrides import is_overridden
from tfk.utils.packing import unpack_x_y_sample_weight
from tfk.utils.sequence import Sequence

# A model that overrides one of these may compute its loss in another way.
LOSS_METHODS = ("train_step", "test_step", "compute_loss", "make_train_function")


def check_targets_given(model, y):
    """Raise ValueError if evaluation data lack the targets that the loss requires.

    Keras 2 reports a loss of 0 instead, which callbacks then act on.

    Args:
        model: A compiled model whose losses are built, if its outputs are known.
        y: Targets, or their specs; None if there are none.
    """
    if y is not None or not model.loss or any(is_overridden(model, name) for name in LOSS_METHODS):
        return
    loss = model.compiled_loss
    names = [
        name
        for name, its_loss in zip(loss.output_names or (), loss.losses or ())
        if its_loss is not None
    ]
    if loss.built and not names:
        return
    outputs = f"output {' and '.join(map(repr, names))}" if names else "the model's output"
    raise ValueError(
        f"{describe(model)} was compiled with loss={model.loss!r}, which needs targets for"
        f" {outputs}, but the data to evaluate has none. Pass y, batches (x, y), or in fit"
        " validation_data=(x, y)."
    )


def known_targets(x, y):
    """Return the targets in arguments of `fit` and `evaluate`, or their specs, as far as they are
    known before the first batch: True if they may come with the batches.
    """
    if isinstance(x, tf.data.Dataset):
        return unpack_x_y_sample_weight(x.element_spec)[1]
    is_stream = hasattr(x, "__next__") or isinstance(
        x, (Sequence, DatasetCreator, tf.distribute.DistributedDataset)
    )
    return True if is_stream else y


def check_data(model, mode, source, owner):
    """Check the data in memory: targets of every output and, if requested, inputs.

    Args:
        model: A compiled model.
        mode: `"train"` or `"test"`.
        source: The data, a `data.source.Source`.
        owner: Name of the calling method, for messages.

    Raises: ValueError or TypeError that names the output or input and the problem.
    """
    data = source.in_memory() if model.validate_data else None
    if data is None:
        return
    x, y, _ = unpack_x_y_sample_weight(data)
    loss = model.compiled_loss
    gives_hints = mode == "train" and hints.are_shown() and not loss.hints_given
    if y is not None and loss.built and not is_overridden(model, f"{mode}_step"):
        targets = output_structure.flat_by_output("targets", loss.outputs, loss.output_names, y)
        for name, target, output, its_loss in zip(
            loss.output_names, targets, tf.nest.flatten(loss.outputs), loss.losses
        ):
            if target is not None:  # all rows at once, whatever the size of a batch
                shape = (
                    tf.TensorShape([None, *output.shape[1:]]) if output.shape.rank else output.shape
                )
                check_targets(name, target, shape, its_loss)
                if gives_hints and isinstance(source, ResidentSource):  # which has all rows
                    hint_at_targets(name, target, its_loss)
    if gives_hints:
        hint_at_images(model, x)
        loss.hints_given = True
    if model.validate_data == "finite":
        for path, leaf in output_structure.paths(x):
            check_finite(
                leaf, f"{describe(model)}: {owner}: x{''.join(f'[{step!r}]' for step in path)}"
            )


def check_finite(leaf, what):
    """Raise ValueError for an array or tensor that contains NaN or infinity, with the first
    position.
    """
    if (
        leaf is None
        or not isinstance(leaf, (np.ndarray, tf.Tensor))
        or not tf.as_dtype(leaf.dtype).is_floating
    ):
        return
    wrong = ~np.isfinite(np.asarray(leaf, dtype=np.float64 if leaf.dtype == tf.bfloat16 else None))
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ValueError(
            f"{what} holds {int(wrong.sum())} values that are NaN or infinite, the first at"
            f" {place}. Replace or drop them, or compile with validate_data=True instead of"
            ' "finite".'
        )

"""Evaluation of checkpoints in a process separate from training."""

import os
import re

import tensorflow as tf

from tfk.utils.interactive_logging import print_message

WAIT_SECONDS = 30


class SidecarEvaluator:
    """Evaluator of every checkpoint that a training in another process writes, the newest first.

    The training saves with `ModelCheckpoint("<folder>/ckpt-{epoch}", save_weights_only=True)` or
    with `tf.train.CheckpointManager(tf.train.Checkpoint(model=model, optimizer=optimizer), ...)`.
    Of the checkpoints that appear during an evaluation only the last is used.

    Args:
        model: A compiled model like the one in training.
        data: Argument `x` of `model.evaluate`, such as a `tf.data.Dataset`.
        checkpoint_dir: Folder in which the checkpoints appear.
        steps: Number of batches to evaluate; None for all. Defaults to None.
        max_evaluations: Stop after the checkpoint whose name ends in this number (or a larger one);
            None never stops. Defaults to None.
        callbacks: Callbacks of the evaluation, such as `TensorBoard`, which then plots it over the
            iterations. Defaults to None.

    >>> SidecarEvaluator(None, None, "checkpoints", max_evaluations=10).max_evaluations
    10
    """

    def __init__(
        self, model, data, checkpoint_dir, steps=None, max_evaluations=None, callbacks=None
    ):
        self.model = model
        self.data = data
        self.checkpoint_dir = os.fspath(checkpoint_dir)
        self.steps = steps
        self.max_evaluations = max_evaluations
        self.callbacks = callbacks or []

    def start(self):
        """Evaluate until the last checkpoint, or indefinitely."""
        waiting = {"timeout": WAIT_SECONDS, "timeout_fn": self._tell_what_is_missing}
        for path in tf.train.checkpoints_iterator(self.checkpoint_dir, **waiting):
            try:
                self._load(path)
            except (
                tf.errors.NotFoundError,
                tf.errors.OutOfRangeError,
                tf.errors.DataLossError,
            ) as error:
                print_message(
                    f"SidecarEvaluator: {path} cannot be read yet, trying the next. {error.message}"
                )
                continue
            print_message(f"SidecarEvaluator: evaluating {path}")
            self.model.evaluate(self.data, steps=self.steps, callbacks=self.callbacks, verbose=2)
            if self.max_evaluations is not None and _number(path) >= self.max_evaluations:
                return

    def _load(self, path):
        """Restore model and optimizer, from a checkpoint of weights or of `Checkpoint(model=...,
        optimizer=...)`.
        """
        optimizer = self.model.optimizer
        if optimizer is not None and self.model.built:
            optimizer.build(self.model.trainable_variables)
        if any(name.startswith("model/") for name, _ in tf.train.list_variables(path)):
            parts = (
                {"model": self.model}
                if optimizer is None
                else {"model": self.model, "optimizer": optimizer}
            )
            tf.train.Checkpoint(**parts).restore(path).expect_partial()
        else:
            status = self.model.load_weights(path)
            if status is not None:
                status.expect_partial()

    def _tell_what_is_missing(self):
        print_message(
            f"SidecarEvaluator: no new checkpoint in {self.checkpoint_dir} for {WAIT_SECONDS}"
            " seconds. It waits for files of ModelCheckpoint(..., save_weights_only=True) without"
            " an ending, or of tf.train.CheckpointManager."
        )
        return False  # and continues to wait


def _number(path):
    """Return the number at the end of a checkpoint's name; -1 if there is none."""
    match = re.search(r"-(\d+)$", path)
    return int(match[1]) if match else -1

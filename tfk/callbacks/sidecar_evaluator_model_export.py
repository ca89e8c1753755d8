"""Keeps the best model evaluated by a `SidecarEvaluator`."""

import re

from tfk.callbacks.model_checkpoint import ModelCheckpoint
from tfk.typing import Logs


class SidecarEvaluatorModelExport(ModelCheckpoint):
    """Callback of a `SidecarEvaluator` that saves the model after an evaluation if it is the best
    so far.

    Args:
        export_filepath: Path to save to, with placeholders as in `ModelCheckpoint`; `{epoch}` is
            the number of the checkpoint.
        checkpoint_filepath: Path of the checkpoints that training writes, with placeholders, such
            as `"<folder>/ckpt-{epoch:04d}"`.
        **kwargs: Arguments of `ModelCheckpoint`, such as `monitor`, `mode` and `save_weights_only`.

    >>> callback = SidecarEvaluatorModelExport("best", "checkpoints/ckpt-{epoch:04d}")
    >>> callback.save_best_only
    True
    """

    def __init__(self, export_filepath, checkpoint_filepath, **kwargs):
        kwargs.pop("save_freq", None)  # it saves after evaluations
        super().__init__(export_filepath, save_best_only=True, **kwargs)
        self._checkpoint_filepath = checkpoint_filepath
        self.export_index = 0

    def on_test_begin(self, logs: Logs | None = None):
        newest = self._get_most_recently_modified_file_matching_pattern(self._checkpoint_filepath)
        number = re.search(r"ckpt-(\d+)", newest or "")
        self.export_index = int(number[1]) - 1 if number else 0

    def on_test_end(self, logs: Logs | None = None):
        self.epochs_since_last_save += 1
        self._save_model(self.export_index, None, logs)

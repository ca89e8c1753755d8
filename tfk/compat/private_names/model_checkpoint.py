"""Private names of `ModelCheckpoint`."""

from tfk.callbacks.model_checkpoint import ModelCheckpoint

CLASS = ModelCheckpoint


def _should_save_on_batch(callback, batch):
    """Counts a batch; True if it is time to save."""
    if callback.save_freq == "epoch":
        return False
    callback._batches_since_save += 1
    if callback._batches_since_save < callback.save_freq:
        return False
    callback._batches_since_save = 0
    return True


NAMES = {"_should_save_on_batch": (_should_save_on_batch, "tensorflow-addons, wandb")}

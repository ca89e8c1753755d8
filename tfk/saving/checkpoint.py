"""TensorFlow checkpoints of a model's weights, and of its optimizer."""

import os

import tensorflow as tf


def exists(prefix):
    """Whether there is a checkpoint with this prefix."""
    return os.path.exists(f"{os.fspath(prefix)}.index")


def save(model, prefix, options=None):
    """Writes `<prefix>.index` and `<prefix>.data-...`, and the file `checkpoint` that names the latest."""
    prefix = os.fspath(prefix)
    tf.train.Checkpoint(root=model).write(prefix, options=options)
    folder = os.path.dirname(prefix) or "."
    content = f'model_checkpoint_path: "{os.path.basename(prefix)}"\nall_model_checkpoint_paths: "{os.path.basename(prefix)}"\n'
    with tf.io.gfile.GFile(os.path.join(folder, "checkpoint"), "w") as file:
        file.write(content)


def load(model, prefix, options=None):
    """Restores what the checkpoint holds of the model; variables that do not exist yet follow when they are made.

    Returns: TensorFlow's status object, with `assert_consumed()` and `expect_partial()`.
    """
    status = tf.train.Checkpoint(root=model).read(os.fspath(prefix), options=options)
    for layer in model._flatten_layers():
        layer.finalize_state()
    return status

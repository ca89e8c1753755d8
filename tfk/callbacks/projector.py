"""Embeddings for TensorBoard's projector: a config and checkpoints of the tables alone."""

import os

import numpy as np
import tensorflow as tf

from tfk.saving.registry import find


class Projector:
    """The embedding tables of a model in files that the projector reads.

    Args:
        model: The model; every `Embedding` in it is shown under its layer's name.
        log_dir: Folder of the config; the checkpoints go to `train` in it.
        metadata: Path of a file with a label for each row, or a dict of such paths by layer name, or None.

    Raises: ValueError for a name in `metadata` that is no Embedding of the model.
    """

    def __init__(self, model, log_dir, metadata=None):
        kind = find("Embedding", kind="layers")
        self.layers = [layer for layer in model._flatten_layers() if isinstance(layer, kind)]
        self.log_dir = log_dir
        names = [layer.name for layer in self.layers]
        self.metadata = dict.fromkeys(names, metadata) if isinstance(metadata, str) else dict(metadata or {})
        unknown = sorted(set(self.metadata) - set(names))
        if unknown:
            raise ValueError(
                f"TensorBoard: embeddings_metadata names {unknown}, but the Embedding layers of the model are {names}."
            )

    def write_config(self):
        """Writes `projector_config.pbtxt`, also into `train`: a folder without events is no run to TensorBoard."""
        for folder in (self.log_dir, os.path.join(self.log_dir, "train")):
            tf.io.gfile.makedirs(folder)
            with tf.io.gfile.GFile(os.path.join(folder, "projector_config.pbtxt"), "w") as file:
                file.write("".join(self._entry(layer, folder) for layer in self.layers))

    def _entry(self, layer, folder):
        path = self._labels(layer, folder)
        label = f"  metadata_path: {_quoted(path)}\n" if path else ""
        return f"embeddings {{\n  tensor_name: {_quoted(tensor_name(layer))}\n{label}}}\n"

    def _labels(self, layer, folder):
        """Path of the labels from `folder`; a file elsewhere is copied, for TensorBoard reads none outside."""
        path = self.metadata.get(layer.name)
        places = [] if path is None else [os.path.join(self.log_dir, path), os.fspath(path)]
        source = next((place for place in places if tf.io.gfile.exists(place)), None)
        if source is None:
            return path  # to be written later, or nothing
        inside = os.path.relpath(source, folder)
        if not inside.startswith(os.pardir):
            return inside
        name = f"{layer.name}-labels{os.path.splitext(source)[1]}"
        tf.io.gfile.copy(source, os.path.join(folder, name), overwrite=True)
        return name

    def save(self, epoch):
        """Writes the tables as a checkpoint, which the projector then shows."""
        if not self.layers:
            return
        name = f"keras_embedding.ckpt-{epoch}"
        tf.io.gfile.makedirs(os.path.join(self.log_dir, "train"))
        tf.raw_ops.SaveV2(
            prefix=os.path.join(self.log_dir, "train", name),
            tensor_names=[tensor_name(layer) for layer in self.layers],
            shape_and_slices=[""] * len(self.layers),
            tensors=[tf.constant(np.asarray(layer.embeddings)) for layer in self.layers],
        )
        with tf.io.gfile.GFile(os.path.join(self.log_dir, "checkpoint"), "w") as file:
            file.write(f'model_checkpoint_path: "train/{name}"\n')  # relative: the folder can be moved


def tensor_name(layer):
    """Name of the table of an Embedding in the checkpoints."""
    return f"{layer.name}/embeddings"


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

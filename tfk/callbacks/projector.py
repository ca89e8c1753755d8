"""Points for TensorBoard's embedding projector: a config and checkpoints of tables and layer
outputs.
"""

import os

import tensorflow as tf

from tfk.saving.registry import find
from tfk.utils.variables import as_array


class Projector:
    """Points produced by layers of a model, in files for the projector.

    Args:
        model: The model.
        log_dir: Folder of the config; the checkpoints go to its subfolder `train`.
        metadata: Path of a file with one label per row, or a dict of such paths by layer name.
            Defaults to None.
        data: Model inputs, each of which becomes a point by the output of a layer; None shows the
            tables of `Embedding` layers, one point per row. Defaults to None.
        layer_names: Names of the layers to show; None for every `Embedding`. Defaults to None.

    Raises: ValueError for a name that is not such a layer, here or in `metadata`.
    """

    def __init__(self, model, log_dir, metadata=None, data=None, layer_names=None):
        self.log_dir, self.data = log_dir, data
        self.layers = _layers(model, data is not None, layer_names)
        names = [layer.name for layer in self.layers]
        self.metadata = (
            dict.fromkeys(names, metadata) if isinstance(metadata, str) else dict(metadata or {})
        )
        _check_names("embeddings_metadata", self.metadata, names)
        if data is not None:
            outputs = [layer.output for layer in self.layers]
            self.outputs = find("Model", kind="models")(model.inputs, outputs)

    def write_config(self):
        """Write `projector_config.pbtxt`, also to `train`: TensorBoard ignores folders without
        events.
        """
        for folder in (self.log_dir, os.path.join(self.log_dir, "train")):
            tf.io.gfile.makedirs(folder)
            with tf.io.gfile.GFile(os.path.join(folder, "projector_config.pbtxt"), "w") as file:
                file.write("".join(self._entry(layer, folder) for layer in self.layers))

    def _entry(self, layer, folder):
        path = self._labels(layer, folder)
        label = f"  metadata_path: {_quoted(path)}\n" if path else ""
        return f"embeddings {{\n  tensor_name: {_quoted(self._name(layer))}\n{label}}}\n"

    def _labels(self, layer, folder):
        """Return the path of the labels relative to `folder`; outside files are copied, as
        TensorBoard reads none.
        """
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
        """Write the points as a checkpoint, which the projector then shows."""
        if not self.layers:
            return
        name = f"keras_embedding.ckpt-{epoch}"
        tf.io.gfile.makedirs(os.path.join(self.log_dir, "train"))
        tf.raw_ops.SaveV2(
            prefix=os.path.join(self.log_dir, "train", name),
            tensor_names=[self._name(layer) for layer in self.layers],
            shape_and_slices=[""] * len(self.layers),
            tensors=self._points(),
        )
        with tf.io.gfile.GFile(os.path.join(self.log_dir, "checkpoint"), "w") as file:
            file.write(
                f'model_checkpoint_path: "train/{name}"\n'
            )  # relative: the folder can be moved

    def _name(self, layer):
        """Return the checkpoint name of the points of a layer."""
        return f"{layer.name}/{'embeddings' if self.data is None else 'output'}"

    def _points(self):
        """Return one matrix per layer, with one point per row."""
        if self.data is None:
            return [tf.constant(as_array(layer.embeddings)) for layer in self.layers]
        outputs = self.outputs.predict(self.data, verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return [tf.constant(output.reshape(len(output), -1)) for output in outputs]


def _layers(model, any_kind, names):
    """Return the layers to show, of any kind or only `Embedding`."""
    kind = find("Embedding", kind="layers")
    embeddings = [layer for layer in model._flatten_layers() if isinstance(layer, kind)]
    if names is None:
        return embeddings
    candidates = model.layers if any_kind else embeddings
    _check_names("embeddings_layer_names", names, [layer.name for layer in candidates])
    return [layer for layer in candidates if layer.name in names]


def _check_names(argument, names, known):
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(
            f"TensorBoard: {argument} names {unknown}, but the layers to choose from are {known}."
        )


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

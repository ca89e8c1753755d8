"""`model.save(directory)`: a SavedModel with signatures that can also be loaded back as a model.

TensorFlow and its servers read the SavedModel. Loading it back does not run the functions in it:
the model is created from its config, weights and optimizer state in
`assets.extra/tfk_model.keras`. Folders of Keras 2 are read by `keras2_folder.py`.
"""

import os
import warnings

from tfk.saving import archive, checkpoint, keras2_folder
from tfk.saving.export_archive import SAVED_MODEL_PARTS, ExportArchive
from tfk.saving.file_kinds import describe_folder
from tfk.saving.saved_objects import CHECKPOINT, GRAPH_FILE
from tfk.saving.signatures import SERVING_DEFAULT, loaded_attributes
from tfk.utils.atomic import replacing_folder

MODEL_FILE = os.path.join("assets.extra", "tfk_model.keras")


def save(model, path, signatures=None, options=None, include_optimizer=True):
    """Write the directory, which appears as a whole."""
    export = ExportArchive()
    if signatures is None:
        export.add_model(SERVING_DEFAULT, model, strict=False)
    else:
        export.track(model)
        named = signatures if isinstance(signatures, dict) else {SERVING_DEFAULT: signatures}
        for name, function in named.items():
            export.add_concrete(name, function)
    export.add_attributes(loaded_attributes(model))
    with replacing_folder(path, SAVED_MODEL_PARTS) as temporary:
        export.write_into(temporary, options)
        os.makedirs(os.path.join(temporary, "assets.extra"), exist_ok=True)
        try:
            archive.save(model, os.path.join(temporary, MODEL_FILE), include_optimizer)
        except NotImplementedError as error:  # of a get_config
            warnings.warn(
                f"{type(model).__name__} {model.name!r} is saved for tf.saved_model.load and for"
                f" servers only: it has no config, so load_model cannot recreate it. {error}",
                stacklevel=2,
            )


def load(path, custom_objects=None, compile=True, safe_mode=None):
    """Return the model in a directory that `save` or Keras 2 wrote.

    Raises: ValueError that says what the directory is instead.
    """
    file = os.path.join(path, MODEL_FILE)
    if os.path.isfile(file):
        model = archive.load(file, custom_objects, compile, safe_mode)
        prefix = os.path.join(path, CHECKPOINT)
        if getattr(model, "stateful", False) and checkpoint.exists(prefix):
            checkpoint.load_states(prefix, model)
        return model
    if os.path.isfile(os.path.join(path, GRAPH_FILE)):
        model = keras2_folder.load(path, custom_objects, compile, safe_mode)
        if model is not None:
            return model
        raise ValueError(
            f"{path!r} is a SavedModel for serving: it holds the forward pass but no model to"
            f" train. Use layers.TFSMLayer({path!r}, call_endpoint=...) or"
            f" tf.saved_model.load({path!r}) for its functions, and model.save(...) for files that"
            " load_model reads."
        )
    if os.path.isfile(os.path.join(path, "checkpoint")):
        raise ValueError(
            f"{path!r} holds checkpoints: build the model and call model.load_weights(prefix)."
        )
    raise ValueError(f"{path!r} is {describe_folder(path)}.")


def load_weights(path, model, skip_mismatch=False, options=None):
    """Set the weights of `model` from those in a directory; return what a load of the format of
    the weights in it does.

    Raises: ValueError if it is no SavedModel.
    """
    file = os.path.join(path, MODEL_FILE)
    if os.path.isfile(file):
        return archive.load_weights(file, model, skip_mismatch)
    prefix = os.path.join(path, CHECKPOINT)
    if not checkpoint.exists(prefix):
        raise ValueError(
            f"load_weights: {path!r} is a folder. Pass the prefix of a checkpoint in it."
        )
    return checkpoint.load(model, prefix, options)

"""TFSMLayer: the functions of a SavedModel as a layer."""

import os

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.load_scopes import in_safe_mode, is_copying
from tfk.saving.registry import register
from tfk.utils.checks import describe


@register("layers")
class TFSMLayer(Layer):
    """Runs functions that a SavedModel holds, as in Keras 3.

    They are code of whoever wrote the folder, so it is loaded only when this class is called in
    Python: a config in a file that names the layer is rejected. A saved model holds the path of the
    folder, not what is in it.

    Args:
        filepath: Path of the folder.
        call_endpoint: Name of the function to call: a signature, such as `"serving_default"` of
            models that Keras 2 saved, or an endpoint of `model.export`, `"serve"`.
        call_training_endpoint: Name of the function to call in training; None uses `call_endpoint`.
        trainable: Whether training changes the variables of the SavedModel.
        name: Name, unique within a model.
        dtype: Dtype to which floating-point inputs are cast.
    Input shape: What the function takes; a dict of tensors if it takes several. Output shape: What
        it returns; signatures return a dict of tensors.
    Raises: ValueError for an endpoint that does not exist, with the list of those that do.
    """

    def __init__(
        self,
        filepath,
        call_endpoint="serve",
        call_training_endpoint=None,
        trainable=True,
        name=None,
        dtype=None,
    ):
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self.filepath = os.fspath(filepath)
        self.call_endpoint = call_endpoint
        self.call_training_endpoint = call_training_endpoint
        self._loaded = tf.saved_model.load(self.filepath)
        self._function = self._endpoint(call_endpoint)
        self._training_function = self._endpoint(call_training_endpoint or call_endpoint)
        self._variables_of_folder = _variables(self._loaded)

    def _endpoint(self, name):
        signatures = dict(self._loaded.signatures)
        function = getattr(self._loaded, name, None) or signatures.get(name)
        if not callable(function):
            functions = [key for key, value in vars(self._loaded).items() if callable(value)]
            known = sorted({key for key in functions if not key.startswith("_")} | set(signatures))
            raise ValueError(
                f"{describe(self)}: the SavedModel in {self.filepath!r} has no endpoint {name!r}."
                f" Pass one of these as call_endpoint: {', '.join(known)}."
            )
        return function

    def call(self, inputs, training=False, **kwargs):
        function = self._training_function if training else self._function
        if isinstance(inputs, dict) and hasattr(function, "structured_input_signature"):
            return function(**inputs, **kwargs)
        return function(inputs, **kwargs)

    def get_config(self):
        return {
            **super().get_config(),
            "filepath": self.filepath,
            "call_endpoint": self.call_endpoint,
            "call_training_endpoint": self.call_training_endpoint,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        """Loads the folder that a config names.

        Raises: ValueError unless the config is that of a copy, or safe mode is off.
        """
        if not is_copying() and in_safe_mode(safe_mode):
            raise ValueError(
                f"The config names a TFSMLayer, which runs the functions in"
                f" {config.get('filepath')!r}. If you trust both the file and that folder, pass"
                " safe_mode=False."
            )
        return cls(**config)


def _variables(loaded):
    """The variables of a loaded SavedModel, each once."""
    objects = tf.train.TrackableView(loaded).descendants()
    return [item for item in objects if isinstance(item, tf.Variable)]

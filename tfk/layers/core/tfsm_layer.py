"""TFSMLayer: the functions of a SavedModel as a layer."""

import os

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.load_scopes import in_safe_mode, is_copying
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, DTypeLike, PathLike, TensorLike
from tfk.utils.checks import describe


@register("layers")
class TFSMLayer(Layer):
    """Layer that runs functions of a SavedModel, as in Keras 3.

    They are code by the author of the folder, so it is only loaded when this class is called in
    Python: a config in a file that names the layer is rejected. A saved model stores the path of
    the folder, not its content.

    Args:
        filepath: Path of the folder.
        call_endpoint: Name of the function to call: a signature, such as `"serving_default"` in
            models saved by Keras 2, or an endpoint of `model.export`. Defaults to `"serve"`.
        call_training_endpoint: Name of the function to call in training; None uses `call_endpoint`.
            Defaults to None.
        trainable: Whether training updates the variables of the SavedModel. Defaults to True.
        name: Name, unique within a model. Defaults to None.
        dtype: Dtype to which floating-point inputs are cast. Defaults to None.
    Call arguments:
        inputs: Argument of the function.
        training: Whether to call the training endpoint. Defaults to False.
    Input shape: That of the function; a dict of tensors if it has several arguments.
    Output shape: That of the function; signatures return a dict of tensors.
    Raises: ValueError for an unknown endpoint, with the list of available ones.
    >>> module = tf.Module()
    >>> module.serve = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec([None])])
    >>> tf.saved_model.save(module, "saved")
    >>> TFSMLayer("saved")(tf.constant([1.0, 2.0])).numpy()
    array([2., 4.], dtype=float32)
    """

    def __init__(
        self,
        filepath: PathLike,
        call_endpoint: str = "serve",
        call_training_endpoint=None,
        trainable: bool = True,
        name: str | None = None,
        dtype: DTypeLike | None = None,
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

    def call(self, inputs: TensorLike, training: bool | None = False, **kwargs):
        function = self._training_function if training else self._function
        if isinstance(inputs, dict) and hasattr(function, "structured_input_signature"):
            return function(**inputs, **kwargs)
        return function(inputs, **kwargs)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "filepath": self.filepath,
            "call_endpoint": self.call_endpoint,
            "call_training_endpoint": self.call_training_endpoint,
        }

    @classmethod
    def from_config(
        cls,
        config: Config,
        custom_objects: CustomObjects | None = None,
        safe_mode: bool | None = None,
    ):
        """Load the folder that a config names.

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

"""Saving, copying, exporting and checkpointing of models."""

import warnings
from typing import Any

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.scratch import output_specs
from tfk.engine.training.first_batch import prepare_loaded
from tfk.engine.training.trainer import Trainer
from tfk.optimizers.tf_optimizer import TFOptimizer
from tfk.saving import api as saving
from tfk.saving import copies
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.load_scopes import MISFITS
from tfk.saving.optimizer_configs import is_harmless
from tfk.saving.registry import UnknownName
from tfk.saving.signatures import exported_attributes
from tfk.typing import Config, PathLike
from tfk.utils.overrides import is_overridden
from tfk.utils.specs import open_spec
from tfk.utils.tensorflow_internals import deferred_values, restore_deferred
from tfk.utils.tracebacks import hide_internal_frames


class _SaveableMixin(Trainer, Layer):
    """Mixin that saves models to files and loads them."""

    @hide_internal_frames
    def save(self, filepath: PathLike, overwrite: bool = True, save_format=None, **kwargs) -> None:
        """Save architecture, weights, compile arguments and optimizer state.

        Args:
            filepath: Path; the extension selects the format: `.keras`, `.h5`, or a folder
                (SavedModel) without one.
            overwrite: Whether to replace an existing file without asking. Defaults to True.
            save_format: `"keras"`, `"h5"` or `"tf"` to override the extension. Defaults to None.
            **kwargs: Further arguments of the format, such as `include_optimizer`, `signatures` or
                `for_keras=3`, which writes a `.keras` file for Keras 3.
        """
        self._check_initialized()
        if not self.built:
            self._warn_unbuilt("the file")
        saving.save_model(self, filepath, overwrite=overwrite, save_format=save_format, **kwargs)

    @hide_internal_frames
    def save_weights(
        self,
        filepath: PathLike,
        overwrite: bool = True,
        save_format=None,
        options: Any = None,
        for_keras: int = 2,
    ):
        """Save only the weights: `.weights.h5`, `.h5`, or a TensorFlow checkpoint prefix.

        Args:
            filepath: Path of the file or prefix of the checkpoint.
            overwrite: Whether to replace an existing file without asking. Defaults to True.
            save_format: `"h5"` or `"tf"` to override the extension. Defaults to None.
            options: `tf.train.CheckpointOptions` for checkpoints. Defaults to None.
            for_keras: 3 writes a `.weights.h5` file for Keras 3. Defaults to 2.
        """
        saving.save_weights(self, filepath, overwrite, save_format, options, for_keras)

    @hide_internal_frames
    def load_weights(
        self,
        filepath: PathLike,
        skip_mismatch: bool = False,
        by_name: bool = False,
        options: Any = None,
    ):
        """Load weights from any format written by `save_weights` and `save`.

        Args:
            filepath: Path of the file or prefix of the checkpoint.
            skip_mismatch: Whether layers with other shapes keep their values instead of raising.
                Defaults to False.
            by_name: Whether to match layers by name instead of order (`.h5` only). Defaults to
                False.
            options: `tf.train.CheckpointOptions` for checkpoints. Defaults to None.
        """
        return saving.load_weights(
            self, filepath, skip_mismatch=skip_mismatch, by_name=by_name, options=options
        )

    @hide_internal_frames
    def to_json(self, **kwargs) -> str:
        """Return the architecture as a JSON string for `models.model_from_json`; `kwargs` go to
        `json.dumps`.
        """
        return saving.to_json(self, **kwargs)

    def to_yaml(self, **kwargs):
        """Not supported: reading YAML can run code. Use `to_json`."""
        raise RuntimeError("to_yaml was removed, since reading YAML can run code. Use to_json().")

    @hide_internal_frames
    def export(self, filepath: PathLike, **kwargs):
        """Write the forward pass as a SavedModel for serving; see `tfk.export`."""
        return saving.export_model(self, filepath, **kwargs)

    def __reduce__(self):
        """Pickle config, values and assets; custom functions and classes by reference."""
        return copies.rebuild, (copies.take(self),)

    def __deepcopy__(self, memo):
        return copies.deep_copy(self, memo)

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        """Return the objects TensorFlow checkpoints find below the model, under Keras 2's names for
        layers.
        """
        children = super()._trackable_children(save_type, **kwargs)
        if self._numbers_layers:
            children.update(_numbered(self.layers))
        if save_type == "savedmodel":
            children.update(exported_attributes(self))
        return children

    def _lookup_dependency(self, name, cached_dependencies=None):
        found = super()._lookup_dependency(name, cached_dependencies)
        if found is None and name.startswith("layer") and self._numbers_layers:
            found = _numbered(self.layers).get(name)
        return found

    @property
    def _numbers_layers(self):
        """Whether checkpoints refer to layers by index."""
        return self._graph is not None

    def _restore_new_layers(self):
        """Restore layers added after a checkpoint was restored into this model."""
        deferred = deferred_values(self)
        if deferred and self._numbers_layers:
            for name, layer in _numbered(self.layers).items():
                if name in deferred:
                    restore_deferred(self, name, layer)

    def save_spec(self, dynamic_batch: bool = True):
        """Return `(args, kwargs)` of type specs of the first call; None before."""
        if self._graph is not None:
            specs = tf.nest.map_structure(
                lambda tensor: tensor.type_spec, self._graph.nested_inputs
            )
        else:
            specs = self._called_specs
        if specs is None:
            return None
        if dynamic_batch:
            specs = tf.nest.map_structure(
                lambda spec: open_spec(spec, name=getattr(spec, "name", None)), specs
            )
        return (specs,), {}

    def build_on_specs(self, specs):
        """Creates the weights by tracing `call` on inputs of these type specs, a nest of them."""
        output_specs(self, specs)

    def get_compile_config(self):
        """Return the arguments of `compile` as plain data; None for a model that was not
        compiled.
        """
        arguments = self._compile_arguments
        if not self._is_compiled or not arguments:
            return None
        if isinstance(self.optimizer, TFOptimizer):
            warnings.warn(
                f"{layer_title(self)} is saved without its compile settings: optimizers of"
                " TensorFlow 1 have no config. Call compile() after loading."
            )
            return None
        return serialize_keras_object(arguments)

    def compile_from_config(self, config: Config):
        """Compile the model from the result of `get_compile_config` and create the optimizer's
        variables.
        """
        if is_overridden(type(self), "compile", Trainer):
            warnings.warn(
                f"{layer_title(self)} overrides compile(), so it is not compiled on loading. Call"
                " compile() again, or define get_compile_config and compile_from_config.",
                stacklevel=2,
            )
            return
        arguments = {key: value for key, value in config.items() if key != "optimizer"}
        try:
            optimizer = deserialize_keras_object(config.get("optimizer"))
        except (*MISFITS, ValueError) as error:
            if isinstance(error, UnknownName) and not is_harmless(config["optimizer"]):
                raise
            warnings.warn(
                f"{layer_title(self)} is loaded without its optimizer and not compiled, because the"
                f" optimizer cannot be read: {error} Or call compile() again.",
                stacklevel=2,
            )
            return
        self.compile(optimizer, **deserialize_keras_object(arguments), from_serialized=True)
        if self.built and self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)
        prepare_loaded(self)


def _numbered(layers):
    """Return layers by index, among all layers and among those with weights."""
    numbered = {f"layer-{number}": layer for number, layer in enumerate(layers)}
    with_weights = [layer for layer in layers if _counts_as_weighted(layer)]
    return {
        **{f"layer_with_weights-{number}": layer for number, layer in enumerate(with_weights)},
        **numbered,
    }


def _counts_as_weighted(layer):
    """Whether a layer has weights, or a vocabulary to learn, which Keras 2 counts as one."""
    try:
        has_weights = bool(layer.weights)
    except ValueError:  # a model that was not built has none yet
        has_weights = False
    return has_weights or any(inner._learns_vocabulary for inner in layer._flatten_layers())

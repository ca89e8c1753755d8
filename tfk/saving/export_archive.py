"""ExportArchive: builds a SavedModel from models and functions, for serving."""

import os
import re

import tensorflow as tf

from tfk.saving.signatures import SERVING_DEFAULT, serving_function, stated_signatures
from tfk.utils.atomic import replacing_folder
from tfk.utils.tensorflow_internals import AutoTrackable, Trackable, concrete_functions

# Files in a SavedModel folder, including those of other releases and of Keras.
SAVED_MODEL_PARTS = (
    "saved_model.pb",
    "saved_model.pbtxt",
    "saved_model.cpb",
    "fingerprint.pb",
    "keras_metadata.pb",
    "variables",
    "assets",
    "assets.extra",
    "debug",
)


class ExportArchive:
    """Builder of a SavedModel for serving: endpoints and the resources they use.

    The artifact holds the forward pass alone: no optimizer, no loss, nothing that needs tfk to
        load.

    >>> import tfk
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(3,))])
    >>> archive = ExportArchive()
    >>> archive.track(model)
    >>> _ = archive.add_endpoint("serve", model.call, [tf.TensorSpec((None, 3))])
    >>> archive.endpoints()
    ['serve']
    """

    def __init__(self):
        self._root = AutoTrackable()
        self._root.tracked = []
        self._signatures = {}

    def track(self, resource):
        """Add a model, layer or other trackable (a lookup table, a tf.Module) to the artifact.

        Raises: ValueError for anything that TensorFlow cannot track, or a model that has not been
            built.
        """
        if not isinstance(resource, Trackable):
            raise ValueError(
                "ExportArchive.track: expected a model, layer or tf.Module, got"
                f" {type(resource).__name__}."
            )
        if getattr(resource, "built", True) is False:
            raise ValueError(
                f"ExportArchive.track: {resource.name!r} has not been built. Call it on data first."
            )
        self._root.tracked.append(resource)

    def add_endpoint(self, name, fn, input_signature=None):
        """Add a function that can be called once the artifact has been loaded.

        Args:
            name: Name of the endpoint, an identifier.
            fn: Function of tensors, or a `tf.function`.
            input_signature: List of `tf.TensorSpec` (nests of them for nested inputs), one an
                argument. May be left out for a `tf.function` that has been called. Defaults to
                None.

        Returns: The concrete function.
        Raises: ValueError if the name is taken or no signature is known.
        """
        if name in self._signatures:
            raise ValueError(f"ExportArchive: there is an endpoint {name!r} already.")
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            raise ValueError(
                f"ExportArchive: {name!r} is not a valid endpoint name (an identifier)."
            )
        if input_signature is not None:
            function = tf.function(
                getattr(fn, "python_function", fn), input_signature=input_signature, autograph=False
            )
            concrete = function.get_concrete_function()
        elif hasattr(fn, "get_concrete_function"):
            function = fn
            known = concrete_functions(fn)
            if not known:
                raise ValueError(
                    f"ExportArchive: the tf.function for {name!r} was never called. Pass"
                    " input_signature."
                )
            concrete = known[0]
        else:
            raise ValueError(
                f"ExportArchive: endpoint {name!r} is a plain function. Pass input_signature."
            )
        self._add(name, function, concrete)
        return concrete

    def add_model(self, name, model, strict=True):
        """Add a model's forward pass under its input and output names; `strict` as in
        `serving_function`.
        """
        self.track(model)
        self._add(name, *serving_function(model, strict))

    def add_concrete(self, name, function):
        """Add a `tf.function` or concrete function whose inputs and outputs have their final
        names.
        """
        concrete = (
            function if isinstance(function, tf.types.experimental.ConcreteFunction) else None
        )
        self._add(name, function, concrete or function.get_concrete_function())

    def _add(self, name, function, concrete):
        setattr(self._root, name, function)
        self._signatures[name] = concrete

    def add_variable_collection(self, name, variables):
        """Add variables under a separate name, for users of the artifact."""
        variables = list(variables)
        if not all(isinstance(variable, tf.Variable) for variable in variables):
            raise ValueError(f"ExportArchive: collection {name!r} must hold variables only.")
        setattr(self._root, name, variables)

    def add_attributes(self, attributes):
        """Add functions and lists of variables as attributes of the loaded object."""
        for name, value in attributes.items():
            setattr(self._root, name, value)

    def endpoints(self):
        """Return the names of the endpoints added so far."""
        return list(self._signatures)

    def write_out(self, filepath, options=None):
        """Write the SavedModel to the directory `filepath`, which is replaced as a whole.

        Args:
            filepath: Directory.
            options: `tf.saved_model.SaveOptions`. Defaults to None.

        Raises: ValueError if there is no endpoint.
        """
        if not self._signatures:
            raise ValueError(
                "ExportArchive: there is nothing to export. Add an endpoint with add_endpoint"
                " first."
            )
        with replacing_folder(filepath, SAVED_MODEL_PARTS) as temporary:
            self.write_into(temporary, options)

    def write_into(self, folder, options=None):
        """Write the SavedModel into an existing folder."""
        signatures = dict(self._signatures)
        if SERVING_DEFAULT not in signatures:
            signatures[SERVING_DEFAULT] = next(iter(signatures.values()))
        with stated_signatures():
            tf.saved_model.save(
                self._root, os.fspath(folder), signatures=signatures, options=options
            )

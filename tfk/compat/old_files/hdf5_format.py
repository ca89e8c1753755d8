"""`keras.saving.hdf5_format`: weights of a list of layers in an HDF5 group."""

from tfk.saving import hdf5_file, hdf5_weights
from tfk.saving.json_format import KERAS_VERSION


class _LayerList:
    """Layers that are no model, with what the reader of weights asks a model for."""

    name = "layers"

    def __init__(self, layers):
        self.layers = list(layers)

    def _own_variables(self, trainable):
        return []

    def _flatten_layers(self):
        return [inner for layer in self.layers for inner in layer._flatten_layers()]


def save_weights_to_hdf5_group(f, layers):
    """Write the weights of layers (or of a model) into an HDF5 group."""
    hdf5_weights.write_group(f, getattr(layers, "layers", layers), KERAS_VERSION)


def load_weights_from_hdf5_group(f, layers):
    """Read the weights of layers from an HDF5 group, in order."""
    hdf5_weights.read_model(f, _LayerList(getattr(layers, "layers", layers)))


def load_weights_from_hdf5_group_by_name(f, layers, skip_mismatch=False, reshape=False):
    """Read the weights of layers from an HDF5 group, by name."""
    layers = _LayerList(getattr(layers, "layers", layers))
    hdf5_weights.read_model(f, layers, by_name=True, skip_mismatch=skip_mismatch)


def preprocess_weights_for_loading(layer, weights, *args, **kwargs):
    """Return the weights as they are: files of all versions are read by `load_weights`."""
    return weights


def save_attributes_to_hdf5_group(group, name, data):
    """Write a list of names as an attribute, in parts if it is long."""
    hdf5_weights.write_names(group, name, data)


def load_attributes_from_hdf5_group(group, name):
    """Read what `save_attributes_to_hdf5_group` wrote."""
    return hdf5_file.read_names(group, name)

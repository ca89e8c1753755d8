"""`keras.engine` and its files: classes beneath layers and models, and helpers of weight files."""

from tfk.compat.old_files.hdf5_format import (
    load_weights_from_hdf5_group,
    load_weights_from_hdf5_group_by_name,
    preprocess_weights_for_loading,
    save_weights_to_hdf5_group,
)
from tfk.engine.graph.source_inputs import get_source_inputs
from tfk.engine.graph.tf_ops import TFOpLambda
from tfk.engine.layer.node import Node
from tfk.engine.model.model import Model

Network = Container = Model  # Keras 2.0 to 2.3
TensorFlowOpLayer = TFOpLambda  # TensorFlow 2.1 to 2.3; tensorflow-model-optimization lists it

__all__ = [
    "Container",
    "Network",
    "Node",
    "TensorFlowOpLayer",
    "get_source_inputs",
    "load_weights_from_hdf5_group",
    "load_weights_from_hdf5_group_by_name",
    "preprocess_weights_for_loading",
    "save_weights_to_hdf5_group",
]

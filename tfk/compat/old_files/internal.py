"""`keras.__internal__`: what Keras 2 offered to TensorFlow Probability, Agents and Addons."""

from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import SymbolicTensor
from tfk.layers.attention.dense_attention import DenseAttention
from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.reduction import compute_weighted_loss
from tfk.optimizers.convert import convert_to_legacy_optimizer
from tfk.utils.specs import register_tensor_like

KerasTensor = RaggedKerasTensor = SparseKerasTensor = SymbolicTensor
BaseRandomLayer = Layer  # random state is found in any layer
BaseDenseAttention = DenseAttention


def register_symbolic_tensor_type(cls):
    """Make values of a class, such as distributions, outputs of layers of functional models."""
    register_tensor_like(cls)


def apply_name_scope_on_model_declaration(enable):
    """Nothing to do: variables of layers carry the name scope in which they are created."""


def track_variable(variable):
    """Nothing to do: variables are tracked by the objects that hold them."""


def initialize_variables(session):
    """Nothing to do: variables have their values when they are created."""


__all__ = [
    "BaseDenseAttention",
    "BaseRandomLayer",
    "KerasTensor",
    "LossFunctionWrapper",
    "RaggedKerasTensor",
    "SparseKerasTensor",
    "apply_name_scope_on_model_declaration",
    "compute_weighted_loss",
    "convert_to_legacy_optimizer",
    "initialize_variables",
    "register_symbolic_tensor_type",
    "track_variable",
]

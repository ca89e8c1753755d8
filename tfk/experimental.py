"""`tfk.experimental`, for compatibility with Keras 2."""

from tfk.callbacks.sidecar_evaluator import SidecarEvaluator
from tfk.layers.feature_column.sequence_features import SequenceFeatures
from tfk.models.linear_model import LinearModel
from tfk.models.wide_deep_model import WideDeepModel
from tfk.optimizers.schedules import CosineDecay, CosineDecayRestarts

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "LinearModel",
    "SequenceFeatures",
    "SidecarEvaluator",
    "WideDeepModel",
]

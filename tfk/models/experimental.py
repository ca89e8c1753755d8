"""`tfk.models.experimental`, for compatibility with Keras 2."""

from tfk.models.sharpness_aware_minimization import SharpnessAwareMinimization

__all__ = ["SharpnessAwareMinimization"]

"""`tfk.models.experimental`, as Keras 2 has it."""

from tfk.models.sharpness_aware_minimization import SharpnessAwareMinimization

__all__ = ["SharpnessAwareMinimization"]

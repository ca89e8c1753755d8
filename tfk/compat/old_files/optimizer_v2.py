"""`keras.optimizer_v2`: optimizers as they were before Keras 2.11."""

from tfk.optimizers.legacy import Optimizer

OptimizerV2 = Optimizer

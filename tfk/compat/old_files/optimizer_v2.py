"""`keras.optimizer_v2`: the optimizers before Keras 2.11."""

from tfk.optimizers.legacy import Optimizer

OptimizerV2 = Optimizer

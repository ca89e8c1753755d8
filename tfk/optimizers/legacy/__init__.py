"""Optimizers with the interface from before Keras 2.11, for programs, packages and files of that
time.
"""

from tfk.optimizers.legacy.adadelta import Adadelta
from tfk.optimizers.legacy.adagrad import Adagrad
from tfk.optimizers.legacy.adam import Adam
from tfk.optimizers.legacy.adamax import Adamax
from tfk.optimizers.legacy.ftrl import Ftrl
from tfk.optimizers.legacy.nadam import Nadam
from tfk.optimizers.legacy.optimizer import Optimizer
from tfk.optimizers.legacy.rmsprop import RMSprop
from tfk.optimizers.legacy.sgd import SGD

__all__ = [
    "Adadelta",
    "Adagrad",
    "Adam",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "SGD",
]

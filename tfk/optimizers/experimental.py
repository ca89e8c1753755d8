"""The same classes under their names in Keras 2.9 and 2.10."""

from tfk.optimizers.adadelta import Adadelta
from tfk.optimizers.adafactor import Adafactor
from tfk.optimizers.adagrad import Adagrad
from tfk.optimizers.adam import Adam
from tfk.optimizers.adamax import Adamax
from tfk.optimizers.adamw import AdamW
from tfk.optimizers.ftrl import Ftrl
from tfk.optimizers.nadam import Nadam
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.rmsprop import RMSprop
from tfk.optimizers.sgd import SGD

__all__ = [
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "SGD",
]

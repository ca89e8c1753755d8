"""Optimizers: how variables change by their gradients."""

from tfk.optimizers import schedules
from tfk.optimizers.adam import Adam
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.resolve import deserialize, get, serialize
from tfk.optimizers.rmsprop import RMSprop
from tfk.optimizers.sgd import SGD

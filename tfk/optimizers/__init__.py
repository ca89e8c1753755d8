"""Optimizers: update rules that train variables by their gradients."""

from tfk.optimizers import experimental, legacy, schedules
from tfk.optimizers.adadelta import Adadelta
from tfk.optimizers.adafactor import Adafactor
from tfk.optimizers.adagrad import Adagrad
from tfk.optimizers.adam import Adam
from tfk.optimizers.adamax import Adamax
from tfk.optimizers.adamw import AdamW
from tfk.optimizers.ftrl import Ftrl
from tfk.optimizers.lion import Lion
from tfk.optimizers.nadam import Nadam
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.resolve import deserialize, get, serialize
from tfk.optimizers.rmsprop import RMSprop
from tfk.optimizers.sgd import SGD

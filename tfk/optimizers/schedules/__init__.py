"""Learning rate schedules."""

from tfk.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts, OneCycle
from tfk.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from tfk.optimizers.schedules.schedule import LearningRateSchedule, deserialize, serialize

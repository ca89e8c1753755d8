"""Learning rates that change with the number of updates."""

from tfk.optimizers.schedules.schedule import LearningRateSchedule, deserialize, serialize

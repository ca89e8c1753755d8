"""`tfk.utils.experimental`, as Keras 2 has it."""

from tfk.utils.dataset_creator import DatasetCreator

__all__ = ["DatasetCreator"]

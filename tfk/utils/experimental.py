"""`tfk.utils.experimental`, for compatibility with Keras 2."""

from tfk.utils.dataset_creator import DatasetCreator

__all__ = ["DatasetCreator"]

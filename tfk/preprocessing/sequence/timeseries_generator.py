"""`TimeseriesGenerator`: batches of windows over a time series."""

import json

import numpy as np

from tfk.typing import Config
from tfk.utils.sequence import Sequence


class TimeseriesGenerator(Sequence):
    """Sequence of windows over a time series, each with the target of the step that follows it.

    `timeseries_dataset_from_array` does the same in a graph, and faster.

    Args:
        data: The series; its first axis is time.
        targets: Targets by step, as many as `data` has.
        length: Steps per window.
        sampling_rate: Steps between two samples of a window. Defaults to 1.
        stride: Steps between the starts of two windows. Defaults to 1.
        start_index: Index of the first step to use. Defaults to 0.
        end_index: Index of the last step to use; None for the last one. Defaults to None.
        shuffle: Whether each batch draws its windows at random. Defaults to False.
        reverse: Whether windows are in reverse order. Defaults to False.
        batch_size: Windows per batch. Defaults to 128.

    Raises: ValueError if the lengths differ or no window fits.
    >>> batches = TimeseriesGenerator(np.arange(6), np.arange(6) * 10, length=2, batch_size=3)
    >>> batches[0]
    (array([[0, 1],
           [1, 2],
           [2, 3]]), array([20, 30, 40]))
    """

    def __init__(
        self,
        data,
        targets,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index=None,
        shuffle: bool | str = False,
        reverse: bool = False,
        batch_size: int | None = 128,
    ):
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: expected a target for each of the {len(data)} steps, got"
                f" {len(targets)}."
            )
        self.data, self.targets = data, targets
        self.length, self.sampling_rate, self.stride = length, sampling_rate, stride
        self.start_index = start_index + length  # the first step that has a whole window before it
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: no window of {length} steps fits between"
                f" start_index={start_index} and the last step, {self.end_index}."
            )

    def __len__(self):
        steps = self.batch_size * self.stride
        return (self.end_index - self.start_index + steps) // steps

    def __getitem__(self, index):
        if self.shuffle:
            ends = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            last = min(first + self.batch_size * self.stride, self.end_index + 1)
            ends = np.arange(first, last, self.stride)
        windows = np.array(
            [self.data[end - self.length : end : self.sampling_rate] for end in ends]
        )
        targets = np.array([self.targets[end] for end in ends])
        return (windows[:, ::-1] if self.reverse else windows), targets

    def get_config(self) -> Config:
        """Return the arguments as a dict, `data` and `targets` as JSON strings."""
        return {
            "data": _as_json("data", self.data),
            "targets": _as_json("targets", self.targets),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    def to_json(self, **kwargs) -> str:
        """Return the generator as a JSON string; `kwargs` go to `json.dumps`."""
        return json.dumps(
            {"class_name": type(self).__name__, "config": self.get_config()}, **kwargs
        )


def _as_json(name, values):
    try:
        return json.dumps(
            values.tolist() if isinstance(values, (np.ndarray, np.generic)) else values
        )
    except TypeError as error:
        raise TypeError(
            f"TimeseriesGenerator: {name} cannot be written as JSON: {error}"
        ) from error

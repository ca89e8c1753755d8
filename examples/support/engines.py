"""Series of an engine's sound to classify: made ones, or those of a file."""

import pathlib
import typing

import numpy as np


class Series(typing.NamedTuple):
    """Series with their classes."""

    values: np.ndarray  # (count, length, 1) float32, each with mean 0 and deviation 1
    labels: np.ndarray  # (count,) int32, from 0


def standardized(values, labels):
    """Series that are all equally loud."""
    values = values - values.mean(1, keepdims=True)
    values = values / values.std(1, keepdims=True)
    return Series(values[..., np.newaxis].astype("float32"), labels.astype("int32"))


def make_engine(rng, length, faulty):
    """The sound of an engine at a changing speed; a faulty one also rattles for a moment once a
    turn.
    """
    speed = rng.uniform(0.03, 0.06) * (
        1 + 0.2 * np.sin(np.linspace(0, rng.uniform(1, 5), length) + rng.uniform(0, 6))
    )
    turn = np.cumsum(speed) + rng.uniform(0, 6)
    sound = np.sin(2 * np.pi * turn) + 0.5 * np.sin(4 * np.pi * turn + rng.uniform(0, 6))
    sound += 0.5 * np.sin(2 * np.pi * rng.uniform(0.15, 0.3) * np.arange(length))  # a fan
    if faulty:
        rattle = np.exp(-12 * ((turn + rng.uniform()) % 1.0))  # strikes, then dies away
        sound += rng.uniform(1.5, 2.5) * rattle * np.cos(2 * np.pi * 0.4 * np.arange(length))
    return sound + rng.normal(0, 0.4, length)


def make_engines(count, length, seed):
    """Sounds of engines, every second one faulty (class 1)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return standardized(np.array([make_engine(rng, length, label) for label in labels]), labels)


def read_table(path):
    """Series from a text file with a series a line: its class, then its values, in the order of the
    UCR archive.
    """
    table = np.loadtxt(path)
    _, labels = np.unique(table[:, 0], return_inverse=True)
    return standardized(table[:, 1:], labels)


def load_engines(data=None, count=1200, length=256):
    """Series to learn from and series to be tested on.

    Args:
        data: None for made ones, or a folder such as `FordA` of the UCR archive, with one file
            whose name ends in `_TRAIN.tsv` and one whose name ends in `_TEST.tsv`.
        count: Number of made series to learn from; half as many are for the test.
        length: Number of values in a made series.
    """
    if data is None:
        return make_engines(count, length, seed=1), make_engines(count // 2, length, seed=2)
    files = [sorted(pathlib.Path(data).glob(f"*_{part}.tsv")) for part in ("TRAIN", "TEST")]
    if not all(files):
        raise SystemExit(f"{data}: expected a file *_TRAIN.tsv and a file *_TEST.tsv")
    return [read_table(found[0]) for found in files]

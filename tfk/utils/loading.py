"""Budget of a load: how much a file may make this process allocate and do.

A load opens one budget. Whatever a file asks for is reserved there before it is allocated, so that
a small file cannot exhaust the machine. Outside of a load nothing is limited.
"""

import contextlib
import dataclasses
import math
import threading
import time

# Weights are sometimes stored compressed. Sparse ones shrink by a factor of ten or so.
EXPANSION = 100
SECONDS_PER_CONFIG_BYTE = 1e-5
JSON_VALUE_ELEMENTS = 32  # what a value in JSON takes in memory as a Python object, about


@dataclasses.dataclass(frozen=True)
class LoadLimits:
    """How much one load may use.

    Attributes:
        bytes: Bytes of weights and assets, besides 100 times the size of the file.
        elements: Numbers that settings ask for rather than the file holds: initial weights of a
            bare architecture, state of metrics and of stateful layers, tables.
        objects: Objects and arrays in JSON, and files in an archive.
        seconds: Processor time, besides 10 seconds per megabyte of config.
    """

    bytes: int = 2**28
    elements: int = 2**28
    objects: int = 2**20
    seconds: float = 10.0


class LoadLimitError(ValueError):
    """A file asks for more than a load may use."""


class _State(threading.local):
    def __init__(self):
        self.limits = LoadLimits()
        self.budget = None  # of the load that is running, None outside of one
        self.weights_follow = False


_state = _State()


@contextlib.contextmanager
def load_limits(bytes=None, elements=None, objects=None, seconds=None):
    """Context in which loads may use more, or less, than by default.

    Args:
        bytes: Bytes of weights and assets, besides 100 times the size of the file (2**28).
        elements: Numbers that settings ask for rather than the file holds, such as the initial
            weights of a bare architecture (2**28).
        objects: Objects and arrays in JSON, and files in an archive (2**20).
        seconds: Processor time, besides 10 seconds per megabyte of config (10).

    `math.inf` means no limit. What is left out stays as it is.

    >>> with load_limits(elements=2**32, seconds=600):
    ...     pass  # models.model_from_json(...)
    """
    given = {"bytes": bytes, "elements": elements, "objects": objects, "seconds": seconds}
    given = {name: limit for name, limit in given.items() if limit is not None}
    for name, limit in given.items():
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit > 0:
            raise ValueError(
                f"load_limits: expected {name} to be a positive number, got {limit!r}."
            )
    outer = _state.limits
    _state.limits = dataclasses.replace(outer, **given)
    try:
        yield
    finally:
        _state.limits = outer


class _Budget:
    """What is left of the limits of one load."""

    def __init__(self, limits, file_size):
        self.left = {
            "bytes": limits.bytes + EXPANSION * file_size,
            "elements": limits.elements + file_size,
            "objects": limits.objects,
        }
        self.deadline = time.thread_time() + limits.seconds

    def reserve(self, what, **amounts):
        for name, amount in amounts.items():
            self.left[name] -= amount
            if self.left[name] < 0:
                raise LoadLimitError(
                    f"{what} takes {amount:,} {name}, more than the limit of a load leaves"
                    f" ({max(self.left[name] + amount, 0):,}). The file is corrupt or was tampered"
                    f" with. If you trust it, load it within `with"
                    f" tfk.saving.load_limits({name}=...):`."
                )

    def check_time(self, seconds=0.0):
        if time.thread_time() + seconds > self.deadline:
            raise LoadLimitError(
                "Loading takes longer than files of this size should. If you trust the file, load"
                " it within `with tfk.saving.load_limits(seconds=...):`."
            )


@contextlib.contextmanager
def load_budget(file_size=0):
    """Context of a load; one that is opened inside another uses the budget of the outer one."""
    outer = _state.budget
    _state.budget = outer or _Budget(_state.limits, file_size)
    try:
        yield
    finally:
        _state.budget = outer


@contextlib.contextmanager
def no_budget():
    """Context in which nothing is limited: copies of live objects."""
    outer, _state.budget = _state.budget, None
    try:
        yield
    finally:
        _state.budget = outer


def reserve(what, **amounts):
    """Takes `bytes`, `elements` or `objects` out of the budget of the load that is running.

    Args:
        what: What they are for, the beginning of a sentence.
        **amounts: How many of each.

    Raises: LoadLimitError, a ValueError, if that is more than is left.
    """
    if _state.budget is not None:
        _state.budget.reserve(what, **amounts)


def check_time(seconds=0.0):
    """Raises LoadLimitError if the load takes too long, or will with `seconds` more."""
    if _state.budget is not None:
        _state.budget.check_time(seconds)


def allow_config(size):
    """Adds the time that reading a config of `size` bytes may take."""
    if _state.budget is not None:
        _state.budget.deadline += size * SECONDS_PER_CONFIG_BYTE


@contextlib.contextmanager
def weights_follow():
    """Layers built inside start at zero: it saves time and memory, and draws no random numbers."""
    outer, _state.weights_follow = _state.weights_follow, True
    try:
        yield
    finally:
        _state.weights_follow = outer


def do_weights_follow():
    """True inside `weights_follow`."""
    return _state.weights_follow


def reserve_variable(what, shape, item_size, is_stored=False):
    """Reserves a variable that is about to be created while a file is loaded.

    Args:
        what: What it is, the beginning of a sentence.
        shape: Its shape.
        item_size: Bytes of an element.
        is_stored: Whether its values are in the file.
    """
    if _state.budget is None:
        return
    check_time()
    elements = math.prod(size or 0 for size in shape)
    if is_stored:
        reserve(f"{what} of shape {tuple(shape)}", bytes=elements * item_size)
    else:
        reserve(f"{what} of shape {tuple(shape)}", elements=elements)

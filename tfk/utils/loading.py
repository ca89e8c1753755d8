"""Resource budget of a load: how much a file may make this process allocate and do.

A load opens a budget. Allocations requested by a file are reserved first, so that a small file
cannot exhaust the machine. Outside a load nothing is limited.
"""

import contextlib
import dataclasses
import math
import time

from tfk.utils.load_context import changed, context
from tfk.utils.naming import printable_errors

# Weights are sometimes stored compressed, sparse ones by a factor of about ten.
EXPANSION = 100
SECONDS_PER_CONFIG_BYTE = 1e-5
JSON_VALUE_ELEMENTS = 32  # approximate memory per JSON value as a Python object


@dataclasses.dataclass(frozen=True)
class LoadLimits:
    """Resource limits of one load.

    Attributes:
        bytes: Bytes of weights and assets, in addition to 100 times the size of the file.
        elements: Numbers required by the config but not stored in the file: initial weights of a
            bare architecture, state of metrics and of stateful layers, tables.
        objects: Objects and arrays in JSON, and files in an archive.
        seconds: Processor time, in addition to 10 seconds per megabyte of config.
    """

    bytes: int = 2**28
    elements: int = 2**28
    objects: int = 2**20
    seconds: float = 10.0


class LoadLimitError(ValueError):
    """A file requires more resources than a load may use."""


def load_limits(bytes=None, elements=None, objects=None, seconds: float | None = None):
    """Context that changes the resource limits of loads.

    Args:
        bytes: Bytes of weights and assets, in addition to 100 times the size of the file (2**28).
            Defaults to None.
        elements: Numbers required by the config but not stored in the file, such as the initial
            weights of a bare architecture (2**28). Defaults to None.
        objects: Objects and arrays in JSON, and files in an archive (2**20). Defaults to None.
        seconds: Processor time, in addition to 10 seconds per megabyte of config (10). Defaults to
            None.
    Raises: ValueError if a limit is not positive.

    `math.inf` means no limit, None keeps the limit.

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
    return changed(limits=dataclasses.replace(context.limits or LoadLimits(), **given))


class _Budget:
    """Remaining resources of one load."""

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
    """Context of a load; a nested one uses the budget of the outer one.

    Errors that leave it may contain names from the file, but nothing that a terminal would act on.
    """
    budget = context.budget or _Budget(context.limits or LoadLimits(), file_size)
    with changed(budget=budget), printable_errors():
        yield


def no_budget():
    """Context without limits: copies of live objects."""
    return changed(budget=None)


def reserve(what, **amounts):
    """Take `bytes`, `elements` or `objects` from the budget of the current load.

    Args:
        what: Purpose, the beginning of a sentence.
        **amounts: Amount of each.

    Raises: LoadLimitError, a ValueError, if the budget is exceeded.
    """
    if context.budget is not None:
        context.budget.reserve(what, **amounts)


def check_time(seconds=0.0):
    """Raise LoadLimitError if the load takes too long, or will with `seconds` more."""
    if context.budget is not None:
        context.budget.check_time(seconds)


def allow_config(size):
    """Add the time allowed for reading a config of `size` bytes."""
    if context.budget is not None:
        context.budget.deadline += size * SECONDS_PER_CONFIG_BYTE


def weights_follow():
    """Context in which layers are built with zeros, as their weights are loaded later."""
    return changed(weights_follow=True)


def do_weights_follow():
    """Return True inside `weights_follow`."""
    return context.weights_follow


def reserve_variable(what, shape, item_size, is_stored=False):
    """Reserve a variable that is about to be created while a file is loaded.

    Args:
        what: Purpose, the beginning of a sentence.
        shape: Its shape.
        item_size: Bytes per element.
        is_stored: Whether its values are in the file. Defaults to False.
    """
    if context.budget is None:
        return
    check_time()
    elements = math.prod(size or 0 for size in shape)
    if is_stored:
        reserve(f"{what} of shape {tuple(shape)}", bytes=elements * item_size)
    else:
        reserve(f"{what} of shape {tuple(shape)}", elements=elements)

"""Which way a monitored quantity gets better, and reading it from the logs."""

import warnings

import numpy as np

BETTER = {"min": np.less, "max": np.greater}
WORST = {"min": np.inf, "max": -np.inf}


def resolve_mode(owner, monitor, mode="auto", model=None):
    """Says whether the smaller (`"min"`) or the larger (`"max"`) value of `monitor` is better.

    In mode `"auto"` the metric of that name in `model` decides by its `higher_is_better`; without
    one, names that contain `acc`, end in `auc` or start with `fmeasure` rise and everything else
    falls.

    Args:
        owner: The object to name in the warning about an unknown mode.
        monitor: Name of the quantity, with `val_` for validation.
        mode: `"auto"`, `"min"` or `"max"`.
        model: The model whose metrics are looked up, or None.
    """
    if mode in BETTER:
        return mode
    if mode != "auto":
        warnings.warn(
            f"{type(owner).__name__}: expected mode to be 'auto', 'min' or 'max', got {mode!r}; "
            "going on with 'auto'."
        )
    name = monitor.removeprefix("val_")
    for metric in getattr(model, "metrics", None) or ():
        rising = getattr(metric, "higher_is_better", None)
        if rising is not None and metric.name == name:
            return "max" if rising else "min"
    rises = "acc" in name or name.endswith("auc") or name.startswith("fmeasure")
    return "max" if rises else "min"


def read_monitor(owner, monitor, logs):
    """The value of `monitor` in `logs`, or None with a warning that lists the names there are."""
    value = (logs or {}).get(monitor)
    if value is None:
        names = ", ".join(repr(name) for name in logs or ()) or "none"
        hint = (
            " Pass validation_data to fit to get val_ names." if monitor.startswith("val_") else ""
        )
        warnings.warn(
            f"{type(owner).__name__}: monitor={monitor!r} is not among the logs of this epoch"
            f" ({names}), so nothing was decided.{hint}"
        )
    return value

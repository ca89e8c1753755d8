"""Direction of improvement of a monitored quantity, and its value in the logs."""

import warnings

import numpy as np

from tfk.utils.suggestions import nearest

BETTER = {"min": np.less, "max": np.greater}
WORST = {"min": np.inf, "max": -np.inf}


def resolve_mode(owner, monitor, mode="auto", model=None):
    """Return whether smaller (`"min"`) or larger (`"max"`) values of `monitor` are better.

    In mode `"auto"` the `higher_is_better` of the metric of that name in `model` decides; without
    one, names that contain `acc`, end in `auc` or start with `fmeasure` are maximized and all
    others minimized.

    Args:
        owner: Object named in the warning about an unknown mode.
        monitor: Name of the quantity, with the prefix `val_` for validation.
        mode: `"auto"`, `"min"` or `"max"`. Defaults to `"auto"`.
        model: Model whose metrics are looked up. Defaults to None.
    """
    if mode in BETTER:
        return mode
    if mode != "auto":
        warnings.warn(
            f"{type(owner).__name__}: expected mode to be 'auto', 'min' or 'max', got {mode!r}; "
            "using 'auto'."
        )
    name = monitor.removeprefix("val_")
    for metric in getattr(model, "metrics", None) or ():
        rising = getattr(metric, "higher_is_better", None)
        if rising is not None and metric.name == name:
            return "max" if rising else "min"
    rises = "acc" in name or name.endswith("auc") or name.startswith("fmeasure")
    return "max" if rises else "min"


def read_monitor(owner, monitor, logs):
    """Return the value of `monitor` in `logs`, or None with a warning that lists the available
    names.
    """
    value = (logs or {}).get(monitor)
    if value is None:
        names = ", ".join(repr(name) for name in logs or ()) or "none"
        if monitor.startswith("val_") and not any(name.startswith("val_") for name in logs or ()):
            hint = " val_ values need validation_data in fit, and exist only when an epoch ends."
        else:
            close = nearest(monitor, logs or ())
            hint = f" Did you mean {close!r}?" if close else ""
        warnings.warn(
            f"{type(owner).__name__}: monitor={monitor!r} is not among the logs of this epoch"
            f" ({names}), so nothing was decided.{hint}"
        )
    return value

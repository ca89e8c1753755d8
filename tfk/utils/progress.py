"""The progress bar."""

import os
import shutil
import sys
import time

import numpy as np

from tfk.utils.interactive_logging import is_interactive_logging_enabled, print_message

# More redraws than five a second are work for the terminal and nothing for the eye.
LEAST_INTERVAL = 0.2
TINY = 1e-3  # smaller averages are printed with an exponent


def on_terminal():
    """Whether standard output is a terminal, on which a line can be drawn again."""
    return bool(getattr(sys.stdout, "isatty", bool)())


def can_redraw():
    """Whether a moving bar can be shown: on a terminal or in a notebook, not in a file or a log."""
    return is_interactive_logging_enabled() and (
        on_terminal() or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
    )


class Progbar:
    """Shows how far a loop has come, how long it will take, and averages of what it measures.

    On a terminal or in a notebook the line is drawn again as the work goes on; elsewhere it is
    printed once, when the work is done.

    Args:
        target: Number of steps, or None while it is unknown.
        width: Width of the bar in characters.
        verbose: 0 shows nothing, 1 the bar, 2 one line at the end.
        interval: Least time between two redraws in seconds; at least 0.2 is kept.
        stateful_metrics: Names of the values that are shown as they are; others are averaged over
            steps.
        unit_name: What a step is called.
    >>> bar = Progbar(2, verbose=2)
    >>> bar.add(1, [("loss", 3.0)])
    """

    def __init__(
        self, target, width=30, verbose=1, interval=0.05, stateful_metrics=None, unit_name="step"
    ):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = max(interval, LEAST_INTERVAL)
        self.stateful_metrics = set(stateful_metrics or ())
        self.unit_name = unit_name
        self._sums = {}  # name -> (sum of values times steps, steps), in the order of first appearance
        self._seen = 0
        self._start = time.time()
        self._first = None  # (step, time) of the first update: what went before is setting up
        self._last_draw = 0.0
        self._drawn_width = 0

    def update(self, current, values=None, finalize=None):
        """Moves to step `current`.

        Args:
            current: Number of steps done.
            values: Pairs of name and value over the steps since the last update.
            finalize: Whether this is the end; None means when `current` has reached the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._accumulate(current, values or ())
        now = time.time()
        if self._first is None and current:
            self._first = (current, now)
        due = now - self._last_draw >= self.interval and can_redraw()
        if self.verbose == 1 and (finalize or due):
            self._draw(self._bar_line(current, now, finalize), finalize)
            self._last_draw = now
        elif self.verbose == 2 and finalize:
            print_message(self._closing_line(current, now))

    def add(self, n, values=None):
        """Moves on by `n` steps."""
        self.update(self._seen + n, values)

    def _accumulate(self, current, values):
        steps = max(current - self._seen, 1)
        for name, value in values:
            if name in self.stateful_metrics:
                self._sums[name] = (value, 1)
            else:
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value * steps, count + steps)
        self._seen = current

    def _draw(self, line, finalize):
        if not can_redraw():
            print_message(line)
            return
        if on_terminal() and not finalize:
            # A line that the terminal wraps can no longer be drawn over.
            line = line[: max(shutil.get_terminal_size().columns - 1, 1)]
        print_message("\r" + line.ljust(self._drawn_width), line_break=finalize)
        self._drawn_width = len(line)

    def _bar_line(self, current, now, finalize):
        step_time = self._step_time(current, now)
        if finalize or self.target is None:
            timing = f"{now - self._start:.0f}s {format_duration(step_time)}/{self.unit_name}"
        else:
            timing = f"ETA: {format_remaining(step_time * (self.target - current))}"
        return f"{self._bar(current)} - {timing}{self._averages()}"

    def _bar(self, current):
        if self.target is None:
            return f"{current:7d}/Unknown"
        done = self.width if current >= self.target else int(self.width * current / self.target)
        head = "=" if current >= self.target else ">"
        bar = ("=" * (done - 1) + head if done else "").ljust(self.width, ".")
        return f"{self._count(current)} [{bar}]"

    def _count(self, current):
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _closing_line(self, current, now):
        elapsed = now - self._start
        count = f"{current}/Unknown" if self.target is None else self._count(current)
        per_step = format_duration(elapsed / max(current, 1))
        return (
            f"{count} - {elapsed:.0f}s{self._averages()} - {format_duration(elapsed)}/epoch - "
            f"{per_step}/{self.unit_name}"
        )

    def _averages(self):
        text = ""
        for name, (total, count) in self._sums.items():
            average = float(np.mean(total / count))
            text += (
                f" - {name}: {average:.4e}" if abs(average) <= TINY else f" - {name}: {average:.4f}"
            )
        return text

    def _step_time(self, current, now):
        if not current:
            return 0.0
        first_step, first_time = self._first
        if current > first_step:
            return (now - first_time) / (current - first_step)
        return (now - self._start) / current


def format_duration(seconds):
    """Whole seconds, milliseconds or microseconds.

    >>> format_duration(2.4), format_duration(0.0123), format_duration(0.00004)
    ('2s', '12ms', '40us')
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def format_remaining(seconds):
    """Seconds, minutes and seconds, or hours, minutes and seconds.

    >>> format_remaining(59), format_remaining(61), format_remaining(3661)
    ('59s', '1:01', '1:01:01')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"

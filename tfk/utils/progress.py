"""The progress bar."""

import contextlib
import os
import shutil
import sys
import time
import unicodedata

import numpy as np

from tfk.utils.interactive_logging import is_interactive_logging_enabled, print_message

# More redraws than five a second are work for the terminal and nothing for the eye.
LEAST_INTERVAL = 0.2
SHORTEST_BAR = 5  # a shorter bar shows nothing; the count alone does
NOTEBOOK_COLUMNS = 120
TINY = 1e-3  # smaller averages are printed with an exponent


def on_terminal():
    """Return whether standard output is a terminal, on which a line can be drawn again."""
    return bool(getattr(sys.stdout, "isatty", bool)())


def can_redraw():
    """Return whether a moving bar can be shown: on a terminal or in a notebook, not in a file or a
    log."""
    return is_interactive_logging_enabled() and (
        on_terminal() or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
    )


class Progbar:
    """Progress bar that shows steps, remaining time and averages of metrics.

    On a terminal or in a notebook the line is redrawn as the work progresses; elsewhere it is
    printed once, at the end.

    Args:
        target: Number of steps, or None if unknown.
        width: Width of the bar in characters. Defaults to 30.
        verbose: 0 for silent, 1 for the bar, 2 for one line at the end. Defaults to 1.
        interval: Minimum time between two redraws in seconds; values below 0.2 mean 0.2. Defaults
            to 0.05.
        stateful_metrics: Names of values displayed as they are; others are averaged over steps.
            Defaults to None.
        unit_name: Name of a step. Defaults to `"step"`.
    >>> bar = Progbar(2, verbose=2)
    >>> bar.add(1, [("loss", 3.0)])
    """

    def __init__(
        self,
        target,
        width: int = 30,
        verbose: int | str = 1,
        interval: float = 0.05,
        stateful_metrics=None,
        unit_name: str = "step",
    ):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = max(interval, LEAST_INTERVAL)
        self.stateful_metrics = set(stateful_metrics or ())
        self.unit_name = unit_name
        # Name -> (sum of values times steps, steps), in the order of first appearance
        self._sums = {}
        self._seen = 0
        self._start = time.time()
        self._first = None  # (step, time) of the first update: what went before is setting up
        self._last_draw = 0.0
        self._drawn_width = 0
        self.line_is_open = False  # an unfinished bar is on the terminal's current line

    def update(self, current, values=None, finalize=None):
        """Move to step `current`.

        Args:
            current: Number of steps done.
            values: Pairs of name and value over the steps since the last update. Defaults to None.
            finalize: Whether this is the end; None means when `current` has reached the target.
                Defaults to None.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._accumulate(current, values or ())
        now = time.time()
        if self._first is None and current:
            self._first = (current, now)
        due = now - self._last_draw >= self.interval and can_redraw()
        if self.verbose == 1 and (finalize or due):
            self._draw(self._bar_fields(current, now, finalize), finalize)
            self._last_draw = now
        elif self.verbose == 2 and finalize:
            print_message(self._closing_line(current, now))

    def add(self, n, values=None):
        """Advance by `n` steps."""
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

    def _draw(self, fields, finalize):
        if not can_redraw():
            print_message(" - ".join(fields(self.width)))
            return
        columns = terminal_columns()
        line = self._fitted(fields, columns, finalize)
        padding = " " * max(self._drawn_width - display_width(line), 0)
        print_message(f"\r{line}{padding}", line_break=finalize)
        self._drawn_width = display_width(line)
        self.line_is_open = not finalize

    def _fitted(self, fields, columns, finalize):
        """The line for a terminal: with a shorter bar, then without the last fields.

        A line that the terminal wraps can no longer be drawn over. The last line of all is not
        drawn over, so it keeps every field and is wrapped between two of them.
        """
        excess = display_width(" - ".join(fields(self.width))) - columns
        shown = fields(max(self.width - max(excess, 0), 0))
        if finalize:
            return wrap_fields(shown, columns)
        while len(shown) > 1 and display_width(" - ".join(shown)) > columns:
            shown.pop()
        return " - ".join(shown)

    def _bar_fields(self, current, now, finalize):
        """A function from the width of the bar to the fields of the line, from left to right."""
        step_time = self._step_time(current, now)
        if finalize or self.target is None:
            timing = f"{now - self._start:.0f}s {format_duration(step_time)}/{self.unit_name}"
        else:
            timing = f"ETA: {format_remaining(step_time * (self.target - current))}"
        return lambda width: [self._bar(current, width), timing, *self._averages()]

    def _bar(self, current, width):
        if self.target is None:
            return f"{current:7d}/Unknown"
        if width < SHORTEST_BAR:
            return self._count(current)
        done = width if current >= self.target else int(width * current / self.target)
        head = "=" if current >= self.target else ">"
        bar = ("=" * (done - 1) + head if done else "").ljust(width, ".")
        return f"{self._count(current)} [{bar}]"

    def _count(self, current):
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _closing_line(self, current, now):
        elapsed = now - self._start
        count = f"{current}/Unknown" if self.target is None else self._count(current)
        per_step = format_duration(elapsed / max(current, 1))
        return (
            " - ".join([f"{count} - {elapsed:.0f}s", *self._averages()])
            + f" - {format_duration(elapsed)}/epoch - {per_step}/{self.unit_name}"
        )

    def _averages(self):
        """One field per value, such as `loss: 0.1234`."""
        fields = []
        for name, (total, count) in self._sums.items():
            average = float(np.mean(total / count))
            fields.append(f"{name}: {average:.{'4e' if abs(average) <= TINY else '4f'}}")
        return fields

    def _step_time(self, current, now):
        if not current:
            return 0.0
        first_step, first_time = self._first
        if current > first_step:
            return (now - first_time) / (current - first_step)
        return (now - self._start) / current


@contextlib.contextmanager
def breaking_line_of(bar):
    """Start a new line for anything printed in the block if an unfinished bar is on the current
    line.

    Args:
        bar: A `Progbar`, or None.
    """
    if bar is None or not bar.line_is_open:
        yield
        return
    with contextlib.redirect_stdout(_LineBreaker(bar, sys.stdout)):
        yield


class _LineBreaker:
    """Standard output that starts a new line before the first text that is not the bar itself."""

    def __init__(self, bar, stream):
        self._bar, self._stream = bar, stream

    def write(self, text):
        if text and self._bar.line_is_open and not text.startswith(("\r", "\n")):
            self._stream.write("\n")
            self._bar.line_is_open = False
        return self._stream.write(text)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def terminal_columns():
    """Return the columns that one line may use: those of the terminal, asked for at each call, less
    one."""
    if not on_terminal():
        return NOTEBOOK_COLUMNS
    return max(shutil.get_terminal_size().columns - 1, 1)


def display_width(text):
    """Return the columns that `text` takes on a terminal.

    >>> display_width("loss"), display_width("\u635f\u5931")
    (4, 4)
    """
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def wrap_fields(fields, columns):
    """Join fields by ` - `, with a line break where the next one no longer fits.

    >>> wrap_fields(["10/10", "1s", "loss: 0.5"], 14)
    '10/10 - 1s\\n - loss: 0.5'
    """
    lines = [fields[0]]
    for field in fields[1:]:
        longer = f"{lines[-1]} - {field}"
        if display_width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(f" - {field}")
    return "\n".join(lines)


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

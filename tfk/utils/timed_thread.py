"""A thread that calls a function periodically."""

import abc
import threading
import warnings


class TimedThread:
    """Calls `on_interval`, which a subclass implements, every so many seconds in a thread.

    The thread runs between `start()` and `stop()`, or inside a `with` block. What `on_interval`
    raises ends the thread.

    Args:
        interval: Seconds between two calls.
        **kwargs: Arguments of `threading.Thread`; `daemon` is True by default, so the thread does
            not keep the program alive.

    >>> class Ticks(TimedThread):
    ...     def on_interval(self):
    ...         done.set()
    >>> done = threading.Event()
    >>> with Ticks(interval=60):
    ...     done.wait(10)
    True
    """

    def __init__(self, interval, **kwargs):
        self.interval = interval
        self.daemon = kwargs.pop("daemon", True)
        self.thread_kwargs = kwargs
        self.thread = None
        self.thread_stop_event = None

    def start(self):
        """Start the thread; a running one continues, with a warning."""
        if self.is_alive():
            warnings.warn(
                f"{type(self).__name__}: the thread runs already. Call stop() before start().",
                stacklevel=2,
            )
            return
        self.thread_stop_event = threading.Event()
        self.thread = threading.Thread(
            target=self._run,
            args=[self.thread_stop_event],
            daemon=self.daemon,
            **self.thread_kwargs,
        )
        self.thread.start()

    def stop(self):
        """Stop the thread after the current call."""
        if self.thread_stop_event is not None:
            self.thread_stop_event.set()

    def is_alive(self):
        """Return whether the thread runs."""
        return self.thread is not None and self.thread.is_alive()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    @abc.abstractmethod
    def on_interval(self):
        """Called periodically by the thread."""
        raise NotImplementedError(f"{type(self).__name__} must implement on_interval().")

    def _run(self, stopped):
        while not stopped.is_set():
            self.on_interval()
            stopped.wait(self.interval)

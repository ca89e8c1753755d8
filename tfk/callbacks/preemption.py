"""Preemption notices (SIGTERM)."""

import signal
import warnings


class Preemption:
    """Handler that records SIGTERM instead of exiting, between `watch` and `stop_watching`.

    Attributes:
        noticed: Whether the signal was received.
    """

    def __init__(self):
        self.noticed = False
        self._previous_handler = None

    def watch(self):
        """Start watching; warns outside the main thread, where this is not possible."""

        def note(number, frame):
            self.noticed = True

        self.noticed = False
        try:
            self._previous_handler = signal.signal(signal.SIGTERM, note)
        except ValueError:
            warnings.warn(
                "BackupAndRestore: SIGTERM can be watched in the main thread only; preemption is"
                " not."
            )

    def stop_watching(self):
        """Restore the previous signal handler."""
        if self._previous_handler is not None:
            signal.signal(signal.SIGTERM, self._previous_handler)
            self._previous_handler = None

    def leave_if_noticed(self):
        """Exit with the status of SIGTERM if the signal was received."""
        if self.noticed:
            raise SystemExit(128 + signal.SIGTERM)

"""Notice that the machine is about to be taken away: SIGTERM."""

import signal
import warnings


class Preemption:
    """Notes SIGTERM in place of dying from it, from `watch` to `stop_watching`.

    Attributes:
        noticed: Whether the signal has come.
    """

    def __init__(self):
        self.noticed = False
        self._previous_handler = None

    def watch(self):
        """Begins to watch; in another thread than the main one that is not possible, and a warning
        says so.
        """

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
        """Gives the signal back to who had it before."""
        if self._previous_handler is not None:
            signal.signal(signal.SIGTERM, self._previous_handler)
            self._previous_handler = None

    def leave_if_noticed(self):
        """Ends the program with the status of one that SIGTERM ended, where the signal has come."""
        if self.noticed:
            raise SystemExit(128 + signal.SIGTERM)

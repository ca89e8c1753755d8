"""The parent's handle of a spawned process that computes items of an object."""

import multiprocessing
import runpy
from multiprocessing.connection import wait

from tfk.utils import worker_main

KILL_GRACE = 1.0  # seconds a process gets to exit, and again after SIGTERM

MAIN_GUARD_HINT = (
    "Worker processes import the main script again: put what the script does under "
    '`if __name__ == "__main__":`, or pass use_multiprocessing=False to use threads.'
)


class WorkerDied(RuntimeError):
    """The process ended (killed, out of memory, crashed) instead of answering."""


class Exhausted(Exception):
    """An iterator has no further item (StopIteration cannot cross a Future or a generator)."""


class RemoteTraceback(Exception):
    """Carries the worker's traceback as text; shown as the cause of the error raised here."""

    def __str__(self):
        return self.args[0]


class WorkerProcess:
    """A child process that answers requests; see `worker_main.serve`.

    Args:
        name: Name shown in messages and process lists.
    Raises: WorkerDied from `request` when the process ends before it answers.
    """

    def __init__(self, name):
        context = multiprocessing.get_context(
            "spawn"
        )  # fork copies the locks of TensorFlow's threads
        self._connection, child_end = context.Pipe()
        self.name = name
        self.answered = False
        self._process = context.Process(
            target=runpy.run_path,
            args=(worker_main.__file__, {"connection": child_end}, worker_main.RUN_NAME),
            name=name,
            daemon=True,
        )
        self._process.start()
        child_end.close()

    @property
    def pid(self):
        return self._process.pid

    def request(self, kind, value):
        """Send one request and wait for its answer, however long it takes."""
        try:
            self._connection.send((kind, value))
            # The sentinel is needed too: a grandchild may hold the pipe open after the child's
            # death.
            wait([self._connection, self._process.sentinel])
            if not self._connection.poll():
                raise EOFError
            outcome, answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerDied(self._death_message()) from error
        self.answered = True
        if outcome == worker_main.EXHAUSTED:
            raise Exhausted
        if outcome == worker_main.ERROR:
            exception, text = answer
            raise exception from RemoteTraceback(f"\n{self.name} (process {self.pid}):\n{text}")
        return answer

    def _death_message(self):
        self._process.join(KILL_GRACE)
        message = f"{self.name} (process {self.pid}) ended with exit code {self._process.exitcode}"
        return message if self.answered else f"{message} before it was ready. {MAIN_GUARD_HINT}"

    def hang_up(self):
        """Close the pipe, upon which the process ends after its current item."""
        self._connection.close()

    def close(self):
        """End the process, by force if it does not exit."""
        self.hang_up()
        for force in (lambda: None, self._process.terminate, self._process.kill):
            force()
            self._process.join(KILL_GRACE)
            if self._process.exitcode is not None:
                return

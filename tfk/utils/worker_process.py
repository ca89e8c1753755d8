"""A spawned process that computes items of an object sent to it, one request at a time."""

import multiprocessing
import os
import pickle
import random
import signal
import sys
import threading
import traceback
from multiprocessing.connection import wait

import numpy as np

KILL_GRACE = 1.0  # seconds a process gets to end by itself, and again after SIGTERM

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
    """The parent's handle of one child process.

    Args:
        name: Name shown in messages and process lists.
    Raises: WorkerDied from `request` when the process ends before it answers.
    """

    def __init__(self, name):
        context = multiprocessing.get_context("spawn")  # fork copies the locks of TensorFlow's threads
        self._connection, child_end = context.Pipe()
        self.name = name
        self.answered = False
        self._process = context.Process(target=serve, args=(child_end,), name=name, daemon=True)
        self._process.start()
        child_end.close()

    @property
    def pid(self):
        return self._process.pid

    def request(self, kind, value):
        """Sends one request and waits for its answer, however long it takes."""
        try:
            self._connection.send((kind, value))
            # The sentinel is needed too: a grandchild may hold the pipe open after the child's death.
            wait([self._connection, self._process.sentinel])
            if not self._connection.poll():
                raise EOFError
            succeeded, answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerDied(self._death_message()) from error
        self.answered = True
        if succeeded:
            return answer
        exception, text = answer
        raise exception from RemoteTraceback(f"\n{self.name} (process {self.pid}):\n{text}")

    def _death_message(self):
        self._process.join(KILL_GRACE)
        message = f"{self.name} (process {self.pid}) ended with exit code {self._process.exitcode}"
        return message if self.answered else f"{message} before it was ready. {MAIN_GUARD_HINT}"

    def hang_up(self):
        """Closes the pipe, upon which the process ends after its current item."""
        self._connection.close()

    def close(self):
        """Ends the process, by force when it does not end by itself."""
        self.hang_up()
        for force in (lambda: None, self._process.terminate, self._process.kill):
            force()
            self._process.join(KILL_GRACE)
            if self._process.exitcode is not None:
                return


def serve(connection):
    """Runs in the child: answers `(kind, value)` requests until the pipe closes.

    `load` takes a pickled object; `item` takes `(index, seed)` and answers `object[index]`, or
    `next(object)` when `index` is None.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # a worker that runs an op must not take the GPU's memory
    source = None
    while True:
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            return
        try:
            if kind == "load":
                source, answer = pickle.loads(value), None
            else:
                answer = compute_item(source, *value)
            connection.send((True, answer))
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:
            connection.send((False, (_sendable(error), traceback.format_exc())))


def compute_item(source, index, seed):
    """`source[index]` (`next(source)` for None) under random generators seeded for this item alone."""
    if seed is not None:
        python_seed, numpy_seed, tensorflow_seed = np.random.SeedSequence(seed).generate_state(3).tolist()
        random.seed(python_seed)
        np.random.seed(numpy_seed)
        if "tensorflow" in sys.modules:
            sys.modules["tensorflow"].random.set_seed(tensorflow_seed)
    if index is not None:
        return source[index]
    try:
        return next(source)
    except StopIteration:
        raise Exhausted from None


def _exit_with_parent():
    """Ends this process when its parent is gone, also in the middle of a hanging item."""
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _sendable(error):
    """The error itself, or a RuntimeError that describes it when it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error

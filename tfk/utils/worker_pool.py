"""Threads that compute items of an object, directly or in a separate process each."""

import pickle
import queue
import sys
import threading
import warnings
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait

from tfk.utils.worker_main import compute_item
from tfk.utils.worker_process import Exhausted, WorkerDied, WorkerProcess


class WorkerPool:
    """Computes requested items of `source` concurrently; each request gives a Future.

    Args:
        source: The object: `source[index]` is computed, or `next(source)` for index None.
        workers: How many threads, and with `payload` how many processes.
        payload: `source` pickled, to compute in spawned processes; None computes in the threads.
            Defaults to None.
    """

    def __init__(self, source, workers, payload=None):
        self._closing = Future()  # done once `close` was called; waited for along with the items
        self._requests = queue.SimpleQueue()
        names = [f"tfk-worker-{number}" for number in range(workers)]
        if payload is None:
            self._workers = [ThreadWorker(name, source) for name in names]
        else:
            self._workers = [ProcessWorker(name, payload) for name in names]
        self._threads = [
            threading.Thread(target=self._run, args=(worker,), name=worker.name, daemon=True)
            for worker in self._workers
        ]
        for thread in self._threads:
            thread.start()

    @property
    def closed(self):
        return self._closing.done()

    def load(self, payload):
        """Give every process a newer pickled object before its next item."""
        for worker in self._workers:
            worker.payload = payload

    def submit(self, index, seed=None):
        """Queue one item; the Future's `worker` is the one that computes it, once there is one."""
        future = Future()
        future.item, future.worker = (index, seed), None
        self._requests.put(future)
        return future

    def result(self, future, timeout):
        """Wait for an item; TimeoutError names the worker that is too slow.

        Raises: what computing the item raised; TimeoutError after `timeout` seconds (None: never);
            CancelledError if the pool is closed during the call.
        """
        done, _ = wait([future, self._closing], timeout, return_when=FIRST_COMPLETED)
        if self.closed:
            raise CancelledError
        if not done:
            index, worker = future.item[0], future.worker
            what = "The next batch" if index is None else f"Batch {index}"
            who = f"{worker.describe()} is still computing it" if worker else "all workers are busy"
            raise TimeoutError(
                f"{what} was not ready within {timeout:g} s: {who}. If a batch may take longer, set"
                " `worker_timeout` (seconds, or None to wait indefinitely) on the Sequence."
            )
        return future.result()

    def close(self, timeout=None):
        """End processes and threads; a thread stuck in user code is left behind after `timeout` (1
        s).
        """
        if not self.closed:
            self._closing.set_result(None)
        for _ in self._threads:
            self._requests.put(None)
        for worker in self._workers:
            worker.hang_up()
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(1.0 if timeout is None else timeout)

    def _run(self, worker):
        while (future := self._requests.get()) is not None:
            if self.closed:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            future.worker = worker
            try:
                future.set_result(worker.compute(*future.item))
            except BaseException as error:  # also SystemExit of user code
                if hasattr(error, "add_note"):  # Python 3.11
                    error.add_note(
                        f"Raised while {worker.describe()} was computing item {future.item[0]}."
                    )
                future.set_exception(error)


class ThreadWorker:
    """Computes in the calling thread."""

    def __init__(self, name, source):
        self.name = name
        self._source = source

    def compute(self, index, seed):
        try:
            return compute_item(
                self._source, index, None
            )  # threads share the generators: no seeding
        except StopIteration:
            raise Exhausted from None

    def describe(self):
        return f"{self.name} (thread)"

    def hang_up(self):
        self._source = None

    close = hang_up


class ProcessWorker:
    """Compute in a separate process, which is replaced once if it dies."""

    def __init__(self, name, payload):
        self.name = name
        self.payload = payload
        self._process = WorkerProcess(name)
        self._loaded = None
        self._lock = threading.Lock()  # between a restart and `close`
        self._closed = False

    def compute(self, index, seed):
        try:
            return self._request(index, seed)
        except WorkerDied as error:
            if self._closed or not self._process.answered:
                raise
            warnings.warn(f"{error} while computing item {index}; a new process computes it again.")
            self._restart()
            return self._request(index, seed)

    def _request(self, index, seed):
        if self._loaded is not self.payload:
            payload = self.payload
            self._process.request("load", payload)
            self._loaded = payload
        return self._process.request("item", (index, seed))

    def _restart(self):
        with self._lock:
            if self._closed:
                raise WorkerDied(f"{self.name} was stopped")
            self._process.close()
            self._process = WorkerProcess(self.name)
            self._loaded = None

    def describe(self):
        return f"{self.name} (process {self._process.pid})"

    def hang_up(self):
        with self._lock:
            self._closed = True
            self._process.hang_up()

    def close(self):
        self._process.close()


def pickle_for_workers(source):
    """`source` as bytes that a spawned process can load, or None with a warning saying why not."""
    reason = None
    main = sys.modules.get("__main__")
    if type(source).__module__ == "__main__" and not hasattr(main, "__file__"):
        reason = "its class is defined in an interactive session"
    else:
        try:
            return pickle.dumps(source, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # pickle lets whatever the object's hooks raise pass
            reason = str(error)
    warnings.warn(
        f"{type(source).__name__} cannot be sent to worker processes ({reason}); threads are used"
        " instead. Define its class in a module and keep open files, locks and generators out of"
        " its attributes."
    )
    return None

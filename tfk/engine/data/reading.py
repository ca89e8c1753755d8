"""Reads an iterator on demand, or in a thread that runs ahead of training."""

import queue
import threading

END = object()


class ReadNow:
    """Reader that computes each item on demand in the training thread."""

    def __init__(self, items):
        self.items = iter(items)

    def next(self):
        """Return the next item, or `END`."""
        return next(self.items, END)

    def stop(self):
        """Do nothing: there is no thread."""


class ReadAhead:
    """Reader that computes up to `ahead` items in advance in a thread."""

    def __init__(self, items, ahead):
        self.items = iter(items)
        self.queue = queue.Queue(maxsize=ahead)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, name="tfk-read-ahead", daemon=True)
        self.thread.start()

    def next(self):
        """Return the next item, or `END`; raises the exceptions of the iterator."""
        item = self.queue.get()
        if item is END or isinstance(item, BaseException):
            self.queue.put(item)  # the thread has ended: later calls get the same result
        if isinstance(item, BaseException):
            raise item
        return item

    def _work(self):
        try:
            for item in self.items:
                self._put(item)
                if self.stopping.is_set():
                    return
            self._put(END)
        except BaseException as error:  # raised again in the training thread
            self._put(error)

    def _put(self, item):
        while not self.stopping.is_set():
            try:
                self.queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def stop(self):
        """Stop the thread and discard its items."""
        self.stopping.set()
        self.thread.join()

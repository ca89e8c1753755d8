"""Reading an iterator when its items are needed, or in a thread that runs ahead of training."""

import queue
import threading

END = object()


class ReadNow:
    """Computes an item when it is asked for, in the training thread."""

    def __init__(self, items):
        self.items = iter(items)

    def next(self):
        """The next item, or `END`."""
        return next(self.items, END)

    def stop(self):
        """Nothing runs, so there is nothing to end."""


class ReadAhead:
    """Computes items in a thread, up to `ahead` of them before they are needed."""

    def __init__(self, items, ahead):
        self.items = iter(items)
        self.queue = queue.Queue(maxsize=ahead)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, name="tfk-read-ahead", daemon=True)
        self.thread.start()

    def next(self):
        """The next item, or `END`; raises what the iterator raised."""
        item = self.queue.get()
        if item is END or isinstance(item, BaseException):
            self.queue.put(item)  # the thread has ended: asked again, the answer is the same
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
        """Ends the thread; what it has computed is thrown away."""
        self.stopping.set()
        self.thread.join()

"""TimedThread: calls, starts and stops."""

import threading

import pytest

import tfk


class Counter(tfk.utils.TimedThread):
    def __init__(self, interval, wanted):
        super().__init__(interval, name="counter")
        self.calls, self.wanted, self.done = 0, wanted, threading.Event()

    def on_interval(self):
        self.calls += 1
        if self.calls >= self.wanted:
            self.done.set()


def test_calls_until_it_is_stopped():
    with Counter(0.001, wanted=3) as counter:
        assert counter.thread.daemon and counter.thread.name == "counter"
        assert counter.done.wait(30)
        with pytest.warns(UserWarning, match="runs already"):
            counter.start()
    counter.thread.join(30)
    assert not counter.is_alive()


def test_a_subclass_says_what_to_do():
    with pytest.raises(NotImplementedError, match="on_interval"):
        tfk.utils.TimedThread(1).on_interval()

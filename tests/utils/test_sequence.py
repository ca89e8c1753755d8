"""Sequence and the enqueuers: order, faults of workers, no processes left behind."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import numpy as np
import pytest

from tfk.utils.random import set_random_seed
from tfk.utils.sequence import GeneratorEnqueuer, OrderedEnqueuer, Sequence, SequenceEnqueuer

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from worker_sequences import Countdown, Killed, Numbers, Pids, Raising, Slow


def take(enqueuer, count):
    batches = enqueuer.get()
    return [next(batches) for _ in range(count)]


def gone(pid):
    """Whether no running process has this id (a zombie does not run)."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_sequence_iterates_once_and_says_what_is_missing():
    class Squares(Sequence):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return index**2

    assert list(Squares()) == [0, 1, 4]
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Sequence()[0]
    with pytest.raises(NotImplementedError, match="__len__"):
        len(Sequence())
    with pytest.raises(NotImplementedError, match="get"):
        SequenceEnqueuer(Squares()).get()


@pytest.mark.parametrize("workers, size", [(1, 1), (4, 2), (3, 10)])
def test_threads_keep_the_order_and_call_on_epoch_end(workers, size):
    enqueuer = OrderedEnqueuer(Numbers(4))
    assert not enqueuer.is_running()
    enqueuer.start(workers, max_queue_size=size)
    assert enqueuer.is_running()
    assert take(enqueuer, 10) == [0, 1, 2, 3, 100, 101, 102, 103, 200, 201]
    enqueuer.stop()
    assert not enqueuer.is_running()


def test_shuffle_draws_a_new_order_each_epoch_from_pythons_generator():
    def two_epochs():
        set_random_seed(3)
        enqueuer = OrderedEnqueuer(Numbers(20), shuffle=True)
        enqueuer.start(2)
        batches = take(enqueuer, 40)
        enqueuer.stop()
        return batches[:20], [b - 100 for b in batches[20:]]

    first, second = two_epochs()
    assert sorted(first) == sorted(second) == list(range(20)) and first != second
    assert two_epochs() == (first, second)


def test_epoch_takes_an_explicit_order():
    enqueuer = OrderedEnqueuer(Numbers(6))
    enqueuer.start(2)
    assert list(enqueuer.epoch([5, 0, 3])) == [5, 0, 3]
    assert list(enqueuer.epoch(range(2, 6))) == [2, 3, 4, 5]
    enqueuer.stop()


def test_none_batches_are_left_out():
    class Gaps(Numbers):
        def __getitem__(self, index):
            return None if index == 1 else index

    enqueuer = OrderedEnqueuer(Gaps(3))
    enqueuer.start()
    assert take(enqueuer, 3) == [0, 2, 0]
    enqueuer.stop()


def test_threads_raise_the_users_error_and_stop():
    enqueuer = OrderedEnqueuer(Raising())
    enqueuer.start(2)
    batches = enqueuer.get()
    assert [next(batches), next(batches)] == [0, 1]
    with pytest.raises(KeyError, match="no such photo") as caught:
        next(batches)
    assert not enqueuer.is_running()
    if hasattr(caught.value, "__notes__"):
        assert "tfk-worker-" in caught.value.__notes__[0] and "item 2" in caught.value.__notes__[0]


def test_a_slow_thread_is_named():
    enqueuer = OrderedEnqueuer(Slow(worker_timeout=0.2))
    enqueuer.start(2)
    with pytest.raises(
        TimeoutError, match=r"Batch 0 was not ready within 0.2 s: tfk-worker-\d \(thread\)"
    ):
        next(enqueuer.get())


def test_stop_from_another_thread_ends_the_stream_at_once():
    enqueuer = OrderedEnqueuer(Slow())
    enqueuer.start(1)
    threading.Timer(0.2, enqueuer.stop).start()
    started = time.monotonic()
    assert list(enqueuer.epoch(range(3))) == []
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("argument", ["workers", "max_queue_size"])
def test_bad_numbers_of_workers(argument):
    with pytest.raises(ValueError, match=argument):
        OrderedEnqueuer(Numbers()).start(**{argument: 0})


def test_processes_keep_order_repeat_their_draws_and_end():
    def run(workers):
        set_random_seed(5)
        enqueuer = OrderedEnqueuer(Pids(6), use_multiprocessing=True)
        enqueuer.start(workers)
        batches = take(enqueuer, 12)
        enqueuer.stop()
        return batches

    two, one = run(2), run(1)
    assert [b[0] for b in two] == [*range(6), *range(6)]
    pids = {b[1] for b in two + one}
    assert os.getpid() not in pids and len(pids) == 3
    assert all(gone(pid) for pid in pids)
    assert [b[2:] for b in two] == [b[2:] for b in one]  # whatever the number of workers
    assert len({b[2] for b in two}) == 12  # and each batch of each epoch its own


def test_processes_see_what_on_epoch_end_changed():
    enqueuer = OrderedEnqueuer(Numbers(2), use_multiprocessing=True)
    enqueuer.start(1)
    assert take(enqueuer, 5) == [0, 1, 100, 101, 200]
    enqueuer.stop()


def test_a_killed_process_is_replaced(tmp_path):
    enqueuer = OrderedEnqueuer(Killed(4, str(tmp_path)), use_multiprocessing=True)
    enqueuer.start(1)
    with pytest.warns(
        UserWarning, match=r"tfk-worker-0 \(process \d+\) ended with exit code -9 .* item 2"
    ):
        assert take(enqueuer, 4) == [0, 1, 2, 3]
    enqueuer.stop()


def test_a_process_that_dies_again_is_an_error(tmp_path):
    sequence = Killed(4, str(tmp_path))
    sequence.always = True
    enqueuer = OrderedEnqueuer(sequence, use_multiprocessing=True)
    enqueuer.start(1)
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="exit code -9"):
        take(enqueuer, 4)
    assert not enqueuer.is_running()


def test_a_raising_process_shows_its_own_traceback():
    enqueuer = OrderedEnqueuer(Raising(), use_multiprocessing=True)
    enqueuer.start(1)
    with pytest.raises(KeyError, match="no such photo") as caught:
        take(enqueuer, 3)
    assert "worker_sequences.py" in str(caught.value.__cause__)
    assert "tfk-worker-0" in str(caught.value.__cause__)


def test_a_slow_process_is_named_and_ended():
    enqueuer = OrderedEnqueuer(Slow(3, worker_timeout=1.0), use_multiprocessing=True)
    enqueuer.start(1)
    with pytest.raises(TimeoutError, match=r"Batch 0 .* tfk-worker-0 \(process (\d+)\)") as caught:
        next(enqueuer.get())
    assert gone(int(re.search(r"process (\d+)", str(caught.value))[1]))


def test_no_orphans_when_the_parent_is_killed(tmp_path):
    """SIGKILL gives the parent no chance to clean up, and the worker hangs in user code."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
        from worker_sequences import Slow
        from tfk.utils.sequence import OrderedEnqueuer
        if __name__ == "__main__":
            enqueuer = OrderedEnqueuer(Slow(3, {str(tmp_path)!r}), use_multiprocessing=True)
            enqueuer.start(1)
            next(enqueuer.get())
        """)
    )
    root = str(pathlib.Path(__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, str(program)], env={**os.environ, "PYTHONPATH": root}
    )
    try:
        wait_until(lambda: list(tmp_path.glob("pid-*")), 120)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    (marker,) = tmp_path.glob("pid-*")
    wait_until(lambda: gone(int(marker.name.split("-")[1])), 10)


def test_a_script_without_main_guard_is_told_about_it(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
        from tfk.utils.sequence import OrderedEnqueuer, Sequence
        class Two(Sequence):
            def __len__(self):
                return 2
            def __getitem__(self, index):
                return index
        enqueuer = OrderedEnqueuer(Two(), use_multiprocessing=True)
        enqueuer.start(1)
        next(enqueuer.get())
        """)
    )
    root = str(pathlib.Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "before it was ready" in done.stderr and 'if __name__ == "__main__":' in done.stderr


def test_what_cannot_be_pickled_runs_in_threads():
    class Local(Numbers):
        pass

    enqueuer = OrderedEnqueuer(Local(3), use_multiprocessing=True)
    with pytest.warns(UserWarning, match="Local cannot be sent to worker processes"):
        enqueuer.start(2)
    assert take(enqueuer, 3) == [0, 1, 2]
    enqueuer.stop()


def test_generator_keeps_its_order_and_ends():
    enqueuer = GeneratorEnqueuer(value for value in range(50))
    enqueuer.start(workers=4, max_queue_size=7)
    assert list(enqueuer.get()) == list(range(50))
    enqueuer.stop()


def test_generator_skips_none_and_passes_errors_on():
    def generator():
        yield 1
        yield None
        yield 2
        raise OSError("disk on fire")

    enqueuer = GeneratorEnqueuer(generator())
    enqueuer.start()
    batches = enqueuer.get()
    assert [next(batches), next(batches)] == [1, 2]
    with pytest.raises(OSError, match="disk on fire"):
        next(batches)


def test_generator_cannot_go_to_processes_but_iterators_can():
    enqueuer = GeneratorEnqueuer(iter_numbers(), use_multiprocessing=True)
    with pytest.warns(UserWarning, match="cannot be sent"):
        enqueuer.start(2)
    assert list(enqueuer.get()) == [0, 1, 2]
    enqueuer.stop()

    enqueuer = GeneratorEnqueuer(Countdown(3), use_multiprocessing=True, random_seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        enqueuer.start(1)
    assert list(enqueuer.get()) == [2, 1, 0]
    enqueuer.stop()


def iter_numbers():
    yield from range(3)


def test_arrays_travel_intact():
    class Arrays(Numbers):
        def __getitem__(self, index):
            return np.full((2, 3), index, "float32"), {"y": np.array([index])}

    enqueuer = OrderedEnqueuer(Arrays(2))
    enqueuer.start(2)
    x, y = take(enqueuer, 2)[1]
    np.testing.assert_array_equal(x, np.ones((2, 3), "float32"))
    assert y["y"] == [1]
    enqueuer.stop()

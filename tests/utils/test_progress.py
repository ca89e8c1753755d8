import logging
import sys

import pytest

import tfk
from tfk.utils import interactive_logging, progress
from tfk.utils.progress import Progbar


class Clock:
    now = 1000.0

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")


def run(bar, clock, steps, seconds, values=lambda step: [("loss", step)]):
    for step in range(steps):
        clock.now += seconds
        bar.add(1, values(step))


def test_one_line_when_not_a_terminal(clock, capsys):
    run(Progbar(20), clock, 20, 0.5)
    assert (
        capsys.readouterr().out
        == "20/20 [==============================] - 10s 500ms/step - loss: 9.5000\n"
    )


def test_terminal_is_drawn_at_most_five_times_a_second(clock, capsys, terminal):
    run(Progbar(100), clock, 100, 0.01)
    lines = capsys.readouterr().out.split("\r")[1:]
    assert 5 <= len(lines) <= 7
    assert lines[0] == "  1/100 [..............................] - ETA: 0s - loss: 0.0000e+00"
    assert lines[-1].startswith(
        "100/100 [==============================] - 1s 10ms/step - loss: 49.5000"
    )
    assert lines[-1].endswith("\n") and "\n" not in "".join(lines[:-1])


def test_bar_and_eta(clock, capsys, terminal):
    run(Progbar(20, width=10), clock, 10, 30.0)
    lines = capsys.readouterr().out.split("\r")[1:]
    assert lines[-1] == "10/20 [====>.....] - ETA: 5:00 - loss: 4.5000    "[: len(lines[-1])]


def test_a_shorter_line_covers_the_longer_one_before(clock, capsys, terminal):
    bar = Progbar(None)
    clock.now += 1
    bar.update(1, [("loss", 1.0), ("accuracy", 0.5)])
    clock.now += 1
    bar._sums.clear()
    bar.update(2)
    first, second = capsys.readouterr().out.split("\r")[1:]
    assert len(second) == len(first)
    assert first.startswith("      1/Unknown - 1s 1s/step - loss: 1.0000")


def test_long_lines_are_cut_to_the_terminal(clock, capsys, terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    clock.now += 1
    Progbar(20).update(1, [("loss", 1.0)])
    assert len(capsys.readouterr().out) == 1 + 39


def test_averages(clock, capsys):
    bar = Progbar(4, stateful_metrics=["lr"])
    bar.update(1, [("loss", 4.0), ("lr", 3.0), ("tiny", -0.0001)])
    bar.update(4, [("loss", 0.0), ("lr", 7.0)])
    assert capsys.readouterr().out.endswith("- loss: 1.0000 - lr: 7.0000 - tiny: -1.0000e-04\n")


def test_verbose_2(clock, capsys):
    run(Progbar(20, verbose=2), clock, 20, 0.5)
    assert capsys.readouterr().out == "20/20 - 10s - loss: 9.5000 - 10s/epoch - 500ms/step\n"


def test_verbose_0(clock, capsys, terminal):
    run(Progbar(20, verbose=0), clock, 20, 0.5)
    assert capsys.readouterr().out == ""


def test_unknown_target_ends_when_told(clock, capsys):
    bar = Progbar(None, unit_name="sample")
    run(bar, clock, 3, 2.0)
    assert capsys.readouterr().out == ""
    bar.update(3, finalize=True)
    assert capsys.readouterr().out == "      3/Unknown - 6s 2s/sample - loss: 1.0000\n"


def test_time_of_a_step_leaves_out_what_precedes_the_first(clock, capsys):
    bar = Progbar(11)
    clock.now += 60  # tracing
    bar.add(1)
    run(bar, clock, 10, 1.0, values=lambda step: [])
    assert capsys.readouterr().out == "11/11 [==============================] - 70s 1s/step\n"


@pytest.mark.parametrize("verbose", [1, 2])
def test_last_line_is_that_of_keras(clock, capsys, terminal, monkeypatch, verbose):
    generic_utils = pytest.importorskip("tf_keras.src.utils.generic_utils")
    monkeypatch.setattr(generic_utils, "time", clock)
    lines = []
    for kind in (Progbar, generic_utils.Progbar):
        run(
            kind(120, verbose=verbose),
            clock,
            120,
            0.03,
            lambda step: [("loss", step), ("acc", 1e-5 * step)],
        )
        lines.append(capsys.readouterr().out.split("\r")[-1].split("\x08")[-1].strip())
    assert lines[0] == lines[1]


def test_without_interactive_logging_messages_are_logged(clock, capsys):
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logger = logging.getLogger("absl")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    interactive_logging.disable_interactive_logging()
    try:
        assert not interactive_logging.is_interactive_logging_enabled()
        run(Progbar(3), clock, 3, 1.0)
    finally:
        interactive_logging.enable_interactive_logging()
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert records == ["3/3 [==============================] - 3s 1s/step - loss: 1.0000"]
    assert capsys.readouterr().out == ""


def test_notebooks_are_drawn(clock, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", logging)
    run(Progbar(2), clock, 2, 1.0)
    assert capsys.readouterr().out.count("\r") == 2


METRICS = [("loss", 0.25), ("accuracy", 0.5), ("val_precision", 0.75), ("损失", 1.5)]
FIELDS = ["loss: 0.2500", "accuracy: 0.5000", "val_precision: 0.7500", "损失: 1.5000"]


def drawn(clock, capsys, columns, monkeypatch, step=10):
    monkeypatch.setenv("COLUMNS", str(columns))
    bar = Progbar(20)
    clock.now += 1
    bar.update(step, METRICS)
    return capsys.readouterr().out.removeprefix("\r")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 120, 160])
def test_fields_are_dropped_whole_from_the_right(clock, capsys, terminal, monkeypatch, columns):
    line = drawn(clock, capsys, columns, monkeypatch)
    assert progress.display_width(line) < columns and "\n" not in line
    count, *fields = line.split(" - ")
    assert count.startswith("10/20")
    assert fields == ["ETA: 1s", *FIELDS][: len(fields)]
    if len(fields) <= len(FIELDS):  # what was dropped would not have fitted
        following = ["ETA: 1s", *FIELDS][len(fields)]
        assert progress.display_width(f"{line} - {following}") >= columns
        assert "[" not in count


def test_the_bar_shrinks_before_a_field_is_dropped(clock, capsys, terminal, monkeypatch):
    assert drawn(clock, capsys, 105, monkeypatch) == (
        "10/20 [=====>.......] - ETA: 1s - " + " - ".join(FIELDS)
    )


def test_the_last_line_keeps_every_field_and_breaks_between_two(
    clock, capsys, terminal, monkeypatch
):
    lines = drawn(clock, capsys, 40, monkeypatch, step=20).splitlines()
    assert lines == [
        "20/20 - 1s 50ms/step - loss: 0.2500",
        " - accuracy: 0.5000",
        " - val_precision: 0.7500 - 损失: 1.5000",
    ]


def test_the_terminal_may_be_resized(clock, capsys, terminal, monkeypatch):
    bar = Progbar(20)
    for columns in (120, 40):
        monkeypatch.setenv("COLUMNS", str(columns))
        clock.now += 1
        bar.add(1, METRICS)
    first, second = capsys.readouterr().out.split("\r")[1:]
    assert len(second.rstrip()) < 40 < len(first)


def test_what_callbacks_print_starts_a_new_line(clock, capsys, terminal):
    bar = Progbar(20)
    clock.now += 1
    bar.update(1, [("loss", 1.0)])
    with progress.breaking_line_of(bar):
        print("hello")
        print("again")
        clock.now += 1
        bar.update(2, [("loss", 1.0)])
    lines = capsys.readouterr().out.removeprefix("\r").split("\n")
    assert lines[0].startswith(" 1/20 [") and lines[1:3] == ["hello", "again"]
    assert lines[3].startswith("\r 2/20 [")


def test_print_in_a_batch_hook_during_fit(capsys, terminal):
    class Talks(tfk.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            print(f"batch {batch}")

    model = tfk.Sequential([tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit([[1.0]] * 6, [[1.0]] * 6, batch_size=2, callbacks=[Talks()])
    lines = capsys.readouterr().out.replace("\r", "\n").splitlines()
    assert [line for line in lines if "batch" in line] == ["batch 0", "batch 1", "batch 2"]

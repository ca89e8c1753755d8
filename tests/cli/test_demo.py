"""What `tfk demo` prints and writes."""

import re

from tfk.cli import demo


def test_a_short_demo_shows_the_model_its_answers_and_a_plot(tfk_command, tmp_path):
    plot = tmp_path / "plots" / "history.png"
    code, out, _ = tfk_command(
        "demo", "--epochs", "2", "--plot", plot, "--log-dir", tmp_path / "logs"
    )
    assert code == 0, out
    assert 'Model: "digits"' in out and "Epoch 2/2" in out
    assert re.search(r"\d \(\d+%\)", out)
    assert float(re.search(r"test accuracy (\S+)", out)[1]) > 0.5
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert list((tmp_path / "logs").rglob("events.out.tfevents.*"))


def test_epochs_below_one_are_a_mistake(tfk_command):
    code, _, err = tfk_command("demo", "--epochs", "0")
    assert code == 1 and "expected 1 or more" in err


def test_too_low_an_accuracy_is_an_error(tfk_command, monkeypatch):
    monkeypatch.setattr(demo, "EXPECTED", 1.01)
    code, _, err = tfk_command("demo", "--epochs", "15")
    assert code == 1 and "below 1.01" in err

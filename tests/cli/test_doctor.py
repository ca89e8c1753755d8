"""What `tfk doctor` reports."""

import shutil

import tensorflow as tf

import tfk
from tfk.cli import doctor


def test_report(tfk_command, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    code, out, _ = tfk_command("doctor")
    assert code == 0, out
    for part in (
        f"tfk {tfk.__version__}",
        f"TensorFlow {tf.__version__} (2.16 to 2.21, tested with 2.21)",
        "CPU:",
        "GPU",
        "XLA",
        "oneDNN",
        "tensorboard",
        "Graphviz",
    ):
        assert part in out
    assert f"data sets in {tmp_path / 'cache' / 'datasets'}" in out
    assert {line[:4] for line in out.splitlines()} <= {"[ok]", "[--]"}


def test_missing_parts_say_how_to_install(tfk_command, monkeypatch):
    monkeypatch.setattr(
        doctor, "OPTIONAL", [("nothing", "no_such_package", "something", "pip install nothing")]
    )
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    code, out, _ = tfk_command("doctor")
    assert code == 0
    assert "[--] nothing (for something): pip install nothing" in out
    assert "[--] Graphviz (for plot_model): apt-get install graphviz" in out
    assert "[--] oneDNN: switched off" in out


def test_what_is_broken_decides_the_exit_code(tfk_command, monkeypatch):
    def broken():
        raise RuntimeError("no compiler\nand more")

    monkeypatch.setattr(doctor, "_run_xla", broken)
    code, out, _ = tfk_command("doctor")
    assert code == 1 and "[!!] XLA (jit_compile=True): RuntimeError: no compiler\n" in out

"""Help, exit codes and errors of the command line as a whole."""

import os
import subprocess
import sys

import pytest

import tfk
from tfk.cli import main as cli


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    for command in ("run", "summary", "plot", "predict", "convert", "export", "train", "doctor"):
        assert f"\n    {command}" in text


@pytest.mark.parametrize(
    "module", cli.COMMANDS, ids=lambda module: module.__name__.rpartition(".")[2]
)
def test_every_command_has_help_with_examples(module, capsys):
    name = module.__name__.rpartition(".")[2]
    with pytest.raises(SystemExit):
        cli.main([name, "--help"])
    text = capsys.readouterr().out
    assert f"usage: tfk {name}" in text and text.count("tfk") > 1 or name == "doctor"


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"tfk {tfk.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nope"], ["summary"], ["plot", "a", "--dpi", "many"]])
def test_wrong_options_end_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_mistakes_are_one_line(tfk_command):
    code, out, err = tfk_command("summary", "missing.keras")
    assert (code, out) == (1, "")
    assert err == "tfk summary: error: there is no file missing.keras\n"


def test_debug_shows_the_traceback(tfk_command):
    with pytest.raises(cli.CommandError):
        tfk_command("--debug", "summary", "missing.keras")


def test_interrupt(tfk_command, monkeypatch):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.doctor, "execute", interrupted)
    assert tfk_command("doctor") == (130, "", "tfk doctor: interrupted\n")


def test_bugs_are_not_hidden(tfk_command, monkeypatch):
    monkeypatch.setattr(cli.doctor, "execute", lambda args: {}["bug"])
    with pytest.raises(KeyError):
        tfk_command("doctor")


def test_module_runs_and_a_closed_pipe_is_no_error(files):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"{sys.executable} -m tfk summary {files / 'model.keras'} | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0 and done.stdout == 'Model: "sequential"\n'
    assert "Traceback" not in done.stderr

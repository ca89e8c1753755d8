"""Help, exit codes and errors of the command line as a whole."""

import os
import subprocess
import sys

import pytest

import tfk
import tfk_cli
from tfk.cli import main as cli
from tfk_cli import main


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == 0
    for command in (
        "demo",
        "run",
        "summary",
        "plot",
        "predict",
        "convert",
        "export",
        "train",
        "doctor",
    ):
        assert f"\n  {command}" in text


def test_the_table_of_commands_names_every_module_by_its_docstring():
    assert tfk_cli.COMMANDS == {name: module.__doc__ for name, module in cli.MODULES.items()}


@pytest.mark.parametrize("name", cli.MODULES)
def test_every_command_has_help_with_examples(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    text = capsys.readouterr().out
    assert f"usage: tfk {name}" in text and text.count("tfk") > 1 or name == "doctor"


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"tfk {tfk.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nope"], ["summary"], ["plot", "a", "--dpi", "many"]])
def test_wrong_options_end_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_unknown_command_suggests_the_nearest(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["sumary"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(
        "tfk: error: unknown command 'sumary'. Did you mean summary?\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["trian", "x.json"], []])
def test_answers_without_expensive_imports(arguments):
    program = (
        "import sys, tfk_cli\n"
        "try:\n    tfk_cli.main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "print(sorted({'importlib.metadata', 'numpy', 'tensorflow', 'tfk'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_commands_print_no_start_up_lines_of_tensorflow():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tfk_cli", "doctor"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.stderr == "" and "[ok] training step" in done.stdout


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

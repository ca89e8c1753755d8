"""Runs a realistic program for each package of the Keras 2 ecosystem, under Keras 2 and under tfk.

`make ecosystem` creates a separate environment (`.ecosystem`, several GB), installs the packages
and prints a table: package, version, whether its program runs under tf_keras and under `tfk run`.
The exit code is 1 if a program that runs under tf_keras fails under tfk.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
from packages import BASE, PACKAGES  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=pathlib.Path, default=ROOT / ".ecosystem")
    parser.add_argument("--only", nargs="*", help="names of packages; all by default")
    parser.add_argument("--no-install", action="store_true", help="use what is installed there")
    parser.add_argument("--timeout", type=int, default=600, help="seconds for one program")
    parser.add_argument("--skip-control", action="store_true", help="run under tfk alone")
    args = parser.parse_args()
    python = args.environment / "bin" / "python"
    chosen = [package for package in PACKAGES if not args.only or package.name in args.only]
    if not args.no_install:
        prepare(args.environment, python, chosen)
    failed = []
    print("| package | version | tf_keras | tfk | |\n|---|---|---|---|---|", flush=True)
    for package in chosen:
        control = None if args.skip_control else run(python, package, "tf_keras", args.timeout)
        ours = run(python, package, "tfk", args.timeout)
        if ours.error and (control is None or not control.error):
            failed.append(package.name)
        print(row(package, version(python, package), control, ours), flush=True)
    print(f"\n{len(chosen) - len(failed)} of {len(chosen)} run", flush=True)
    return 1 if failed else 0


def prepare(environment, python, packages):
    """Makes the environment and installs what the packages ask for."""
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *BASE], check=True)
    for package in packages:
        if package.install:
            subprocess.run([*pip, *package.install], check=False)
        if package.alone:
            subprocess.run([*pip, "--no-deps", *package.alone], check=False)


class Outcome:
    """How a program ended: seconds, and the last line of its error or an empty text."""

    def __init__(self, seconds, error):
        self.seconds, self.error = seconds, error

    def __str__(self):
        return "fails" if self.error else f"{self.seconds:.0f} s"


def run(python, package, library, timeout):
    """Runs the program of a package in an empty folder."""
    program = HERE / "programs" / package.program
    command = [python] if library == "tf_keras" else [python, "-m", "tfk", "run"]
    environment = {
        **os.environ,
        "TF_USE_LEGACY_KERAS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            process = subprocess.run(
                [*command, program],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            return Outcome(timeout, f"no end within {timeout} s")
    seconds = time.monotonic() - started
    if process.returncode == 0 and process.stdout.rstrip().endswith("ok"):
        return Outcome(seconds, "")
    log = os.environ.get("ECOSYSTEM_LOGS")
    if log:
        path = pathlib.Path(log, f"{package.name}.{library}.log")
        path.write_text(process.stdout[-5000:] + process.stderr[-20000:])
    return Outcome(seconds, last_error(process.stderr) or f"exit code {process.returncode}")


def last_error(text):
    """The last line of a traceback that names an exception."""
    lines = [
        line for line in text.splitlines() if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)
    ]
    return lines[-1][:160] if lines else ""


def version(python, package):
    """Version of a package in the environment."""
    code = f"import importlib.metadata as m; print(m.version({package.name!r}))"
    run = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return run.stdout.strip() or "-"


def row(package, version, control, ours):
    """One line of the table."""
    reason = ours.error if ours.error else ""
    if control is not None and control.error:
        reason = f"control: {control.error}" + (f"; tfk: {reason}" if reason else "")
    return f"| {package.name} | {version} | {control or ''} | {ours} | {reason} |"


if __name__ == "__main__":
    sys.exit(main())

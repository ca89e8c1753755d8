"""The guide to packages runs where they are installed, and every package has its program."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "ecosystem.md").read_text(encoding="utf8")
SNIPPET = re.compile(r"^(?:<!-- not run: needs (\w+) -->\n)?```python\n(.*?)^```$", re.M | re.S)
SECTIONS = SNIPPET.findall(GUIDE)
NEEDY = [section for section in SECTIONS if section[0]]
SHARED = "\n".join(code for package, code in SECTIONS if not package)


@pytest.mark.parametrize("package, code", NEEDY, ids=[package for package, _ in NEEDY])
def test_sections_run(package, code, tmp_path):
    pytest.importorskip(package)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WANDB_SILENT": "true"}
    run = subprocess.run(
        [sys.executable, "-c", f"{SHARED}\n{code}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]


def test_every_package_has_a_program():
    folder = ROOT / "scripts" / "ecosystem"
    spec = importlib.util.spec_from_file_location("packages", folder / "packages.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["packages"] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["packages"]
    programs = {file.name for file in (folder / "programs").glob("*.py")}
    assert programs == {package.program for package in module.PACKAGES}
    for file in programs:
        compile((folder / "programs" / file).read_text(encoding="utf8"), file, "exec")

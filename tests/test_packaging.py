"""What users install: the sdist and the wheel built from it, used outside the source tree."""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ("tfk", "tfk_cli.py", "setup.py", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in")
TRAINS = """
import importlib, pathlib, pkgutil, sys
import tfk
installed = pathlib.Path(tfk.__file__).parent
assert installed == pathlib.Path(sys.argv[1]) / "tfk", installed
names = [module.name for module in pkgutil.walk_packages(tfk.__path__, "tfk.")]
for name in names:
    importlib.import_module(name)
x, y = tfk.datasets.digits.load_data()[0]  # its file is part of the package
model = tfk.Sequential([tfk.layers.Flatten(), tfk.layers.Dense(10)])
model.compile("adam", tfk.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(x[:256] / 16.0, y[:256], epochs=5, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
print(len(names))
"""


def package_files(folder):
    """What belongs to the package below `folder`, as paths relative to it."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The paths of an sdist, and of a wheel built from it."""
    folder = tmp_path_factory.mktemp("built")
    tree = folder / "tree"
    tree.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, tree)
    build(tree, f"build_sdist({str(folder)!r})")
    [sdist] = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    [unpacked] = (folder / "unpacked").iterdir()
    build(unpacked, f"build_wheel({str(folder)!r})")
    [wheel] = folder.glob("*.whl")
    return sdist, wheel


def build(folder, call):
    """Call a hook of the build backend in `folder`, without isolation and thus without network."""
    code = f"from setuptools import build_meta; build_meta.{call}"
    run(sys.executable, "-c", code, cwd=folder)


def run(*command, cwd, **environment):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_and_sdist_hold_every_file_of_the_package(built):
    sdist, wheel = built
    expected = {f"tfk/{name}" for name in package_files(ROOT / "tfk")}
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert expected <= names
    with zipfile.ZipFile(wheel) as archive:
        assert {name for name in archive.namelist() if name.startswith("tfk/")} == expected


def test_installed_wheel_imports_every_module_and_trains(built, tmp_path):
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, "--target", target, built[1], cwd=tmp_path)
    shown = run(sys.executable, "-c", TRAINS, target, cwd=tmp_path, PYTHONPATH=str(target))
    modules = [path for path in (ROOT / "tfk").rglob("*.py") if path != ROOT / "tfk/__init__.py"]
    assert int(shown) == len(modules)

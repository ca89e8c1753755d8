"""Runs the examples of all docstrings."""

import doctest
import importlib
import pathlib

import numpy as np
import pytest
import tensorflow as tf

import tfk

PACKAGE = pathlib.Path(tfk.__file__).parent
MODULES = sorted(
    ".".join(("tfk", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(
        module,
        extraglobs={"np": np, "tf": tf, "tfk": tfk},
        optionflags=doctest.NORMALIZE_WHITESPACE,
    )
    assert not result.failed, f"{result.failed} examples of {name} failed: see above"

"""Every application against what tf_keras builds: names, order, shapes, summary, and the files of
its weights.
"""

import gc
import importlib
import json

import pytest

import tfk
from tests.applications.facts import facts_of, key_of, recorded
from tfk.applications import weight_files
from tfk.applications.weight_hashes import HASHES
from tfk.engine.model.model import Model
from tfk.utils.loading import weights_follow

PUBLIC = sorted(name for name in dir(tfk.applications) if name[0].isupper())


@pytest.fixture
def no_downloads(monkeypatch):
    """ImageNet weights are neither fetched nor loaded. Returns the list of `(release, key)` that
    were asked for.
    """
    asked_for = []

    def fetch(release, key, include_top):
        asked_for.append((release, key))

    monkeypatch.setattr(weight_files.Release, "fetch", fetch)
    monkeypatch.setattr(Model, "load_weights", lambda *_: None)
    return asked_for


def files_of(release, key):
    """Name, address and hash of the files with and without classifier."""
    return [list(release.file(key, include_top)) for include_top in (True, False)]


def test_every_model_is_recorded():
    assert PUBLIC == sorted(recorded())


@pytest.mark.parametrize("name", recorded())
def test_structure_is_that_of_keras(name, no_downloads):
    facts = dict(recorded()[name])
    files = facts.pop("files")
    build = getattr(tfk.applications, name)
    with weights_follow():
        model = build()
    assert facts_of(model) == facts
    (asked_for,) = no_downloads
    expected = files[key_of({})]
    assert files_of(*asked_for)[: len(expected)] == expected
    del model
    gc.collect()


VARIANTS = [
    (name, variant)
    for name, facts in recorded().items()
    for variant in facts["files"]
    if variant != key_of({})
]


@pytest.mark.parametrize("name, variant", VARIANTS)
def test_arguments_choose_the_weight_file_as_in_keras(name, variant, no_downloads):
    arguments = {"weights": "imagenet", "include_top": False, **json.loads(variant)}
    with weights_follow():
        getattr(tfk.applications, name)(**arguments)
    (asked_for,) = no_downloads
    expected = recorded()[name]["files"][variant]
    assert files_of(*asked_for)[: len(expected)] == expected


@pytest.mark.parametrize(
    "module",
    [
        "convnext",
        "efficientnet",
        "efficientnet_v2",
        "mobilenet_v3",
        "regnet",
        "resnet",
        "resnet_rs",
    ],
)
def test_hashes_are_those_of_keras(module):
    pytest.importorskip("tf_keras")
    theirs = vars(importlib.import_module(f"tf_keras.src.applications.{module}"))
    theirs = files_by_key(theirs.get("WEIGHTS_HASHES") or theirs["WEIGHT_HASHES"], module)
    shared = theirs.keys() & HASHES.keys()  # theirs has rows that none of its models asks for
    assert len(shared) >= 5
    assert {key: HASHES[key] for key in shared} == {key: theirs[key] for key in shared}


def files_by_key(table, module):
    """tf_keras's table in the form of ours: hashes of both files by the name of the model."""
    if module == "resnet_rs":  # a row for each file
        models = {name.removesuffix(".h5").removesuffix("_notop") for name in table}
        return {model: (table[f"{model}.h5"], table[f"{model}_notop.h5"]) for model in models}
    prefix = {
        "regnet": "regnet",
        "efficientnet": "efficientnet",
        "efficientnet_v2": "efficientnetv2-",
    }.get(module, "")
    return {prefix + model.removeprefix("-"): tuple(hashes) for model, hashes in table.items()}

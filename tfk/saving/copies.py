"""Copies of live objects, in the same process or pickled.

A copy takes the way of a `.keras` file without the file: config, values of variables, assets. What
the user's program built stays an object in the config (see `copying_scope`): functions and classes
are not looked up by name, and no code is rebuilt from data.
"""

import copy
import os
import pathlib
import tempfile

from tfk.saving.assets import load_assets, readers_of, save_assets
from tfk.saving.configs import load, serialize_keras_object, serialize_sharing
from tfk.saving.json_format import to_plain
from tfk.saving.load_scopes import copying_scope, sharing_scope
from tfk.saving.protocols import LoadsVariables, SavesVariables
from tfk.saving.trainable_flags import with_flags
from tfk.saving.variables_file import saved_items
from tfk.utils.loading import no_budget, weights_follow
from tfk.utils.random import SeedGenerator


def take(item):
    """Return the parts of a layer or model that `rebuild` takes: its config, values and assets.

    They can be pickled if the functions and classes of the user in them can.
    """
    with copying_scope():
        config = to_plain(serialize_sharing(lambda: serialize_keras_object(item)))
    config = with_flags(config, item)
    with tempfile.TemporaryDirectory() as folder:
        save_assets(item, pathlib.Path(folder))
        files = [path for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()]
        assets = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {"config": config, "values": _values(item), "assets": assets}


def rebuild(parts):
    """Create a copy of an object from its parts."""
    with copying_scope(), sharing_scope(), no_budget(), weights_follow():
        item = load(parts["config"], safe_mode=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in parts["assets"].items():
            path = pathlib.Path(folder, name)
            os.makedirs(path.parent, exist_ok=True)
            path.write_bytes(data)
        folders = {os.path.dirname(name) for name in parts["assets"]}
        load_assets(readers_of(item, folders), pathlib.Path(folder))
    _set_values(item, parts["values"])
    return item


def _values(root):
    """Dict from the place of every object with variables to what it saves."""
    stores = {}
    for place, item in saved_items(root):
        if isinstance(item, SeedGenerator):
            stores[place] = {"0": item.state.numpy()}
        elif isinstance(item, SavesVariables):
            stores[place] = {}
            item.save_own_variables(stores[place])
    return stores


def _set_values(root, stores):
    for place, item in saved_items(root):
        if place not in stores:  # a metric that the original makes at its first batch
            continue
        if isinstance(item, SeedGenerator):
            item.state.assign(stores[place]["0"])
        elif isinstance(item, LoadsVariables):
            item.load_own_variables(stores[place])


def fresh_copy(item):
    """Return a new object with the config of `item`; its weights are newly initialized."""
    with copying_scope():
        return type(item).from_config(item.get_config())


def deep_copy(item, memo):
    """`copy.deepcopy` of a layer or model, for its `__deepcopy__`."""
    parts = take(item)
    with copying_scope():
        parts["config"] = copy.deepcopy(parts["config"], memo)
    memo[id(item)] = duplicate = rebuild(parts)
    return duplicate

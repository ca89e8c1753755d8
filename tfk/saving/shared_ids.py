"""The ids of shared layers in `.keras` files of Keras 2.13 to 3, where the first config has none.

Keras gives a layer its `shared_object_id` when it meets it again, in another nested model. Without
an id in the first config, too, it would be loaded as two layers, the second of which has no weights
in the file. Keras cannot read such files itself.
"""

import collections
import json

from tfk.saving.configs import is_object_config
from tfk.saving.load_scopes import nesting_checked

ID = "shared_object_id"


@nesting_checked()
def complete_ids(config):
    """Give the first config of each shared layer the id that later ones have, in place.

    The first one is the only earlier config without an id that describes the same layer.
    """
    entries = list(_layers(config))
    if not any(ID in entry for entry in entries):
        return
    unnumbered, done = collections.defaultdict(list), set()
    for entry in entries:
        number, description = entry.get(ID), _description(entry)
        if not isinstance(number, int):
            unnumbered[description].append(entry)
        elif number not in done:
            done.add(number)
            if len(unnumbered[description]) == 1:
                unnumbered[description][0][ID] = number


def _layers(nest):
    """Yield the configs of layers in a nest, the outer ones first."""
    if isinstance(nest, dict):
        settings = nest.get("config")
        if is_object_config(nest) and isinstance(settings, dict):
            if isinstance(settings.get("name"), str) and isinstance(nest["class_name"], str):
                yield nest
        nest = list(nest.values())
    if isinstance(nest, list):
        for item in nest:
            yield from _layers(item)


def _description(entry):
    """Return what a config says of the layer alone, without ids and calls, as a string."""
    layer = {key: value for key, value in entry.items() if key != "inbound_nodes"}
    return json.dumps(_without_ids(layer), sort_keys=True)


def _without_ids(nest):
    if isinstance(nest, list):
        return [_without_ids(item) for item in nest]
    if not isinstance(nest, dict):
        return nest
    return {key: _without_ids(value) for key, value in nest.items() if key != ID}

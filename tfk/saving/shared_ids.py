"""The ids of shared layers in `.keras` files of Keras 2.13 to 3, where the first config has none.

Keras gives a layer its `shared_object_id` when it meets it again, in another nested model. Without
an id in the first config, too, it would be loaded as two layers, the second of which has no weights
in the file. Keras cannot read such files itself.
"""

import collections

from tfk.saving.configs import is_object_config
from tfk.saving.load_scopes import nesting_checked

ID = "shared_object_id"


@nesting_checked()
def complete_ids(config):
    """Give the first config of each shared layer the id that later ones have, in place.

    The first one is the only earlier config without an id that describes the same layer.
    """
    unnumbered, done = collections.defaultdict(list), set()
    for entry in _layers(config):
        place = entry["class_name"], entry["config"]["name"]
        number = entry.get(ID)
        if number is None:
            unnumbered[place].append(entry)
        elif number not in done:
            done.add(number)
            description = _description(entry)
            first = [other for other in unnumbered[place] if _description(other) == description]
            if len(first) == 1:
                first[0][ID] = number


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
    """What a config says of the layer alone, without ids and calls."""
    return _without_ids({key: value for key, value in entry.items() if key != "inbound_nodes"})


def _without_ids(nest):
    if isinstance(nest, list):
        return [_without_ids(item) for item in nest]
    if not isinstance(nest, dict):
        return nest
    return {key: _without_ids(value) for key, value in nest.items() if key != ID}

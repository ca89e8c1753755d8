"""Weights of a layer in HDF5 files by name, since their order depends on what was trainable.

Files list the trainable weights first, those of frozen inner layers last. The flags of a model that
reads the file may be others: then weights of equal shapes would change places.
"""

import collections
import re

_PART = re.compile(r"(.+?)(?:_(\d+))?(:\d+)?", re.DOTALL)


def places_by_name(own, stored):
    """Return the place of each own name among the stored ones, numbers of default names aside;
    None if the names are not the same ones, each once.
    """
    own, stored = _renumbered(own), _renumbered(stored)
    places = {name: place for place, name in enumerate(stored)}
    if len(set(own)) < len(own) or sorted(own) != sorted(stored):
        return None
    return [places[name] for name in own]


def _renumbered(names):
    """Names such as `dense_7/kernel:0`, in which the numbers of each stem count from 0."""
    parts = [[_PART.fullmatch(part).groups() for part in name.split("/") if part] for name in names]
    numbers = collections.defaultdict(set)
    for stem, number, _ in (part for name in parts for part in name):
        numbers[stem].add(int(number or 0))
    ranks = {
        stem: {number: rank for rank, number in enumerate(sorted(found))}
        for stem, found in numbers.items()
    }
    return [
        "/".join(f"{stem}_{ranks[stem][int(number or 0)]}" for stem, number, _ in name)
        for name in parts
    ]

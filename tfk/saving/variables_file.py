"""`.weights.h5` files, and the weights inside `.keras` files: one group per object, with `vars/<i>`
inside.
"""

import collections.abc
import contextlib
import functools
import os
import re
import warnings

import h5py
import numpy as np
import tensorflow as tf

from tfk.saving import earlier_trees, hdf5_file
from tfk.saving.hdf5_file import Hdf5Error, attribute, holds, member, read
from tfk.saving.object_tree import walk
from tfk.saving.protocols import ChecksVariables, LoadsVariables, SavedForKeras3, SavesVariables
from tfk.utils.checks import describe
from tfk.utils.handover import assign, values
from tfk.utils.random import SeedGenerator

VARIABLES = "vars"
_ARRAY = re.compile(rf"(?:(.*)/)?{VARIABLES}/[^/]+")  # its place, that of the object
# Parts of places under which the state of training is stored; a model need not be compiled.
_TRAINING = {"optimizer", "metrics", "loss_tracker", "_loss_tracker"}


class Writer:
    """The store that `save_own_variables` writes to."""

    def __init__(self, group):
        self.group = group

    def __setitem__(self, key, value):
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":  # HDF5 has no such type: the bits, and a note
            dataset = self.group.create_dataset(str(key), data=array.view(np.uint16))
            dataset.attrs["dtype"] = "bfloat16"
        else:
            self.group.create_dataset(str(key), data=array)

    def keys(self):
        return self.group.keys()


class Reader(collections.abc.Mapping):
    """The store that `load_own_variables` reads from, item by item."""

    gives_away = True  # the arrays have no other references

    def __init__(self, group):
        self.group = group

    def __getitem__(self, key):
        dataset = member(self.group, str(key))
        array = read(dataset)
        if attribute(dataset, "dtype") == "bfloat16":
            return array.view(tf.bfloat16.as_numpy_dtype)
        return array

    def __iter__(self):
        return iter(self.group.keys() if self.group is not None else ())

    def __len__(self):
        return len(self.group.keys()) if self.group is not None else 0


class _PlainModule:
    """Saves the variables of a `tf.Module` that is not a layer. Keras 2 leaves them out of its
    files.
    """

    def __init__(self, module):
        self.module = module

    def saved_variables(self):
        return self.module.variables

    def save_own_variables(self, store):
        for index, variable in enumerate(self.module.variables):
            store[str(index)] = values(variable)

    def check_own_variables(self, shapes):
        own = {
            str(index): tuple(variable.shape)
            for index, variable in enumerate(self.module.variables)
        }
        if shapes and shapes != own:
            raise ValueError(f"stored shapes {shapes} do not fit those of {self.module!r}: {own}.")

    def load_own_variables(self, store):
        if not store:
            warnings.warn(
                f"The file holds no values for the variables of {self.module!r}, which is a"
                " tf.Module and no layer (Keras 2 does not save these): they stay as they are.",
                stacklevel=4,
            )
            return
        for index, variable in enumerate(self.module.variables):
            assign(variable, store[str(index)])


def saved_items(root, places=None):
    """Return pairs of place and object as in `walk`, with plain modules as objects that save
    themselves.

    Args:
        root: The model, or another object that saves itself.
        places: What another walk gives, by default that of present files.
    """
    for place, item in walk(root) if places is None else places:
        plain = isinstance(item, tf.Module) and not isinstance(item, SavesVariables)
        if plain and not isinstance(item, SeedGenerator) and item.variables:
            item = _PlainModule(item)
        yield place, item


def save(path, root, for_keras=2):
    """Write the variables of `root` and all objects in it to a path, or into an unbuffered binary
    file object.

    Args:
        path: The path or file.
        root: The model, or another object that saves itself.
        for_keras: 3 gives optimizers the state that they have in Keras 3.
    """
    with hdf5_file.new_file(path) as file:
        for place, item in saved_items(root, walk(root, keras3=for_keras == 3)):
            if isinstance(item, SeedGenerator):
                Writer(file.require_group(f"{place}/{VARIABLES}"))["0"] = item.state.numpy()
            elif isinstance(item, SavesVariables):
                group = file.require_group(f"{place}/{VARIABLES}")
                if for_keras == 3 and isinstance(item, SavedForKeras3):
                    item.save_for_keras3(Writer(group))
                elif for_keras == 2 or place != "optimizer":
                    item.save_own_variables(Writer(group))
                for alias in getattr(item, "saved_aliases", ()):
                    _link(file, f"{place}/{alias}", place)
        for place, first in earlier_trees.second_names(root).items() if for_keras == 2 else ():
            if len(file.get(f"{first}/{VARIABLES}", ())):
                _link(file, place, first)


def _link(file, place, first):
    """Gives the arrays at `first` a second place."""
    file[f"{place}/{VARIABLES}"] = file[f"{first}/{VARIABLES}"]


def load(path, root, skip_mismatch=False, title=None):
    """Set the variables of `root` and all objects in it from a file that `save` or Keras 2 wrote.

    Shapes are compared for the whole tree before the first variable is set.

    Args:
        path: The file.
        root: The model, or another object that saves itself.
        skip_mismatch: Warn about objects that do not fit and leave them alone, instead of raising.
            Defaults to False.
        title: What messages call the file, by default its path.
    """
    title = title or path
    with hdf5_file.open_file(path) as file:
        items = _located(file, root)
        fitting = [entry for entry in items if _fits(*entry, title, skip_mismatch)]
        unused = _unused(file, [group for _, _, group in items if group is not None])
        if unused:
            warnings.warn(
                f"{os.fspath(title)!r} holds weights at {unused[:8]} that are not used:"
                f" {describe(root)} has no such object.",
                stacklevel=4,
            )
        for place, item, group in fitting:
            if isinstance(item, SeedGenerator):
                _load_seed(item, group)
            elif isinstance(item, LoadsVariables):
                with _mismatch_at(place, title, skip_mismatch):
                    item.load_own_variables(Reader(group))


def _located(file, root):
    """Triples of path, object and group, by the layout that the file has.

    Layouts differ in the paths of objects, not in what is stored of one.
    """
    earlier = list(earlier_trees.WALKS)
    is_earlier = earlier_trees.MARK in file and "layers" not in file
    present = [walk, functools.partial(walk, keras3=True)]
    layouts = [*earlier, *present] if is_earlier else [*present, *earlier]
    first = None
    for layout in layouts:
        items = [
            (place, item, _group_of(file, place)) for place, item in saved_items(root, layout(root))
        ]
        first = first or items
        if all(_has_as_many(item, group) for _, item, group in items):
            return items
    return first


def _unused(file, groups):
    """Places of arrays in none of `groups`, less the state of training."""
    names, read_from = [], set(groups)
    # Each object once, under its last name, which is that of present files.
    h5py.h5o.visit(
        file.id,
        lambda name: names.append(name.decode("utf8", "replace")),
        order=h5py.h5.ITER_DEC,
    )
    matches = [match for match in map(_ARRAY.fullmatch, reversed(names)) if match]
    places = dict.fromkeys(match[1] or "" for match in matches)
    return [
        place
        for place in places
        if not _TRAINING.intersection(place.split("/"))
        and group_at(file, f"{place}/{VARIABLES}") not in read_from
    ]


def _has_as_many(item, group):
    """Whether a group holds as many arrays as an object has variables."""
    if not isinstance(item, ChecksVariables):
        return True
    return len(item.saved_variables()) == (0 if group is None else len(group))


def _group_of(file, place):
    """The group of the object at `place`, None if there is none.

    Keras 3 files a private attribute, such as `_query_dense`, under its public name.
    """
    group = group_at(file, f"{place}/{VARIABLES}")
    public = "/".join(part.lstrip("_") for part in place.split("/"))
    if group is None and public != place:
        group = group_at(file, f"{public}/{VARIABLES}")
    return group


def _fits(place, item, group, title, skip_mismatch):
    """Return whether stored values match an object that can check it in advance."""
    if not isinstance(item, ChecksVariables):
        return True
    with _mismatch_at(place, title, skip_mismatch):
        keys = group.keys() if group is not None else ()
        item.check_own_variables({key: _stored_shape(group, key) for key in keys})
        for number, variable in enumerate(item.saved_variables()):
            if str(number) in keys and not holds(member(group, str(number)), variable.dtype):
                stored = getattr(group[str(number)], "dtype", "of a group")
                raise ValueError(
                    f"stored dtype {stored} does not fit {variable.name!r} of"
                    f" {variable.dtype.name}."
                )
        return True
    return False


def _stored_shape(group, key):
    return tuple(getattr(member(group, key), "shape", None) or ())


@contextlib.contextmanager
def _mismatch_at(place, title, skip):
    """Turns a mismatch into one error that says where, or into a warning."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        reason = error.args[0] if error.args else error
        if not skip:
            raise ValueError(
                f"The weights in {os.fspath(title)!r} do not fit at {place or 'the root'!r}:"
                f" {reason}"
            ) from None
        warnings.warn(f"Weights at {place!r} are skipped: {reason}", stacklevel=4)


def group_at(file, path):
    """Return the group at `path`, None if there is none."""
    try:
        group = member(file, path)
    except KeyError:
        return None
    if not isinstance(group, h5py.Group):
        raise Hdf5Error(f"{path} is data where a group was expected.")
    return group


def _load_seed(generator, group):
    """Random state is no part of Keras 2's files: where there is none, the generator keeps its
    own.
    """
    if group is not None and "0" in group:
        generator.state.assign(read(member(group, "0"), generator.state.shape))

"""TensorFlow checkpoints of a model's weights, and of its optimizer.

A checkpoint is an index and the data files that it names, `<prefix>.data-00000-of-00002`. Two files
cannot be renamed in one step; but the index knows how many data files there are, and their names
hold that number. So a checkpoint that replaces another one is written with another number of data
files: they come to lie beside the old ones, and the rename of the index alone decides which are
meant. A kill at any moment leaves the old or the new checkpoint.
"""

import contextlib
import copy
import math
import os
import re
import warnings

import tensorflow as tf
from google.protobuf.message import DecodeError

from tfk.saving import checkpoint_match
from tfk.utils.folder_lock import folder_lock
from tfk.utils.naming import printable_errors
from tfk.utils.temporaries import left_over, temporary_name
from tfk.utils.tensorflow_internals import AutoTrackable, tensor_bundle_pb2


def exists(prefix):
    """Return whether there is a checkpoint with this prefix."""
    return tf.io.gfile.exists(f"{os.fspath(prefix)}.index")


def save(model, prefix, options=None):
    """Write `<prefix>.index` and `<prefix>.data-...`, and the file `checkpoint` that names the
    latest.
    """
    prefix = os.fspath(prefix)
    folder, name = os.path.split(prefix)
    if folder and not tf.io.gfile.exists(folder):
        tf.io.gfile.makedirs(folder)
    with folder_lock(folder):
        _save(model, prefix, options)


def _save(model, prefix, options):
    folder, name = os.path.split(prefix)
    temporary = os.path.join(folder, temporary_name(name))
    present = tf.io.gfile.listdir(folder or ".") if tf.io.gfile.exists(folder or ".") else []
    for entry in left_over([entry.rstrip("/") for entry in present], name):
        _remove(os.path.join(folder, entry))
    try:
        _write(model, os.path.join(temporary, name), _data_count(prefix), options)
        _move(temporary, folder, name)
        _note_as_latest(temporary, folder, name or "./")
    finally:
        _remove(temporary)


def _remove(folder):
    if os.path.islink(folder):
        os.remove(folder)
    elif tf.io.gfile.exists(folder):
        tf.io.gfile.rmtree(folder)


def _write(model, target, taken, options):
    """Writes a checkpoint that does not have `taken` data files."""
    options = options or tf.train.CheckpointOptions()
    apart = copy.copy(options)
    apart.experimental_sharding_callback = _OneMoreFile(options.experimental_sharding_callback)
    for chosen in (options, apart) if taken != 1 else (apart, options):
        checkpoint = tf.train.Checkpoint(root=model)
        checkpoint.write(target, options=chosen)
        checkpoint.sync()
        if _data_count(target) != taken:
            return


class _OneMoreFile(tf.train.experimental.ShardingCallback):
    """Write one tensor to a separate data file."""

    def __init__(self, policy):
        self._policy = policy or tf.train.experimental.ShardByTaskPolicy()

    @property
    def description(self):
        return f"{self._policy.description} One tensor lies apart."

    def __call__(self, shardable_tensors):
        first, *others = self._policy(shardable_tensors)
        if len(first) == 1:
            return [first, *others]
        key = next(iter(first))
        return [{key: first.pop(key)}, first, *others]


def _data_count(prefix):
    """How many data files the index of a checkpoint names; None without a readable index.

    An index is a sorted table of records; the first one, under the empty key, is the header that
    holds the number.
    """
    if not exists(prefix):
        return None
    with tf.io.gfile.GFile(f"{prefix}.index", "rb") as file:
        start = file.read(128)
    if start[:2] != b"\0\0" or len(start) < 3:
        return None
    try:
        return tensor_bundle_pb2.BundleHeaderProto.FromString(start[3 : 3 + start[2]]).num_shards
    except DecodeError:
        return None


def _move(temporary, folder, name):
    """Moves a checkpoint to its place, the index last, and removes the data of the one it
    replaces.
    """
    files = tf.io.gfile.listdir(temporary)
    data = [file for file in files if file != f"{name}.index"]
    for file in (*data, f"{name}.index"):
        tf.io.gfile.rename(
            os.path.join(temporary, file), os.path.join(folder, file), overwrite=True
        )
    of_this_prefix = re.compile(re.escape(name) + r"\.data-\d{5}-of-\d{5}")
    for file in tf.io.gfile.listdir(folder or "."):
        if of_this_prefix.fullmatch(file) and file not in data:
            tf.io.gfile.remove(os.path.join(folder, file))


def _note_as_latest(temporary, folder, name):
    path = os.path.join(temporary, "checkpoint")
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(f"model_checkpoint_path: {quoted}\nall_model_checkpoint_paths: {quoted}\n")
    tf.io.gfile.rename(path, os.path.join(folder, "checkpoint"), overwrite=True)


def load(model, prefix, options=None):
    """Restore the values of a checkpoint; variables that do not exist yet are restored when
    created.

    Returns: A `LoadStatus`, with `assert_consumed()` and `expect_partial()`.
    Raises: ValueError for a damaged checkpoint, one whose index declares more than the data files
        hold, or one that does not fit the model, which is left as it was then.
    """
    prefix = os.fspath(prefix)
    with folder_lock(os.path.dirname(prefix), shared=True), _damage_named(prefix):
        _check_size(prefix)
        with contextlib.ExitStack() as stack:
            foreign, warning = checkpoint_match.check(model, prefix)
            for optimizer in foreign:
                stack.enter_context(optimizer.left_alone())
            status = tf.train.Checkpoint(root=model).read(prefix, options=options)
    for layer in model._flatten_layers():
        layer.finalize_state()
    return LoadStatus(status, warning)


class LoadStatus:
    """TensorFlow's status of a restored checkpoint, which warns about stored arrays that are not
    used. As in TensorFlow, it does so when it is deleted, unless `expect_partial` was called.

    Args:
        status: TensorFlow's status.
        warning: The warning, or None.
    """

    def __init__(self, status, warning):
        self._status, self._warning = status, warning

    def expect_partial(self):
        """Do not warn; return the status."""
        self._warning = None
        self._status.expect_partial()
        return self

    def assert_consumed(self):
        """Raise AssertionError unless all values were used; return the status."""
        self._warning = None
        self._status.assert_consumed()
        return self

    def __getattr__(self, name):
        return getattr(self._status, name)

    def __del__(self):
        if self._warning:
            self._status.expect_partial()  # no second message of TensorFlow
            warnings.warn(self._warning, stacklevel=2)


def check_holds(prefix, model):
    """Raise ValueError if the checkpoint has no value for a weight of the model."""
    with folder_lock(os.path.dirname(prefix), shared=True), _damage_named(prefix):
        _check_size(prefix)
        found = tf.train.CheckpointView(prefix).match(model)
    held = {id(item) for item in found.values()}
    missing = [weight.name for weight in model.weights if id(weight) not in held]
    if missing:
        raise ValueError(
            f"The checkpoint {prefix!r} holds no values for {missing[:10]} of {model.name!r}."
        )


def load_states(prefix, model):
    """Set the states of the recurrent layers of a model from the checkpoint of its SavedModel
    folder, if it holds them.

    Raises: ValueError for a damaged checkpoint, or states of other shapes.
    """
    root = AutoTrackable()
    root.tracked = [model]  # as `ExportArchive` files it
    with _damage_named(prefix):
        _check_size(prefix)
        reader, found = tf.train.load_checkpoint(prefix), checkpoint_match.match(root, prefix)
        for number, variable in found.objects.items():
            if "states" in found.paths[number].split("/"):
                for attribute in found.graph.nodes[number].attributes:
                    variable.assign(reader.get_tensor(attribute.checkpoint_key))


def table(prefix, place):
    """Return the keys and values of the lookup table at `place` in a checkpoint; None if there is
    none."""
    with _damage_named(prefix):
        reader = tf.train.load_checkpoint(prefix)
        names = [f"{place}/.ATTRIBUTES/table-{part}" for part in ("keys", "values")]
        return [reader.get_tensor(name) for name in names] if reader.has_tensor(names[0]) else None


@contextlib.contextmanager
def _damage_named(prefix):
    try:
        with printable_errors():
            yield
    except (tf.errors.OpError, RuntimeError, LookupError, DecodeError) as error:
        raise ValueError(f"The checkpoint {prefix!r} cannot be read: {error}") from None


def _check_size(prefix):
    """Nothing in a checkpoint is compressed, so declared sizes must match the data
    files.
    """
    reader = tf.train.load_checkpoint(prefix)
    types = reader.get_variable_to_dtype_map()
    declared = sum(
        math.prod(shape) * (1 if types[key] == tf.string else types[key].size)
        for key, shape in reader.get_variable_to_shape_map().items()
    )
    held = sum(tf.io.gfile.stat(file).length for file in tf.io.gfile.glob(f"{prefix}.data-*"))
    if declared > held:
        raise ValueError(
            f"The checkpoint {prefix!r} declares {declared} bytes, its data files hold {held}."
        )

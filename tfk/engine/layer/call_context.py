"""What a layer being called needs to know of the calls around it."""

import contextlib
import itertools
import threading

import tensorflow as tf

from tfk.utils import naming
from tfk.utils.control_flow import static_bool

_STATE = threading.local()
_default_training = None  # what layers called outside of other layers take for `training`
_ROOTS = itertools.count(1)  # outermost calls of all threads: replicas of a strategy run in threads


class Frame:
    """One running call (or build) of a layer.

    `training` is the mode nested layers inherit, `root` the number of the outermost call this one
    belongs to (losses carry it, so that those of an older call are told apart), `inputs` what the
    layer was called on, and `building` whether this is its `build`.
    """

    __slots__ = ("layer", "training", "root", "inputs", "building")

    def __init__(self, layer, training, root, inputs, building):
        self.layer, self.training, self.root = layer, training, root
        self.inputs, self.building = inputs, building


def _stack():
    try:
        return _STATE.frames
    except AttributeError:
        _STATE.frames = []
        return _STATE.frames


def current():
    """The innermost `Frame` of this thread, or None outside every call."""
    frames = _stack()
    return frames[-1] if frames else None


def default_training():
    """The mode of calls that are told none: a bool, or None."""
    return _default_training


def set_default_training(training):
    """Sets the mode of calls outside of other calls that are told none."""
    global _default_training
    _default_training = training


def is_training():
    """Whether the call under way trains, or may do so: its mode can be a tensor."""
    frame = current()
    return frame is not None and static_bool(frame.training) is not False


class enter:
    """Context of one call of `layer`; with `building` the context of its `build`."""

    __slots__ = ("layer", "training", "inputs", "building", "frame")

    def __init__(self, layer, training=None, inputs=None, building=False):
        self.layer, self.training, self.inputs, self.building = layer, training, inputs, building

    def __enter__(self):
        frames = _stack()
        if frames:
            root = frames[-1].root
            if self.training is None:
                self.training = frames[-1].training
        else:
            root = next(_ROOTS)
            if self.training is None:
                self.training = _default_training
        frames.append(Frame(self.layer, self.training, root, self.inputs, self.building))
        return frames[-1]

    def __exit__(self, *exc_info):
        _STATE.frames.pop()


@contextlib.contextmanager
def lifted():
    """Context of a `build` that a call triggers: what it creates belongs to no graph being traced.

    So constants, random numbers, tables and generators of a `build` can be used by later calls, as
    in Keras 2. Name scopes and the counting of default names are those of the graph that is left.
    """
    if not in_graph():
        yield
        return
    with naming.counting_names(naming.current_counts()), tf.init_scope():
        yield


class outside:
    """Context in which no call is under way: building a model's graph starts its own scopes."""

    def __enter__(self):
        self.frames = _stack()
        _STATE.frames = []

    def __exit__(self, *exc_info):
        _STATE.frames = self.frames


def in_graph():
    """True while a `tf.function` or a scratch graph is being traced."""
    return not tf.executing_eagerly()

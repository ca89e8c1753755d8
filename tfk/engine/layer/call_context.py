"""Context of layer calls: surrounding calls, training mode and losses."""

import contextlib
import itertools
import threading

import tensorflow as tf

from tfk.utils import naming
from tfk.utils.control_flow import static_bool

_STATE = threading.local()
_default_training = None  # default of `training` for layers called outside other layers
_ROOTS = itertools.count(1)  # outermost calls of all threads: replicas of a strategy run in threads


class Frame:
    """A running call (or build) of a layer.

    `training` is the mode inherited by nested layers, `root` the number of the outermost call this
    one belongs to (stored with losses, to recognize those of an older call), `inputs` the inputs of
    the layer, and `building` whether this is its `build`.
    """

    __slots__ = ("layer", "training", "root", "inputs", "building")

    def __init__(self, layer, training, root, inputs, building):
        self.layer, self.training, self.root = layer, training, root
        self.inputs, self.building = inputs, building


class CallRecord(threading.local):
    """What a layer remembers of its calls, in each thread: replicas of a strategy run in threads
    and take turns.

    `latest` is the number of the latest outermost call in which the layer took part, and `losses`
    are those that were added in the outermost call number `root`.
    """

    latest = root = 0
    losses = ()

    def __deepcopy__(self, memo):
        return type(self)()

    def __reduce__(self):
        return type(self), ()


def _stack():
    try:
        return _STATE.frames
    except AttributeError:
        _STATE.frames = []
        return _STATE.frames


def current():
    """Return the innermost `Frame` of this thread, or None outside every call."""
    frames = _stack()
    return frames[-1] if frames else None


def default_training():
    """Return the mode of calls that specify none: a bool, or None."""
    return _default_training


def set_default_training(training):
    """Set the mode of calls outside other calls that specify none."""
    global _default_training
    _default_training = training


def is_training():
    """Return whether the current call trains, or may do so: its mode can be a tensor."""
    frame = current()
    return frame is not None and static_bool(frame.training) is not False


class enter:
    """Context of a call of `layer`; with `building` the context of its `build`."""

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
    """Context of a `build` triggered by a call: what it creates belongs to no graph being traced.

    Constants, random numbers, tables and generators created in `build` can thus be used by later
    calls, as in Keras 2. Name scopes and default name counters are those of the surrounding graph.
    """
    if not in_graph():
        yield
        return
    with naming.counting_names(naming.current_counts()), tf.init_scope():
        yield


class outside:
    """Context without a current call: building a model's graph starts new scopes."""

    def __enter__(self):
        self.frames = _stack()
        _STATE.frames = []

    def __exit__(self, *exc_info):
        _STATE.frames = self.frames


def in_graph():
    """Return True while a `tf.function` or a scratch graph is being traced."""
    return not tf.executing_eagerly()

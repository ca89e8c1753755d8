"""Whether weights are about to be read from a file, so that computing initial values for them is idle."""

import contextlib
import threading


class _State(threading.local):
    follow = False


_state = _State()


@contextlib.contextmanager
def weights_follow():
    """Layers built inside start at zero: it saves time and memory, and draws no random numbers."""
    outer, _state.follow = _state.follow, True
    try:
        yield
    finally:
        _state.follow = outer


def do_weights_follow():
    """True inside `weights_follow`."""
    return _state.follow

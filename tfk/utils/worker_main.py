"""Main loop of a worker process: computes items of an object, one request at a time.

The process runs this file by its path, so that it imports neither this package nor TensorFlow
unless the object's own module does: a worker then starts in a tenth of a second.
"""

import multiprocessing
import os
import pickle
import random
import signal
import sys
import threading
import traceback
from multiprocessing.connection import wait

import numpy as np

RUN_NAME = "worker"  # of this file in a worker process
VALUE, ERROR, EXHAUSTED = "value", "error", "exhausted"


def serve(connection):
    """Answer `(kind, value)` requests until the pipe closes.

    `load` takes a pickled object; `item` takes `(index, seed)` and answers `object[index]`, or
    `next(object)` when `index` is None.
    """
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    os.environ["CUDA_VISIBLE_DEVICES"] = (
        "-1"  # a worker that runs an op must not take the GPU's memory
    )
    source = None
    while True:
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            return
        try:
            if kind == "load":
                source, answer = pickle.loads(value), (VALUE, None)
            else:
                answer = (VALUE, compute_item(source, *value))
            connection.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return
        except StopIteration:
            connection.send((EXHAUSTED, None))
        except Exception as error:
            connection.send((ERROR, (_sendable(error), traceback.format_exc())))


def compute_item(source, index, seed):
    """`source[index]` (`next(source)` for None) under random generators seeded for this item
    alone.
    """
    if seed is not None:
        python_seed, numpy_seed, tensorflow_seed = (
            np.random.SeedSequence(seed).generate_state(3).tolist()
        )
        random.seed(python_seed)
        np.random.seed(numpy_seed)
        if "tensorflow" in sys.modules:
            sys.modules["tensorflow"].random.set_seed(tensorflow_seed)
    if index is None:
        return next(source)
    try:
        return source[index]
    except StopIteration as error:  # would pass for the end of the data
        raise RuntimeError(f"__getitem__({index}) raised StopIteration") from error


def _exit_with_parent():
    """Ends this process when its parent is gone, also in the middle of a hanging item."""
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _sendable(error):
    """The error itself, or a RuntimeError that describes it when it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


if __name__ == RUN_NAME:
    serve(connection)  # noqa: F821  # pyright: ignore  (defined by the caller)

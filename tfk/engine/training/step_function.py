"""`model.train_function` and related functions: the compiled step as a function of an iterator, for
custom training loops.
"""

import weakref

from tfk.engine.training.eager_loop import EagerLoop
from tfk.engine.training.loops import compiled_loop


class StepFunction:
    """Callable that runs the next `steps_per_execution` batches of an iterator and returns the
    logs.

    Args:
        model: The model, held by a weak reference.
        mode: `"train"`, `"test"` or `"predict"`.
    """

    is_default = True  # not a custom function, which `fit` would have to call

    def __init__(self, model, mode):
        self.model, self.mode = weakref.ref(model), mode

    def __call__(self, iterator):
        model = self.model()
        in_graph = hasattr(iterator, "get_next_as_optional") and not model.run_eagerly
        loop = (
            compiled_loop(model, self.mode, "step" if model.jit_compile else None)
            if in_graph
            else None
        )
        done, logs = (loop or EagerLoop(model, self.mode)).run_iterator(
            iterator, model.steps_per_execution
        )
        if not done:
            raise StopIteration
        return logs

"""A callback made of functions."""

from tfk.callbacks.callback import Callback


class LambdaCallback(Callback):
    """Calls the given functions at the hooks of their names.

    Args:
        on_epoch_begin: Function of `(epoch, logs)`.
        on_epoch_end: Function of `(epoch, logs)`.
        on_batch_begin: Function of `(batch, logs)`.
        on_batch_end: Function of `(batch, logs)`.
        on_train_begin: Function of `(logs)`.
        on_train_end: Function of `(logs)`.
        **kwargs: Functions for the other hooks by name, such as `on_test_end`; other names become
            attributes.

    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs)).on_epoch_end(0, {"loss": 1.0})
    0 {'loss': 1.0}
    """

    def __init__(
        self,
        on_epoch_begin=None,
        on_epoch_end=None,
        on_batch_begin=None,
        on_batch_end=None,
        on_train_begin=None,
        on_train_end=None,
        **kwargs,
    ):
        super().__init__()
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
        }
        given = {name: hook for name, hook in hooks.items() if hook is not None}
        for name, value in {**given, **kwargs}.items():
            setattr(self, name, value)

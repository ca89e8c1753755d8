"""A callback built from functions."""

from tfk.callbacks.callback import Callback


class LambdaCallback(Callback):
    """Callback that calls the given functions at the hooks of the same names.

    Args:
        on_epoch_begin: Function of `(epoch, logs)`. Defaults to None.
        on_epoch_end: Function of `(epoch, logs)`. Defaults to None.
        on_batch_begin: Function of `(batch, logs)`. Defaults to None.
        on_batch_end: Function of `(batch, logs)`. Defaults to None.
        on_train_begin: Function of `(logs)`. Defaults to None.
        on_train_end: Function of `(logs)`. Defaults to None.
        **kwargs: Functions for the other hooks by name, such as `on_test_end`; other names become
            attributes.

    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> callback.on_epoch_end(0, {"loss": 1.0})
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

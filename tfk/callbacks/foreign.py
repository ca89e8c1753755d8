"""Advice for objects that are not callbacks of this package: those of other libraries, and
functions."""

# Callbacks built on an installed Keras, by module: tensorboard's `hp.KerasCallback`.
REPLACEMENTS = {"tensorboard.plugins.hparams._keras": "HParams(log_dir, hparams)"}


def advice(callback):
    """Return what to pass in place of `callback`.

    >>> advice(print)
    'For plain functions use LambdaCallback.'
    """
    module = type(callback).__module__
    if module in REPLACEMENTS:
        return f"Use tfk.callbacks.{REPLACEMENTS[module]}, which writes the same."
    if any(kind.__name__ == "Callback" for kind in type(callback).__mro__):
        return (
            "It belongs to another Keras: use the one in tfk.callbacks, or call tfk.install()"
            " before the import."
        )
    return "For plain functions use LambdaCallback."

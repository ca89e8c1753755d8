"""`keras.saving.saved_model.load_context`: whether `load_model` is at work (tensorflow-hub)."""

from tfk.saving.load_scopes import is_loading


def in_load_context():
    """Return True while a model is loaded."""
    return is_loading()


def get_load_options():
    """Return the `tf.saved_model.LoadOptions` of the current load: the default, as tfk has none."""
    return None

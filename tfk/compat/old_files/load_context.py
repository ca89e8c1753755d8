"""`keras.saving.saved_model.load_context`: whether `load_model` is at work (tensorflow-hub)."""

from tfk.saving.load_scopes import is_loading


def in_load_context():
    """True while a model is loaded."""
    return is_loading()

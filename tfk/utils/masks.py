"""Masks attached to tensors as an attribute, under the name that Keras 2 uses."""


def get_mask(tensor):
    """Return the mask attached to a tensor, or None."""
    return getattr(tensor, "_keras_mask", None)


def set_mask(tensor, mask):
    """Attach a mask to a tensor; objects without attributes (NumPy arrays) are left alone."""
    try:
        tensor._keras_mask = mask
    except AttributeError:
        pass

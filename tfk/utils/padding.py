"""Pads sequences of different lengths to one array."""

import numpy as np

from tfk.typing import DTypeLike
from tfk.utils.checks import check_choice, check_positive_int

SIDES = ("pre", "post")


def pad_sequences(
    sequences,
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value=0.0,
):
    """Pad or truncate all sequences to the same length.

    Args:
        sequences: List of sequences; the items of a sequence may be arrays of one shape.
        maxlen: Length of the rows; None uses the longest sequence. Defaults to None.
        dtype: Dtype of the result; `object` for strings of different lengths. Defaults to
            `"int32"`.
        padding: `"pre"` pads before the items, `"post"` after them. Defaults to `"pre"`.
        truncating: `"pre"` drops the first items of long sequences, `"post"` the last ones.
            Defaults to `"pre"`.
        value: Padding value. Defaults to 0.0.

    Returns:
        An array of shape `(len(sequences), maxlen, ...)`.

    Raises: ValueError if `sequences` is not a list of sequences, or if item shapes differ.
    >>> pad_sequences([[1], [2, 3, 4]], maxlen=2)
    array([[0, 1],
           [3, 4]], dtype=int32)
    """
    check_choice("pad_sequences", "padding", padding, SIDES)
    check_choice("pad_sequences", "truncating", truncating, SIDES)
    if not hasattr(sequences, "__len__"):
        raise ValueError(
            f"pad_sequences: expected a list of sequences, got {type(sequences).__name__}. "
            "Pass list(...) of it."
        )
    for position, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"pad_sequences: expected sequences, got {sequence!r} at position {position}. "
                "Wrap a single sequence in a list."
            )
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    else:
        maxlen = check_positive_int("pad_sequences", "maxlen", maxlen)
    if (
        isinstance(value, str)
        and not np.issubdtype(dtype, np.object_)
        and not np.issubdtype(dtype, np.str_)
    ):
        raise ValueError(
            f"pad_sequences: the padding value {value!r} does not fit dtype {dtype}. "
            "Pass dtype=object for strings."
        )
    item_shape = next(
        (np.asarray(sequence).shape[1:] for sequence in sequences if len(sequence)), ()
    )
    padded = np.full((len(sequences), maxlen, *item_shape), value, dtype=dtype)
    for position, sequence in enumerate(sequences):
        if not len(sequence):
            continue
        kept = np.asarray(
            sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype=dtype
        )
        if kept.shape[1:] != item_shape:
            raise ValueError(
                f"pad_sequences: expected items of shape {item_shape}, got {kept.shape[1:]} in the"
                f" sequence at position {position}."
            )
        if padding == "post":
            padded[position, : len(kept)] = kept
        else:
            padded[position, -len(kept) :] = kept
    return padded

"""Suggestions for misspelled names: one rule for every message."""

import difflib

LONGEST = 100  # the comparison takes quadratic time
FEW = 12


def nearest(name, known):
    """Return the name in `known` that is most like `name`, None if none is similar.

    Upper and lower case count as the same letter, but a name in the same case comes first.

    >>> nearest("rleu", ["elu", "relu", "selu"]), nearest("Relu", ["relu"]), nearest("x", ["relu"])
    ('relu', 'relu', None)
    """
    name = str(name)[:LONGEST]
    known = sorted({text for text in known if isinstance(text, str)})
    lowered = {}
    for text in known:
        lowered.setdefault(text.lower(), text)
    if name.lower() in lowered:
        return lowered[name.lower()]
    for close in difflib.get_close_matches(name, known, n=1):
        return close
    for close in difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.75):
        return lowered[close]
    return None


def did_you_mean(name, known, what="names"):
    """Return the sentence that suggests a known name; all of them if there are only a few.

    Args:
        name: The unknown name.
        known: The names that exist.
        what: What to call them.

    Returns:
        A sentence, or an empty string if there is nothing to suggest.
    >>> did_you_mean("smae", ["valid", "same"])
    "Did you mean 'same'?"
    >>> did_you_mean("ridge", ["l1", "l2"], "regularizers")
    "The regularizers are 'l1', 'l2'."
    """
    known = list(known)
    close = nearest(name, known)
    if close is not None:
        return f"Did you mean {close!r}?"
    if 0 < len(known) <= FEW:
        return f"The {what} are {', '.join(map(repr, known))}."
    return ""

"""Prints a table of all public names of Keras 2 whose signature differs in tfk, and why.

It reads the signatures of tf_keras and of tfk, so both must be installed. The table is in
docs/migrating.md; run `python scripts/fidelity.py` again after a change to the API.
"""

import collections
import inspect
import types

import tf_keras

import tfk

PRIVATE = {"api", "protobuf", "src", "v1", "v2"}
MISSING = "missing"
# Why names differ, by a part of the difference.
REASONS = {
    MISSING: "DTensor and estimators are no part of TensorFlow's supported API any more",
    "also name": "`name` as of TensorFlow's function",
    "save_top_k": "an addition of tfk",
    "gradient_accumulation_steps": "additions of tfk",
    "skip_unreadable": "an addition of tfk",
    "also safe_mode": "an addition of tfk",
    "safe_mode=None": "None is True unless a scope says otherwise",
    "embeddings_layer_names": "arguments of Keras 2.2, rejected with a message",
    "data_format=None": "`channels_last`, unless the default was changed",
    "strides=1": "one number stands for all axes",
    "pool_size=2": "one number stands for all axes",
    "also": "in `**kwargs` in Keras 2",
}


def public_names(theirs, ours, path="", seen=None):
    """Yields the path of each public object of Keras 2, the object, and that of tfk or None."""
    seen = set() if seen is None else seen
    for name in dir(theirs):
        value = getattr(theirs, name)
        if name.startswith("_") or id(value) in seen:
            continue
        seen.add(id(value))
        counterpart = getattr(ours, name, None)
        if not isinstance(value, types.ModuleType):
            yield path + name, value, counterpart
        elif "tf_keras" in value.__name__ and name not in PRIVATE:
            yield from public_names(value, counterpart, f"{path}{name}.", seen)


def arguments(obj):
    """The named arguments of a function or class with their defaults, None where unknown."""
    try:
        signature = inspect.signature(obj.__init__ if inspect.isclass(obj) else obj)
    except (TypeError, ValueError):
        return None
    if signature.parameters.keys() == {"args", "kwargs"}:
        return None
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = [p for p in signature.parameters.values() if p.name != "self" and p.kind not in kinds]
    return {parameter.name: parameter.default for parameter in found}


def difference(theirs, ours):
    """What differs, as text; empty if nothing does."""
    if ours is None:
        return MISSING
    expected, found = arguments(theirs), arguments(ours)
    if expected is None or found is None:
        return ""
    parts = []
    for label, names, others in (("without", expected, found), ("also", found, expected)):
        different = [name for name in names if name not in others]
        if different:
            parts.append(f"{label} {', '.join(different)}")
    for name in expected.keys() & found.keys():
        if expected[name] is not found[name] and repr(expected[name]) != repr(found[name]):
            parts.append(f"{name}={found[name]!r} for {expected[name]!r}")
    return "; ".join(sorted(parts))


def reason(text):
    """Why names differ in this way; raises LookupError for an unexplained difference."""
    for part, why in REASONS.items():
        if part in text:
            return why
    raise LookupError(f"Explain this difference in REASONS of {__file__}: {text}")


def main():
    names = collections.defaultdict(list)
    total = 0
    for path, theirs, ours in public_names(tf_keras, tfk):
        total += 1
        names[difference(theirs, ours)].append(f"`{path}`")
    same = len(names.pop(""))
    print(
        f"Of {total} public classes and functions {same} have the signature of Keras 2. The"
        " others:\n"
    )
    print("| in tfk | names | why |\n|---|---|---|")
    for text, found in sorted(names.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        print(f"| {text} | {', '.join(found)} | {reason(text)} |")


if __name__ == "__main__":
    main()

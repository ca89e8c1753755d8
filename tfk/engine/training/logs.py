"""Results of a run as numbers on the host."""

import numpy as np
import tensorflow as tf

from tfk.callbacks.logs import to_numbers


def final_logs(model, loop, logs):
    """Return logs of an epoch as numbers: of its last batch, or of metrics with the same names.

    With a dynamic loss scale, training also reports the number of skipped steps.
    """
    if logs is not None and not loop.step.default:
        results = model.get_metrics_result()
        logs = results if set(results) == set(logs) else logs
    logs = model.get_metrics_result() if logs is None else logs
    skipped = getattr(model.optimizer, "skipped_steps", None) if loop.mode == "train" else None
    return to_numbers(logs if skipped is None else {**logs, "skipped_steps": skipped.read_value()})


def in_order(logs, names):
    """Return the values of `logs` in the order of `names`, then the others by name; a single value
    is not wrapped.
    """
    values = [logs[name] for name in names if name in logs]
    values += [logs[key] for key in sorted(logs) if key not in names]
    return values[0] if len(values) == 1 else values


def to_arrays(outputs):
    """Return outputs as NumPy arrays; ragged and sparse tensors are unchanged."""
    return tf.nest.map_structure(
        lambda value: value.numpy() if isinstance(value, tf.Tensor) else value, outputs
    )


def joined(chunks):
    """Concatenate the outputs of several chunks along the first axis.

    Args:
        chunks: List of nests of tensors. If later axes differ between batches, the result is
            ragged.
    """
    if len(chunks) == 1:
        return to_arrays(chunks[0])
    flat = [tf.nest.flatten(chunk) for chunk in chunks]
    return tf.nest.pack_sequence_as(chunks[0], [_join(parts) for parts in zip(*flat)])


def _join(parts):
    first = parts[0]
    if isinstance(first, tf.SparseTensor):
        return tf.sparse.concat(0, list(parts))
    if isinstance(first, tf.RaggedTensor):
        return tf.concat(parts, 0)
    if not first.shape.rank:
        return np.stack([part.numpy() for part in parts])
    if len({tuple(part.shape[1:]) for part in parts}) == 1:
        return np.concatenate([part.numpy() for part in parts])
    return tf.concat(
        [tf.RaggedTensor.from_tensor(part, ragged_rank=part.shape.rank - 1) for part in parts], 0
    )

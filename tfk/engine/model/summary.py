"""The summary table of a model, as data and as text."""

import re

import tensorflow as tf

from tfk.engine.model.flops import layer_flops
from tfk.utils.layer_range import find_range
from tfk.utils.progress import on_terminal, terminal_columns
from tfk.utils.shapes import count_elements

NARROWEST = 40  # a narrower table breaks every cell
UNITS = ("Byte", "KB", "MB", "GB", "TB", "PB")


def summary_data(model, expand_nested=False, show_flops=False):
    """Return the rows of `model.summary()` as a list of dicts.

    Returns: One dict per layer: `name`, `class_name`, `output_shape`, `params`, `trainable`,
        `connected_to`, `level` (depth of nesting) and, with `show_flops`, `flops` of one sample
        (None if unknown) and `bytes` of its output.
    """
    rows = []
    graph = getattr(model, "_graph", None)
    nodes = set(graph.nodes) if graph is not None else None
    _collect(model, nodes, rows, 0, expand_nested, show_flops)
    return rows


def _collect(model, nodes, rows, level, expand_nested, show_flops):
    """Append the rows of `model`; connections are those within the outermost model, with calls
    `nodes`.
    """
    for layer in model.layers:
        row = {
            "name": layer.name,
            "class_name": type(layer).__name__,
            "output_shape": _output_shape(layer),
            "params": layer.count_params() if layer.built else 0,
            "built": layer.built,
            "trainable": layer.trainable,
            "connected_to": _connections(layer, nodes),
            "level": level,
        }
        if show_flops:
            row["flops"], row["bytes"] = layer_flops(layer)
        rows.append(row)
        if expand_nested and getattr(layer, "layers", None):
            _collect(layer, nodes, rows, level + 1, expand_nested, show_flops)


def _output_shape(layer):
    try:
        return layer.output_shape
    except AttributeError:
        return "multiple"
    except RuntimeError:
        return "?"


def _connections(layer, nodes):
    """Return `name[call][output]` of every tensor the layer was called on within the model."""
    found = []
    for node in layer._inbound_nodes:
        if nodes is None or node in nodes:
            found += [
                f"{t._keras_history[0].name}[{t.node.index}][{t._keras_history[2]}]"
                for t in node.inputs
            ]
    return found


def is_chain(model):
    """Return True if the model's layers form a chain without branches or sharing."""
    graph = getattr(model, "_graph", None)
    if graph is None or type(model).__name__ == "Sequential":
        return True
    depths = list(graph.depth.values())
    called = [node.layer for node in graph.nodes]
    return (
        len(set(depths)) == len(depths)
        and len(set(called)) == len(called)
        and all(len(node.inputs) <= 1 for node in graph.nodes)
    )


def print_summary(
    model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range, show_flops
):
    """Print the table; see `Model.summary` for the arguments."""
    write = print_fn or print
    chain = is_chain(model)
    titles = ["Layer (type)", "Output Shape", "Param #"] + ([] if chain else ["Connected to"])
    added = [
        (title, width)
        for title, width, shown in (
            ("Trainable", 13 if show_flops else 11, show_trainable),
            ("FLOPs", 16, show_flops),
            ("Memory", 12, show_flops),
        )
        if shown
    ]
    if line_length is None:
        line_length = _default_length(chain, print_fn, sum(width for _, width in added))
    ends = list(positions or ([0.45, 0.85, 1.0] if chain else [0.3, 0.6, 0.70, 1.0]))[: len(titles)]
    if len(ends) < len(titles):
        raise ValueError(
            f"summary: positions needs a number for each of {titles}, got {positions}."
        )
    if ends[-1] <= 1:
        ends = [int(line_length * end) for end in ends]
    for title, width in added:
        line_length += width
        ends.append(line_length)
        titles.append(title)

    rows = summary_data(model, expand_nested, show_flops)
    first, last = find_range([row["name"] for row in rows], layer_range, "summary")
    write(f'Model: "{model.name}"')
    write("_" * line_length)
    _write_row(write, titles, ends, 0)
    write("=" * line_length)
    for index in range(first, last):
        row = rows[index]
        _write_row(write, _cells(row, chain, show_trainable, show_flops), ends, row["level"])
        following = rows[index + 1]["level"] if index + 1 < last else 0
        _write_separator(write, row["level"], following, line_length)
    write("=" * line_length)
    _write_totals(write, model)
    if show_flops:
        known = [row["flops"] for row in rows if row["flops"] is not None and row["level"] == 0]
        write(f"FLOPs of one sample: {sum(known):,}")
    write("_" * line_length)


def _default_length(chain, print_fn, added):
    """Return the width of the first columns: that of Keras 2, or less to fit the terminal.

    Args:
        chain: Whether the layers form a chain, so that no column says what is connected.
        print_fn: The function that gets the text; None prints it.
        added: Width of the other columns.
    """
    usual = 65 if chain else 98
    if print_fn is not None or not on_terminal():
        return usual
    return min(usual, max(terminal_columns() - added, NARROWEST))


def _cells(row, chain, show_trainable, show_flops):
    cells = [f"{row['name']} ({row['class_name']})", row["output_shape"]]
    cells.append(row["params"] if row["built"] else "0 (unused)")
    if not chain:
        cells.append(row["connected_to"])
    if show_trainable:
        cells.append("Y" if row["trainable"] else "N")
    if show_flops:
        cells += ["?" if row["flops"] is None else f"{row['flops']:,}", readable_size(row["bytes"])]
    return [str(cell) for cell in cells]


def _write_separator(write, level, following, line_length):
    """Write the line below a row: blank, or the edge of a box around a nested model."""
    if following > level:
        write("|" * following + "\N{MACRON}" * (line_length - 2 * following) + "|" * following)
    elif following < level:
        for inner in range(level - 1, following - 1, -1):
            write("|" * inner + "\N{MACRON}" * (line_length - 2 * inner) + "|" * inner)
    else:
        write("|" * level + " " * (line_length - 2 * level) + "|" * level)


def _write_row(write, cells, ends, level):
    """Write one row, in as many lines as its longest cell needs."""
    left = list(cells)
    starts = [0, *ends[:-1]]
    while any(left):
        line = ""
        for column, (start, end) in enumerate(zip(starts, ends)):
            last = column == len(ends) - 1
            width = end - start if last else end - start - 3
            part = _fitting(left[column], width - (level if column == 0 else 0))
            left[column] = left[column][len(part) :]
            line += ("|" * level + " " if column == 0 else "") + part
            line = line.ljust(end - (level if last else 0))
        write(line + "|" * level)


def _fitting(text, width):
    """Return the start of `text` that fits in one line, broken after the end of a tuple or list
    item.
    """
    part = text[:width]
    breaks = [match.end() for match in re.finditer(r"[)}\]'],", part)]
    return part[: breaks[0]] if breaks else part


def _write_totals(write, model):
    trainable, fixed = model.trainable_weights, model.non_trainable_weights
    groups = (("Total", trainable + fixed), ("Trainable", trainable), ("Non-trainable", fixed))
    for title, weights in groups:
        count = count_elements(weights)
        size = sum(count_elements([weight]) * tf.as_dtype(weight.dtype).size for weight in weights)
        write(f"{title} params: {count} ({readable_size(size)})")


def readable_size(size):
    """Format a size, `3.50 KB` for 3584."""
    if size is None:
        return "?"
    for unit in UNITS[:-1]:
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} {UNITS[-1]}"

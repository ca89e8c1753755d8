"""Model diagrams: boxes for layers, arrows for tensors, drawn by Graphviz."""

import collections
import html
import os
import shutil
import sys
from collections.abc import Sequence

from tfk.utils.atomic import replacing_file
from tfk.utils.layer_range import find_range

_TEXT_FORMATS = ("dot", "gv", "raw")  # written without Graphviz
_FONT = {"fontname": "Helvetica", "fontsize": "12"}
_HEADER, _TRAINABLE, _FROZEN = "#dce6f1", "#e2efda", "#eeeeee"

# Content of a box besides the kind of layer.
_Style = collections.namedtuple("_Style", "names shapes dtype activations trainable")


def plot_model(
    model,
    to_file: str = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
    layer_range: Sequence[str] | None = None,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
):
    """Draw a model to a file.

    Args:
        model: A built model.
        to_file: Path; its extension is the format: `png` (also without an extension), `svg`, `pdf`,
            `jpg`, or `dot` for Graphviz's own language. Defaults to `"model.png"`.
        show_shapes: Whether boxes contain the shapes of inputs and outputs. Defaults to False.
        show_dtype: Whether boxes contain the dtype. Defaults to False.
        show_layer_names: Whether boxes contain the layer's name. Defaults to True.
        rankdir: Direction of the arrows: `"TB"` (downwards), `"LR"`, `"BT"` or `"RL"`. Defaults to
            `"TB"`.
        expand_nested: Whether nested models are drawn as frames around their layers. Defaults to
            False.
        dpi: Dots per inch of pixel formats. Defaults to 96.
        layer_range: Pair of layer names (or patterns): only the layers between them are drawn.
            Defaults to None.
        show_layer_activations: Whether boxes contain the activation of layers that have one.
            Defaults to False.
        show_trainable: Whether boxes show if the layer is trainable. Defaults to False.

    Returns:
        In a notebook the image, for display; else None.

    Raises: ImportError if pydot or Graphviz is missing (a notebook only prints the message),
        ValueError for a model without weights.
    >>> model = tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])
    >>> tfk.utils.plot_model(model, "model.dot", show_shapes=True)
    """
    to_file = os.fspath(to_file)
    file_format = os.path.splitext(to_file)[1].lstrip(".").lower() or "png"
    try:
        dot = model_to_dot(
            model,
            show_shapes=show_shapes,
            show_dtype=show_dtype,
            show_layer_names=show_layer_names,
            rankdir=rankdir,
            expand_nested=expand_nested,
            dpi=dpi,
            layer_range=layer_range,
            show_layer_activations=show_layer_activations,
            show_trainable=show_trainable,
        )
        if file_format not in _TEXT_FORMATS and shutil.which("dot") is None:
            raise ImportError(_how_to_install())
    except ImportError as error:
        if "IPython" not in sys.modules:
            raise
        print(error)
        return None
    content = (
        dot.to_string().encode() if file_format in _TEXT_FORMATS else dot.create(format=file_format)
    )
    with replacing_file(to_file) as temporary, open(temporary, "wb") as file:
        file.write(content)
    return _display(to_file, file_format)


def model_to_dot(
    model,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
    subgraph: bool = False,
    layer_range: Sequence[str] | None = None,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
):
    """Return the diagram of a model in Graphviz's language.

    Args:
        model: A built model.
        show_shapes: Whether boxes contain the shapes of inputs and outputs. Defaults to False.
        show_dtype: Whether boxes contain the dtype. Defaults to False.
        show_layer_names: Whether boxes contain the layer's name. Defaults to True.
        rankdir: Direction of the arrows: `"TB"` (downwards), `"LR"`, `"BT"` or `"RL"`. Defaults to
            `"TB"`.
        expand_nested: Whether nested models are drawn as frames around their layers. Defaults to
            False.
        dpi: Dots per inch of pixel formats. Defaults to 96.
        subgraph: Whether to return a cluster to embed in another diagram. Defaults to False.
        layer_range: Pair of layer names (or patterns): only the layers between them are drawn.
            Defaults to None.
        show_layer_activations: Whether boxes contain the activation of layers that have one.
            Defaults to False.
        show_trainable: Whether boxes show if the layer is trainable. Defaults to False.

    Returns:
        A `pydot.Dot`, or a `pydot.Cluster` for `subgraph=True`.

    Raises: ImportError without pydot, ValueError for a model that is not built or an unknown layer.
    >>> model = tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])
    >>> len(tfk.utils.model_to_dot(model).get_edges())
    1
    """
    if not model.built:
        raise ValueError(
            f'model_to_dot: model "{model.name}" has not been built: its layers are not connected'
            " yet. Call it on data, or build(input_shape), first."
        )
    pydot = _import_pydot()
    if subgraph:
        canvas = _frame(pydot, model.name, model.name)
    else:
        canvas = pydot.Dot(rankdir=rankdir, concentrate="true", dpi=str(dpi), ranksep="0.3")
        canvas.set_node_defaults(shape="plaintext", **_FONT)
    style = _Style(
        show_layer_names, show_shapes, show_dtype, show_layer_activations, show_trainable
    )
    _Drawing(pydot, style, expand_nested).draw(canvas, model, layer_range)
    return canvas


class _Drawing:
    """Draws models onto canvases (graphs or clusters); numbers all boxes."""

    def __init__(self, pydot, style, expand_nested):
        self._pydot, self._style, self._expand = pydot, style, expand_nested
        self._boxes = 0

    def draw(self, canvas, model, layer_range=None):
        """Draws a model; returns the boxes of its inputs and of its outputs."""
        graph = getattr(model, "_graph", None)
        if graph is None:  # a subclassed model: only its `call` knows how the layers are connected
            box = self._draw_box(canvas, model)
            return [box], [box]
        first, last = find_range(
            [layer.name for layer in graph.layers], layer_range, "model_to_dot"
        )
        ends = {}  # layer name -> boxes where arrows to it end, boxes where arrows from it begin
        for layer in graph.layers[first:last]:
            inner = _inner_model(layer) if self._expand else None
            if inner is None:
                box = self._draw_box(canvas, layer)
                ends[layer.name] = [box], [box]
            else:
                title = f"{layer.name} ({_class_name(layer)})"
                frame = _frame(self._pydot, f"frame{self._boxes}", title)
                ends[layer.name] = self.draw(frame, inner)
                canvas.add_subgraph(frame)
        arrows = {}
        for call in graph.nodes:
            for position, tensor in enumerate(call.inputs):
                source, _, number = tensor._keras_history
                if call.layer.name in ends and source.name in ends:
                    arrows[
                        _pick(ends[source.name][1], number),
                        _pick(ends[call.layer.name][0], position),
                    ] = None
        for begin, end in arrows:
            canvas.add_edge(self._pydot.Edge(begin, end))
        boxes_of_inputs = [
            _pick(ends[t._keras_history[0].name][0], 0) for t in graph.inputs if _drawn(t, ends)
        ]
        boxes_of_outputs = [
            _pick(ends[t._keras_history[0].name][1], t._keras_history[2])
            for t in graph.outputs
            if _drawn(t, ends)
        ]
        return boxes_of_inputs, boxes_of_outputs

    def _draw_box(self, canvas, layer):
        name = f"layer{self._boxes}"
        self._boxes += 1
        canvas.add_node(self._pydot.Node(name, label=_label(layer, self._style)))
        return name


def _frame(pydot, name, title):
    """A frame with its title in a separate box, since arrows cross a label but not a box."""
    frame = pydot.Cluster(name, style="dashed")
    text = f"<<i>{html.escape(title)}</i>>"
    frame.add_node(pydot.Node(f"title of {name}", label=text, shape="plaintext", **_FONT))
    return frame


def _drawn(tensor, ends):
    return tensor._keras_history[0].name in ends


def _pick(boxes, number):
    """The box of one input or output; a layer drawn as one box has the same for all."""
    return boxes[number if number < len(boxes) else 0]


def _inner_model(layer):
    """The graph of layers that a layer is or wraps, or None."""
    for candidate in (layer, getattr(layer, "layer", None)):
        if getattr(candidate, "_graph", None) is not None:
            return candidate
    return None


def _class_name(layer):
    """`Dense`, `Bidirectional(LSTM)`."""
    name = type(layer).__name__
    wrapped = getattr(layer, "layer", None)
    return f"{name}({_class_name(wrapped)})" if hasattr(wrapped, "get_config") else name


def _label(layer, style):
    """A table in Graphviz's HTML: on the left what the layer is, beside it what the style asks
    for.
    """
    rows = _rows(layer, style)
    title = html.escape(_class_name(layer))
    if style.names:
        title = f"<b>{html.escape(layer.name)}</b>{'<br/>' if len(rows) > 1 else ': '}{title}"
    first, *others = rows or [""]
    first = f'<td rowspan="{max(len(rows), 1)}" bgcolor="{_HEADER}">{title}</td>{first}'
    body = "".join(f"<tr>{row}</tr>" for row in (first, *others))
    return f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="3">{body}</table>>'


def _rows(layer, style):
    rows = []
    activation = getattr(layer, "activation", None)
    if style.activations and activation is not None:
        text = getattr(activation, "__name__", None) or type(activation).__name__
        rows.append(_cells("activation", text))
    if style.dtype:
        rows.append(_cells("dtype", str(layer.dtype)))
    if style.shapes:
        rows.append(_cells("input", _shapes(layer, "input_shape")))
        rows.append(_cells("output", _shapes(layer, "output_shape")))
    if style.trainable:
        color, word = (_TRAINABLE, "trainable") if layer.trainable else (_FROZEN, "not trainable")
        rows.append(f'<td colspan="2" bgcolor="{color}">{word}</td>')
    return rows


def _cells(name, text):
    lines = "<br/>".join(html.escape(line) for line in text.split("\n"))
    return f"<td>{name}</td><td>{lines}</td>"


def _shapes(layer, attribute):
    """Return the shapes of a layer's inputs or outputs, one per line; `?` if unknown."""
    try:
        shapes = getattr(layer, attribute)
    except (AttributeError, RuntimeError):
        return "?"
    if isinstance(shapes, dict):
        return "\n".join(f"{key}: {shape}" for key, shape in shapes.items())
    return "\n".join(str(shape) for shape in shapes) if isinstance(shapes, list) else str(shapes)


def _import_pydot():
    try:
        import pydot
    except ImportError as error:
        raise ImportError(_how_to_install()) from error
    return pydot


def _how_to_install():
    return (
        "plot_model needs the Python package pydot and the program `dot` of Graphviz. Install them"
        " with `pip install pydot` and `apt-get install graphviz` (macOS: `brew install graphviz`;"
        " others: https://graphviz.org/download/). model.summary() shows the layers without them."
    )


def _display(path, file_format):
    """The picture as an object that a notebook shows; None outside of one."""
    if "IPython" not in sys.modules:
        return None
    from IPython import display  # pyright: ignore[reportMissingImports]

    if file_format == "svg":
        return display.SVG(filename=path)
    is_image = file_format in ("png", "jpg", "jpeg", "gif")
    return display.Image(filename=path, format=file_format) if is_image else None

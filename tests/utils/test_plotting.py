"""Drawings of models."""

import shutil
import sys
import types

import pytest
import tf_keras

import tfk
from tfk.utils.plotting import model_to_dot, plot_model

pydot = pytest.importorskip("pydot")
layers = tfk.layers


@pytest.fixture(autouse=True)
def outside_of_notebooks(monkeypatch):
    """Other tests may have loaded IPython where it is installed."""
    monkeypatch.delitem(sys.modules, "IPython", raising=False)


@pytest.fixture
def branched():
    """Two inputs through one nested model, which has two outputs, into a frozen stack."""
    inner_input = tfk.Input((8,), name="inner_input")
    hidden = layers.Dense(4, activation="relu", name="hidden")(inner_input)
    inner = tfk.Model(inner_input, [hidden, layers.Dense(2, name="code")(hidden)], name="inner")
    a, b = tfk.Input((8,), name="a"), tfk.Input((8,), name="b")
    first, code = inner(a)
    second, _ = inner(b)
    merged = layers.Concatenate(name="merged")([first, second, code])
    head = tfk.Sequential([layers.Dense(3, input_shape=(10,), name="top")], name="head")
    head.trainable = False
    return tfk.Model([a, b], head(merged), name="branched")


def titles(graph):
    """Text of every box, by the name of its node, in frames too."""
    found = {
        node.get_name(): node.get_label() for node in graph.get_nodes() if "<table" in str(node)
    }
    for frame in graph.get_subgraphs():
        found.update(titles(frame))
    return found


def arrows(graph):
    """`{(layer, layer)}` by the layers' names, in frames too."""
    names = {box: text.split("<b>")[1].split("</b>")[0] for box, text in titles(graph).items()}

    def inside(part):
        found = {(edge.get_source(), edge.get_destination()) for edge in part.get_edges()}
        return found.union(*(inside(frame) for frame in part.get_subgraphs()))

    return {(names[begin], names[end]) for begin, end in inside(graph)}


def test_arrows_follow_tensors(branched):
    assert arrows(model_to_dot(branched)) == {
        ("a", "inner"),
        ("b", "inner"),
        ("inner", "merged"),
        ("merged", "head"),
    }


def test_nested_models_become_frames(branched):
    drawing = model_to_dot(branched, expand_nested=True)
    assert arrows(drawing) == {
        ("a", "inner_input"),
        ("b", "inner_input"),
        ("inner_input", "hidden"),
        ("hidden", "code"),
        ("hidden", "merged"),  # the first output of the nested model
        ("code", "merged"),  # its second
        ("merged", "top_input"),
        ("top_input", "top"),
    }
    # Titles are boxes without arrows, which arrows go around.
    assert [frame.get_nodes()[0].get_label() for frame in drawing.get_subgraphs()] == [
        "<<i>inner (Functional)</i>>",
        "<<i>head (Sequential)</i>>",
    ]


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("show_shapes", [False, True])
def test_pictures_are_no_taller_than_those_of_keras(show_shapes):
    def height(library):
        inner_input = library.Input((8,), name="inner_input")
        hidden = library.layers.Dense(4, name="hidden")(inner_input)
        inner = library.Model(inner_input, library.layers.Dense(8, name="code")(hidden))
        inputs = library.Input((8,), name="a")
        model = library.Model(inputs, library.layers.Dense(1, name="top")(inner(inputs)))
        drawing = library.utils.model_to_dot(model, show_shapes=show_shapes, expand_nested=True)
        return float(drawing.create(format="plain").split()[3])

    assert height(tfk) <= height(tf_keras)


def test_what_boxes_say(branched):
    def texts(**options):
        return list(titles(model_to_dot(branched, expand_nested=True, **options)).values())

    assert not any("(None" in text or "relu" in text for text in texts())
    shapes = next(text for text in texts(show_shapes=True) if "merged" in text)
    assert "(None, 4)<br/>(None, 4)<br/>(None, 2)" in shapes and "(None, 10)" in shapes
    assert any("relu" in text for text in texts(show_layer_activations=True))
    assert all("float32" in text for text in texts(show_dtype=True))
    marks = {
        text.split("<b>")[1].split("</b>")[0]: "not trainable" in text
        for text in texts(show_trainable=True)
    }
    assert marks["top"] and not marks["hidden"]
    assert not any("hidden" in text for text in texts(show_layer_names=False))


def test_wrappers_name_what_they_wrap():
    model = tfk.Sequential([layers.Bidirectional(layers.LSTM(2), input_shape=(3, 4))])
    assert any("Bidirectional(LSTM)" in text for text in titles(model_to_dot(model)).values())


def test_subgraph_range_and_direction(branched):
    assert isinstance(model_to_dot(branched, subgraph=True), pydot.Cluster)
    assert model_to_dot(branched, rankdir="LR", dpi=50).get("dpi") == "50"
    drawing = model_to_dot(branched, layer_range=("inner", "merged"))
    assert arrows(drawing) == {("inner", "merged")}
    with pytest.raises(ValueError, match="no layer matches 'nowhere'"):
        model_to_dot(branched, layer_range=("inner", "nowhere"))


class Subclassed(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


def test_subclassed_models_are_one_box():
    model = Subclassed()
    with pytest.raises(ValueError, match="has not been built"):
        model_to_dot(model)
    model.build((None, 3))
    assert len(titles(model_to_dot(model))) == 1


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize(
    "ending, start", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("", b"\x89PNG")]
)
def test_files(branched, tmp_path, ending, start):
    path = tmp_path / f"picture.{ending}".rstrip(".")
    assert plot_model(branched, path, show_shapes=True, expand_nested=True) is None
    assert path.read_bytes().startswith(start)


def test_text_needs_no_graphviz(branched, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    plot_model(branched, tmp_path / "model.dot")
    assert "digraph" in (tmp_path / "model.dot").read_text()
    with pytest.raises(ImportError, match="pip install pydot.*graphviz"):
        plot_model(branched, tmp_path / "model.png")


def test_without_pydot(branched, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match="pip install pydot"):
        plot_model(branched, tmp_path / "model.png")
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    assert plot_model(branched, tmp_path / "model.png") is None  # a notebook goes on
    assert "pip install pydot" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_notebooks_show_the_picture(branched, tmp_path, monkeypatch):
    notebook = types.ModuleType("IPython")
    notebook.display = types.SimpleNamespace(
        Image=lambda filename, format: (format, filename), SVG=lambda filename: ("svg", filename)
    )
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    for name, kind in (("model.png", "png"), ("model", "png"), ("model.svg", "svg")):
        path = str(tmp_path / name)
        assert plot_model(branched, path) == (kind, path)

"""SavedModel folders of Keras 2 as models."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.saving.saved_objects import SavedObjects
from tfk.utils.protobuf_wire import fields, message
from tfk.utils.tensorflow_internals import saved_model_pb2

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 4)).astype("float32")
Y = RNG.normal(size=(8, 1)).astype("float32")


def layer_classes(k):
    """Classes of a user, on tf_keras or on tfk."""

    class Scaled(k.layers.Layer):
        def __init__(self, factor=2.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def build(self, input_shape):
            self.scale = self.add_weight(name="scale", shape=(input_shape[-1],))

        def call(self, inputs):
            return self.factor * inputs * self.scale

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    class TwoTowers(k.Model):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.towers = [k.layers.Dense(units), k.layers.Dense(units)]
            self.top = k.layers.Dense(1)

        def call(self, inputs):
            return self.top(self.towers[0](inputs["one"]) + self.towers[1](inputs["two"]))

        def get_config(self):
            return {"units": self.units}

    return {"Scaled": Scaled, "TwoTowers": TwoTowers}


THEIRS, OURS = layer_classes(tf_keras), layer_classes(tfk)


def graph_model(k, classes):
    """Several layers that keep state of different kinds."""
    words = k.Input((1,), dtype="string", name="words")
    numbers = k.Input((4,), name="numbers")
    text = k.layers.TextVectorization(output_sequence_length=3, name="text")
    text.adapt(np.array(["b a a", "c c c"]))
    known = k.layers.Embedding(9, 2, name="known")(text(words))
    known = k.layers.GRU(3, name="gru")(known)
    scaled = classes["Scaled"](3.0, name="scaled")(numbers)
    normal = k.layers.BatchNormalization(name="normal")(scaled)
    outputs = k.layers.Dense(1, name="top")(k.layers.Concatenate(name="both")([known, normal]))
    return k.Model([words, numbers], outputs, name="graph")


WORDS = np.array([["a b"], ["c"], ["b b d"], ["a"]] * 2)


class Facts:
    """What a model computes, as it was saved and one step later."""

    def __init__(self, model, inputs, path):
        self.name, self.inputs = model.name, inputs
        for _ in range(2):
            model.train_on_batch(inputs, Y)
        model.save(path, save_format="tf")
        self.outputs = model(inputs).numpy()
        self.evaluation = model.evaluate(inputs, Y, verbose=0)
        model.train_on_batch(inputs, Y)
        self.next = model(inputs).numpy()

    def check(self, model, step=True):
        np.testing.assert_allclose(model(self.inputs), self.outputs, rtol=1e-5, atol=1e-6)
        if step:
            evaluation = model.evaluate(self.inputs, Y, verbose=0)
            np.testing.assert_allclose(evaluation, self.evaluation, rtol=1e-5)
            model.train_on_batch(self.inputs, Y)
            np.testing.assert_allclose(model(self.inputs), self.next, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders that tf_keras wrote, with the facts about the models in them."""
    folder = tmp_path_factory.mktemp("folders")
    graph = graph_model(tf_keras, THEIRS)
    graph.compile(tf_keras.optimizers.RMSprop(0.01, momentum=0.5), "mse", metrics=["mae"])
    towers = THEIRS["TwoTowers"](5)
    towers.compile(tf_keras.optimizers.legacy.Adam(0.01, amsgrad=True), "mse")
    cases = {"graph": (graph, [WORDS, X]), "towers": (towers, {"one": X, "two": X[:, :2]})}
    return folder, {
        name: Facts(model, inputs, folder / name) for name, (model, inputs) in cases.items()
    }


def test_a_graph_of_layers(folders):
    folder, facts = folders
    model = tfk.models.load_model(folder / "graph", custom_objects={"Scaled": OURS["Scaled"]})
    assert type(model.get_layer("scaled")) is OURS["Scaled"]
    assert model.get_layer("text").get_vocabulary() == ["", "[UNK]", "c", "a", "b"]
    assert model.optimizer.iterations == 2 and model.optimizer.momentum == 0.5
    facts["graph"].check(model)


def test_a_subclassed_model(folders):
    folder, facts = folders
    model = tfk.models.load_model(folder / "towers", custom_objects=OURS)
    assert type(model) is OURS["TwoTowers"] and model.units == 5
    assert model.name == facts["towers"].name
    assert isinstance(model.optimizer, tfk.optimizers.legacy.Adam) and model.optimizer.amsgrad
    facts["towers"].check(model)


def test_without_compile_settings(folders):
    model = tfk.models.load_model(folders[0] / "towers", custom_objects=OURS, compile=False)
    assert model.optimizer is None


def test_weights_alone(folders):
    folder, facts = folders
    for path in (folder / "graph", folder / "graph" / "variables" / "variables"):
        model = graph_model(tfk, OURS)
        model.load_weights(path)
        facts["graph"].check(model, step=False)


def test_unknown_classes_are_listed_with_the_way_out(folders):
    folder, facts = folders
    with pytest.raises(ValueError, match="(?s)'Scaled'.*custom_objects.*TFSMLayer") as error:
        tfk.models.load_model(folder / "graph")
    assert "call_endpoint='serving_default'" in str(error.value)
    with pytest.raises(ValueError, match="'TwoTowers'.*TFSMLayer"):
        tfk.models.load_model(folder / "towers")
    layer = tfk.layers.TFSMLayer(folder / "towers", call_endpoint="serving_default")
    outputs = layer(facts["towers"].inputs)["output_1"]
    np.testing.assert_allclose(outputs, facts["towers"].outputs, rtol=1e-5)


def test_no_function_of_the_folder_is_loaded(folders, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("a function of the folder was loaded")

    monkeypatch.setattr(tf.saved_model, "load", fail)
    monkeypatch.setattr(tf.__internal__.FuncGraph, "from_graph_def", fail, raising=False)
    monkeypatch.setattr(tf.graph_util, "import_graph_def", fail)
    tfk.models.load_model(folders[0] / "towers", custom_objects=OURS)


def changed(folder, target, change):
    """A copy of a folder whose metadata of the model went through `change`."""
    shutil.copytree(folder, target)
    path = target / "keras_metadata.pb"
    nodes = [dict(fields(node)) for _, node in fields(path.read_bytes())]
    nodes[0][5] = json.dumps(change(json.loads(nodes[0][5])))
    path.write_bytes(message([(1, message(node.items())) for node in nodes]))
    return target


@pytest.mark.parametrize("name", ["os.system", "builtins>eval", "get_file"])
def test_a_class_of_python_is_not_found(folders, tmp_path, name):
    target = changed(folders[0] / "towers", tmp_path / "m", lambda m: {**m, "class_name": name})
    with pytest.raises(ValueError, match=name):
        tfk.models.load_model(target, custom_objects=OURS)


def test_a_weight_that_is_missing(folders, tmp_path):
    target = changed(
        folders[0] / "towers", tmp_path / "m", lambda m: {**m, "class_name": "Sequential"}
    )
    layers = [{"class_name": "Dense", "config": {"units": 2, "name": "new"}}]

    def with_layer(found):
        return {**found, "config": {"name": "s", "layers": layers, "build_input_shape": [None, 3]}}

    target = changed(target, tmp_path / "n", with_layer)
    with pytest.raises(ValueError, match="no values for .*new/kernel"):
        tfk.models.load_model(target, compile=False)


def test_damage(folders, tmp_path):
    shutil.copytree(folders[0] / "towers", tmp_path / "m")
    whole = (tmp_path / "m/saved_model.pb").read_bytes()
    (tmp_path / "m/saved_model.pb").write_bytes(whole[:500])
    with pytest.raises(ValueError, match="damaged"):
        tfk.models.load_model(tmp_path / "m", custom_objects=OURS)
    (tmp_path / "m/saved_model.pb").write_bytes(whole)
    (tmp_path / "m/keras_metadata.pb").write_bytes(b"\x0a\x05ab")
    with pytest.raises(ValueError, match="damaged"):
        tfk.models.load_model(tmp_path / "m", custom_objects=OURS)


def test_metadata_inside_the_graph(folders, tmp_path):
    """Where TensorFlow before 2.5 kept it, without the specs of inputs."""
    folder, facts = folders
    shutil.copytree(folder / "towers", tmp_path / "m")
    saved = saved_model_pb2.SavedModel.FromString((folder / "towers/saved_model.pb").read_bytes())
    described = SavedObjects(str(folder / "towers")).metadata(0)
    for key in ("full_save_spec", "save_spec", "build_input_shape"):
        described.pop(key, None)
    saved.meta_graphs[0].object_graph_def.nodes[0].user_object.metadata = json.dumps(described)
    (tmp_path / "m/saved_model.pb").write_bytes(saved.SerializeToString())
    (tmp_path / "m/keras_metadata.pb").unlink()
    model = tfk.models.load_model(tmp_path / "m", custom_objects=OURS)
    facts["towers"].check(model, step=False)


def test_a_folder_for_serving(tmp_path):
    tfk.Sequential([tfk.Input((2,)), tfk.layers.Dense(1)]).export(tmp_path / "m")
    with pytest.raises(ValueError, match="for serving.*TFSMLayer"):
        tfk.models.load_model(tmp_path / "m")

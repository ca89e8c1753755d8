"""Exported models as their readers see them: TensorFlow without tfk, the command line, sessions,
LiteRT.
"""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.export import ExportArchive, request_body

RNG = np.random.default_rng(0)


def numeric():
    model = tfk.Sequential(
        [
            tfk.layers.Dense(4, activation="relu", input_shape=(3,), name="hidden"),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dropout(0.5),
            tfk.layers.Dense(2, activation="softmax", name="scores"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.train_on_batch(np.ones((4, 3)), np.ones((4,)))
    return model


def several():
    text = tfk.Input((), dtype="string", name="text")
    ids = tfk.Input((2,), dtype="int32", name="ids")
    length = tf.strings.length(text)
    total = tfk.layers.Add(name="total")(
        [tf.cast(ids, tf.float32), tf.cast(tf.expand_dims(length, -1), tf.float32)]
    )
    return tfk.Model([text, ids], {"sum": total, "length": length, "upper": tf.strings.upper(text)})


def vocabulary():
    text = tfk.Input((1,), dtype="string", name="text")
    lookup = tfk.layers.StringLookup(vocabulary=["cat", "dog"])
    return tfk.Model(text, tfk.layers.Embedding(4, 2, name="vectors")(lookup(text)))


class Subclassed(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = tfk.layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


def subclassed():
    model = Subclassed()
    model(np.ones((2, 3), "float32"))
    return model


FEEDS = {
    "numeric": (numeric, {"hidden_input": RNG.normal(size=(5, 3)).astype("float32")}),
    "several": (
        several,
        {"text": np.array(["a", "bcd"]), "ids": np.array([[1, 2], [3, 4]], "int32")},
    ),
    "vocabulary": (vocabulary, {"text": np.array([["dog"], ["bird"]])}),
    "subclassed": (subclassed, {"input_1": RNG.normal(size=(5, 3)).astype("float32")}),
}

READER = """
import json, sys
import numpy as np
import tensorflow as tf
try:
    import tfk
    raise SystemExit("tfk must not be importable here")
except ImportError:
    pass
found = {}
for name, folder in json.loads(sys.argv[1]).items():
    feed = dict(np.load(folder + ".npz"))
    loaded = tf.saved_model.load(folder)
    out = loaded.signatures["serving_default"](**{k: tf.constant(v) for k, v in feed.items()})
    eager = {k: v.numpy().tolist() for k, v in out.items()}
    graph = loaded.signatures["serving_default"].graph.as_graph_def()
    ops = {node.op for f in graph.library.function for node in f.node_def}
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)
        signature = meta.signature_def["serving_default"]
        values = session.run({k: t.name for k, t in signature.outputs.items()},
                             {signature.inputs[k].name: v for k, v in feed.items()})
    in_session = {k: v.tolist() for k, v in values.items()}
    shapes = {k: [d.size for d in t.tensor_shape.dim] for k, t in signature.inputs.items()}
    types = {k: tf.as_dtype(t.dtype).name for k, t in signature.inputs.items()}
    variables = [name for name, _ in tf.train.list_variables(folder + "/variables/variables")]
    found[name] = dict(eager=eager, session=in_session, shapes=shapes, types=types, ops=sorted(ops),
                       variables=variables)
print(json.dumps(found, default=lambda b: b.decode()))
"""


def without_tfk():
    """An environment of a process that cannot import tfk."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return {**environment, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}


BLOCK = "import sys; sys.modules['tfk'] = None\n"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """All models exported, moved to another place, and read by a process without tfk."""
    folder = tmp_path_factory.mktemp("exported")
    places, expected = {}, {}
    for name, (make, feed) in FEEDS.items():
        model = make()
        first = str(folder / "first" / name)
        model.export(first)
        places[name] = str(folder / "moved" / name)
        shutil.move(first, places[name])
        np.savez(places[name] + ".npz", **feed)
        inputs = {k: tf.constant(v) for k, v in feed.items()}
        outputs = model(inputs if name != "subclassed" else inputs["input_1"])
        outputs = outputs if isinstance(outputs, dict) else {"only": outputs}
        expected[name] = {k: v.numpy() for k, v in outputs.items()}
    result = subprocess.run(
        [sys.executable, "-c", BLOCK + READER, json.dumps(places)],
        capture_output=True,
        text=True,
        env=without_tfk(),
        cwd="/",
        timeout=120,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1]), expected, places


@pytest.mark.parametrize("name", FEEDS)
def test_values_without_tfk_eagerly_and_in_a_session(exported, name):
    found, expected, _ = exported
    for how in ("eager", "session"):
        values = found[name][how]
        assert len(values) == len(expected[name])
        for key, value in values.items():
            wanted = expected[name].get(key, expected[name].get("only"))
            if wanted.dtype.kind in "SO":
                assert [w.decode() for w in wanted.ravel()] == list(np.ravel(value))
            else:
                np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-6)


def test_signatures_keep_names_types_and_the_open_batch(exported):
    found, _, _ = exported
    assert found["several"]["types"] == {"text": "string", "ids": "int32"}
    assert found["several"]["shapes"] == {"text": [-1], "ids": [-1, 2]}
    assert set(found["several"]["eager"]) == {"sum", "length", "upper"}
    assert set(found["numeric"]["eager"]) == {"scores"} and set(found["vocabulary"]["eager"]) == {
        "vectors"
    }


def test_nothing_that_only_trains_is_exported(exported):
    found, _, _ = exported
    for facts in found.values():
        assert not any("Apply" in op or "Gradient" in op or "Grad" in op for op in facts["ops"]), (
            facts["ops"]
        )
        assert not any("optimizer" in name or "_iterations" in name for name in facts["variables"])


COMMANDS = """
import json, os, sys
from tensorflow.python.tools import saved_model_cli
for number, arguments in enumerate(json.loads(sys.argv[1])):
    if not os.fork():  # the command line ends its process
        os.dup2(os.open(f"{sys.argv[2]}/{number}.txt", os.O_CREAT | os.O_WRONLY), 1)
        sys.argv = ["saved_model_cli", *arguments]
        saved_model_cli.main()
    os.wait()
"""


@pytest.fixture(scope="module")
def shown_and_run(exported, tmp_path_factory):
    """What `saved_model_cli show` prints of each model, and the outputs that `saved_model_cli run`
    writes.
    """
    folder, commands = tmp_path_factory.mktemp("cli"), []
    for name, place in exported[2].items():
        which = ["--dir", place, "--tag_set", "serve", "--signature_def", "serving_default"]
        inputs = ";".join(f"{key}={place}.npz[{key}]" for key in FEEDS[name][1])
        commands += [
            ["show", *which],
            ["run", *which, "--inputs", inputs, "--outdir", f"{folder}/{name}"],
        ]
    result = subprocess.run(
        [sys.executable, "-c", BLOCK + COMMANDS, json.dumps(commands), str(folder)],
        capture_output=True,
        text=True,
        env=without_tfk(),
        cwd="/",
        timeout=120,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    texts = [(folder / f"{2 * number}.txt").read_text() for number in range(len(exported[2]))]
    return dict(zip(exported[2], texts)), folder, result.stderr


@pytest.mark.parametrize("name", FEEDS)
def test_saved_model_cli_shows_and_runs(shown_and_run, exported, name):
    texts, folder, errors = shown_and_run
    for key in FEEDS[name][1]:
        assert f"inputs['{key}']" in texts[name]
    assert "Method name is: tensorflow/serving/predict" in texts[name]
    written = {
        path.stem: np.load(path, allow_pickle=True) for path in (folder / name).glob("*.npy")
    }
    assert len(written) == len(exported[1][name]), errors[-2000:]
    for key, values in written.items():
        assert f"outputs['{key}']" in texts[name]
        wanted = exported[1][name].get(key, exported[1][name].get("only"))
        if wanted.dtype.kind in "SO":
            np.testing.assert_array_equal(values, wanted)
        else:
            np.testing.assert_allclose(values, wanted, rtol=1e-5, atol=1e-6)


def test_names_do_not_depend_on_other_models_and_survive_loading(tmp_path):
    def signature(path):
        function = tf.saved_model.load(path).signatures["serving_default"]
        return sorted(function.structured_input_signature[1]), sorted(function.structured_outputs)

    def unnamed():
        x = tfk.Input((3,))
        hidden = tfk.layers.Dense(2)(x)
        return tfk.Model(x, tfk.layers.Dense(1)(hidden))

    for _ in range(3):
        unnamed()
    model = unnamed()
    model.export(tmp_path / "one")
    model.export(tmp_path / "two")
    model.save(tmp_path / "m.keras")
    tfk.models.load_model(tmp_path / "m.keras").export(tmp_path / "three")
    model.save(tmp_path / "directory")
    facts = [signature(str(tmp_path / name)) for name in ("one", "two", "three", "directory")]
    assert facts == [(["input_1"], ["dense_1"])] * 4


def test_versions_are_counted_and_never_replaced(tmp_path):
    model = numeric()
    base = str(tmp_path / "base")
    assert model.export(base, version="auto") == os.path.join(base, "1")
    assert model.export(base, version=7) == os.path.join(base, "7")
    assert model.export(base, version="auto") == os.path.join(base, "8")
    with pytest.raises(FileExistsError, match="version 7 exists"):
        model.export(base, version=7)
    assert sorted(os.listdir(base)) == ["1", "7", "8"]


def test_warm_up_file_holds_a_predict_request(tmp_path):
    model = several()
    model.export(tmp_path / "m", warmup={"text": np.array(["hello"]), "ids": np.array([[1, 2]])})
    path = str(tmp_path / "m" / "assets.extra" / "tf_serving_warmup_requests")
    records = [record.numpy() for record in tf.data.TFRecordDataset(path)]
    assert len(records) == 1
    for part in (b"serving_default", b"text", b"hello", b"ids"):
        assert part in records[0]
    assert records[0][0] == (6 << 3 | 2)  # PredictionLog.predict_log


def test_several_endpoints(tmp_path):
    model = numeric()

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
    def raw_bytes(blobs):
        return {
            "scores": model(
                tf.reshape(tf.io.decode_raw(blobs, tf.float32), (-1, 3)), training=False
            )
        }

    model.export(tmp_path / "m", signatures={"serving_default": model, "raw_bytes": raw_bytes})
    loaded = tf.saved_model.load(str(tmp_path / "m"))
    assert set(loaded.signatures) == {"serving_default", "raw_bytes"}
    x = RNG.normal(size=(2, 3)).astype("float32")
    got = loaded.signatures["raw_bytes"](tf.constant([row.tobytes() for row in x]))["scores"]
    np.testing.assert_allclose(got, model(x), rtol=1e-5)


def test_export_archive(tmp_path):
    model = numeric()
    archive = ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve", lambda x: model(x, training=False), [tf.TensorSpec((None, 3), tf.float32)]
    )
    archive.add_endpoint(
        "logits", lambda x: model.layers[0](x), [tf.TensorSpec((None, 3), tf.float32)]
    )
    archive.add_variable_collection("weights_of_model", model.weights)
    archive.write_out(tmp_path / "a")
    loaded = tf.saved_model.load(str(tmp_path / "a"))
    x = tf.ones((2, 3))
    np.testing.assert_allclose(loaded.serve(x), model(x), rtol=1e-5)
    np.testing.assert_allclose(loaded.logits(x), model.layers[0](x), rtol=1e-5)
    assert (
        len(loaded.weights_of_model) == len(model.weights)
        and "serving_default" in loaded.signatures
    )


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda path: tfk.Sequential([tfk.layers.Dense(1)]).export(path),
            ValueError,
            "has no weights yet",
        ),
        (lambda path: numeric().export(path, format="onnx"), ValueError, "unknown format 'onnx'"),
        (
            lambda path: numeric().export(path, version="next"),
            ValueError,
            "'auto' or a whole number",
        ),
        (
            lambda path: numeric().export(path, format="tflite", quantize="int4"),
            ValueError,
            "quantize must be",
        ),
        (
            lambda path: numeric().export(path, format="tflite", quantize="int8"),
            ValueError,
            "representative_data",
        ),
        (lambda path: ExportArchive().write_out(path), ValueError, "nothing to export"),
        (lambda path: ExportArchive().track(3), ValueError, "expected a model"),
        (
            lambda path: ExportArchive().add_endpoint("f", lambda x: x),
            ValueError,
            "Pass input_signature",
        ),
    ],
)
def test_clear_errors(call, error, message, tmp_path):
    with pytest.raises(error, match=message):
        call(str(tmp_path / "x"))
    assert os.listdir(tmp_path) == []


def test_outputs_that_lose_the_batch_are_refused(tmp_path):
    x = tfk.Input((3,))
    with pytest.raises(ValueError, match="lost the batch dimension"):
        tfk.Model(x, tf.reduce_sum(x)).export(tmp_path / "x")


def test_models_whose_outputs_lose_the_batch_are_saved_with_a_warning(tmp_path):
    x = tfk.Input((3,))
    model = tfk.Model(x, tf.reduce_sum(x))
    with pytest.warns(UserWarning, match="lost the batch dimension"):
        model.save(tmp_path / "x")
    assert float(tfk.models.load_model(tmp_path / "x")(tf.ones((2, 3)))) == 6.0


@pytest.mark.filterwarnings("ignore")
def test_lite_files_run_within_tolerance_and_shrink(tmp_path):
    model = tfk.Sequential(
        [
            tfk.layers.Dense(256, "relu", input_shape=(64,)),
            tfk.layers.Dense(256, "relu"),
            tfk.layers.Dense(4),
        ]
    )
    x = RNG.normal(size=(200, 64)).astype("float32")
    expected = model.predict(x, verbose=0)
    sizes = {}
    for quantize, tolerance in ((None, 1e-3), ("float16", 1e-2), ("dynamic", 0.1), ("int8", 0.2)):
        path = str(tmp_path / f"{quantize}.tflite")
        model.export(path, format="tflite", quantize=quantize, representative_data=x[:100])
        sizes[quantize] = os.path.getsize(path)
        interpreter = tf.lite.Interpreter(path)
        interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner()
        (name,) = runner.get_input_details()
        (got,) = runner(**{name: x}).values()
        assert np.abs(got - expected).max() < tolerance * np.abs(expected).max() + 1e-5, quantize
    assert sizes["int8"] < 0.3 * sizes[None] and sizes["float16"] < 0.6 * sizes[None]


def test_rows_of_a_wrong_shape_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r'rows for input ".*" have shape \(1, 2\); expected \(None, 3\)'
    ):
        request_body(numeric(), [[1, 2]])
    with pytest.raises(ValueError, match="rows for input"):
        numeric().export(tmp_path / "m", warmup=np.ones((2, 4)))
    assert not (tmp_path / "m").exists()


def test_request_body():
    body = json.loads(request_body(several(), {"text": ["a"], "ids": [[1, 2]]}))
    assert body == {"signature_name": "serving_default", "inputs": {"text": ["a"], "ids": [[1, 2]]}}
    assert json.loads(request_body(numeric(), [[1, 2, 3]]))["instances"] == [[1.0, 2.0, 3.0]]
    assert json.loads(request_body(vocabulary(), [[b"dog"], [b"\xff\x01"]]))["instances"] == [
        ["dog"],
        [{"b64": "/wE="}],
    ]


def test_request_bodies_hold_what_the_signature_takes(exported):
    """A server hands `instances` to the only input, or each of `inputs` to the one of its name."""
    _, expected, places = exported
    for name, (make, feed) in FEEDS.items():
        body = json.loads(request_body(make(), feed))
        function = tf.saved_model.load(places[name]).signatures[body["signature_name"]]
        inputs = function.structured_input_signature[1]
        columns = body.get("inputs") or dict.fromkeys(inputs, body["instances"])
        outputs = function(
            **{key: tf.constant(columns[key], spec.dtype) for key, spec in inputs.items()}
        )
        for key, value in outputs.items():
            wanted = expected[name].get(key, expected[name].get("only"))
            if wanted.dtype.kind == "f":
                np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-6)
            else:
                np.testing.assert_array_equal(value, wanted)


def test_tensorflow_saves_models_with_a_signature(tmp_path):
    x = tfk.Input((3,), name="x")
    model = tfk.Model(x, tfk.layers.Dense(2, name="y")(x))
    tf.saved_model.save(model, str(tmp_path / "m"))
    served = tf.saved_model.load(str(tmp_path / "m")).signatures["serving_default"]
    np.testing.assert_allclose(served(x=tf.ones((4, 3)))["y"], model(tf.ones((4, 3))), rtol=1e-6)
    scalar = tfk.Model(x, tf.reduce_sum(model(x)))
    tf.saved_model.save(scalar, str(tmp_path / "s"))  # nothing to serve, and no error
    assert not tf.saved_model.load(str(tmp_path / "s")).signatures


@pytest.mark.parametrize(
    "save", [tf.saved_model.save, tfk.Model.save], ids=["tf.saved_model.save", "model.save"]
)
def test_loaded_object_is_called_like_the_model(save, tmp_path):
    model = tfk.Sequential(
        [
            tfk.layers.Dense(2, input_shape=(3,)),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dropout(0.5),
        ]
    )
    save(model, str(tmp_path / "saved"))
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    x = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)
    assert np.any(loaded(x, training=True) == 0) and not np.any(loaded(x, training=False) == 0)
    assert (len(loaded.variables), len(loaded.trainable_variables)) == (6, 4)


@pytest.mark.parametrize("kind", ["one", "dict", "subclassed"])
def test_serve_takes_what_the_model_takes(kind, tmp_path):
    a, b = tfk.Input((3,), name="a"), tfk.Input((3,), name="b")

    class Weighted(tfk.Model):
        def call(self, inputs):
            return inputs["b"] + 2 * inputs["a"]

    model, x = {
        "one": lambda: (tfk.Sequential([tfk.Input((3,)), tfk.layers.Dense(2)]), np.ones((2, 3))),
        "dict": lambda: (
            tfk.Model({"b": b, "a": a}, {"sum": tfk.layers.Add()([a, b])}),
            {"b": np.ones((2, 3)), "a": np.zeros((2, 3))},
        ),
        "subclassed": lambda: (Weighted(), {"b": np.ones((2, 3)), "a": np.zeros((2, 3))}),
    }[kind]()
    x = tf.nest.map_structure(lambda array: tf.constant(array, tf.float32), x)
    outputs = model(x)
    model.export(tmp_path / "exported")
    loaded = tf.saved_model.load(tmp_path / "exported")
    tf.nest.map_structure(np.testing.assert_allclose, loaded.serve(x), outputs)
    named = loaded.signatures["serving_default"](**(x if kind != "one" else {"input_1": x}))
    np.testing.assert_allclose(*(tf.nest.flatten(each)[0] for each in (named, outputs)))
    layer = tfk.layers.TFSMLayer(tmp_path / "exported")
    tf.nest.map_structure(np.testing.assert_allclose, layer(x), outputs)

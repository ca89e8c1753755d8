"""TensorBoard: what is written, against tf_keras and TensorBoard itself."""

import glob
import json
import os
import subprocess
import sys
import textwrap
import time
import urllib.request

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.graph_pb2 import GraphDef

import tfk
from tfk.callbacks import HParams, LambdaCallback, TensorBoard
from tfk.callbacks.batch_profile import BatchProfile
from tfk.callbacks.layer_graph import layer_graph
from tfk.callbacks.projector import Projector
from tfk.utils.tensorflow_internals import xplane_pb2

TOKENS = np.random.RandomState(0).randint(0, 11, (12, 4))
TARGETS = np.random.RandomState(1).rand(12, 1).astype("float32")


def events(log_dir):
    """Yields `(folder, event)` of all event files below `log_dir`, in the order of writing in each
    folder.
    """
    for path in sorted(glob.glob(f"{log_dir}/**/*events.out.tfevents*", recursive=True)):
        for event in tf.compat.v1.train.summary_iterator(path):
            yield os.path.relpath(os.path.dirname(path), log_dir), event


def values(log_dir):
    """Dict from `(folder, tag, step)` to the value with its metadata."""
    return {
        (folder, value.tag, event.step): value
        for folder, event in events(log_dir)
        for value in event.summary.value
    }


def what_is_written(log_dir):
    found = sorted(
        (folder, value.tag, event.step, value.metadata.plugin_data.plugin_name)
        for folder, event in events(log_dir)
        for value in event.summary.value
    )
    graphs = sum(bool(event.graph_def) for _, event in events(log_dir))
    files = [os.path.relpath(path, log_dir) for path in glob.glob(f"{log_dir}/**", recursive=True)]
    kept = sorted(name for name in files if "ckpt" in name or name == "projector_config.pbtxt")
    profiles = [os.path.splitext(name)[1] for name in files if name.endswith("xplane.pb")]
    return found, graphs, kept, profiles


def trained(package, log_dir, epochs=3, schedule=False, verbose=0, **settings):
    layers = package.layers
    model = package.Sequential(
        [
            layers.Embedding(11, 3, input_length=4, name="words"),
            layers.Flatten(name="flat"),
            layers.Dense(5, name="hidden"),
            layers.Dense(1, name="out"),
        ],
        name="net",
    )
    rate = package.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5) if schedule else 0.1
    model.compile(package.optimizers.SGD(rate), "mse", metrics=["mae"])
    callback = package.callbacks.TensorBoard(str(log_dir), **settings)
    model.fit(
        TOKENS,
        TARGETS,
        batch_size=2,
        epochs=epochs,
        verbose=verbose,
        shuffle=False,
        validation_data=(TOKENS, TARGETS),
        callbacks=[callback],
    )
    return model


@pytest.mark.parametrize(
    "settings",
    [
        # tf_keras writes the graph of the step only where something else makes it call batch hooks
        {"histogram_freq": 1, "write_images": True, "profile_batch": (2, 3)},
        {"histogram_freq": 2, "update_freq": 2, "write_steps_per_second": True, "schedule": True},
        {"update_freq": "batch", "profile_batch": 2, "write_graph": False},
        {"embeddings_freq": 2, "write_steps_per_second": True},
    ],
    ids=["weights", "every-other-batch", "profile", "embeddings"],
)
def test_golden_list_equals_keras(settings, tmp_path):
    tf_keras = pytest.importorskip("tf_keras")
    trained(tfk, tmp_path / "ours", **settings)
    trained(tf_keras, tmp_path / "theirs", **settings)
    ours, theirs = what_is_written(tmp_path / "ours"), what_is_written(tmp_path / "theirs")
    assert ours[0] == theirs[0]
    assert ours[1:] == theirs[1:]


def test_data_classes(tmp_path):
    trained(tfk, tmp_path, epochs=1, histogram_freq=1, write_images=True)
    classes = {
        value.metadata.plugin_data.plugin_name: value.metadata.data_class
        for value in values(tmp_path).values()
    }
    assert classes == {"scalars": 1, "histograms": 2, "images": 3, "graph_keras_model": 0}


def test_scalars_are_the_logs(tmp_path):
    model = trained(tfk, tmp_path, update_freq=2)
    written = values(tmp_path)
    history = model.history.history
    for epoch in range(3):
        for folder, prefix in (("train", ""), ("validation", "val_")):
            for name in ("loss", "mae"):
                value = tf.make_ndarray(written[folder, f"epoch_{name}", epoch].tensor)
                assert value.dtype == "float32" and value == np.float32(
                    history[prefix + name][epoch]
                )
    steps = [step for folder, tag, step in written if (folder, tag) == ("train", "batch_loss")]
    assert steps == list(range(2, 19, 2))
    assert ("validation", "evaluation_mae_vs_iterations", 18) in written


def test_both_graphs(tmp_path):
    model = trained(tfk, tmp_path, epochs=1)
    conceptual = values(tmp_path)["train", "keras", 0]
    assert conceptual.metadata.plugin_data.plugin_name == "graph_keras_model"
    assert conceptual.metadata.plugin_data.content == b"1"
    described = json.loads(conceptual.tensor.string_val[0])
    names = [layer["config"]["name"] for layer in described["config"]["layers"]]
    assert names == [layer.name for layer in model._graph.layers]
    (graph,) = (event.graph_def for _, event in events(tmp_path) if event.graph_def)
    operations = {node.op for node in GraphDef.FromString(graph).node}
    assert "MatMul" in operations


def test_layer_graph_is_left_out_where_there_is_none(tmp_path):
    class Own(tfk.Model):
        def __init__(self):
            super().__init__()
            self.dense = tfk.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    class Odd(tfk.layers.Layer):
        def get_config(self):
            raise NotImplementedError("no config")

    x = np.ones((4, 2), "float32")
    model = Own()
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0, callbacks=[TensorBoard(tmp_path / "own")])
    assert ("train", "keras", 0) not in values(tmp_path / "own")
    assert sum(bool(event.graph_def) for _, event in events(tmp_path / "own")) == 1

    model = tfk.Sequential([Odd(), tfk.layers.Dense(1)])
    model.build((None, 2))
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0, callbacks=[TensorBoard(tmp_path / "odd")])
    assert ("train", "keras", 0) in values(tmp_path / "odd")  # it needs no config


def edges(model):
    """Pairs of layers that TensorBoard connects, without the name of the model."""
    reader = pytest.importorskip("tensorboard.plugins.graph.keras_util")
    graph = reader.keras_model_to_graph_def(json.loads(json.dumps(layer_graph(model))))
    start = len(model.name) + 1
    return {(source[start:], node.name[start:]) for node in graph.node for source in node.input}


def test_the_page_of_graphs_connects_layers():
    layers = tfk.layers
    inputs = [tfk.Input((4,), name=name) for name in ("left", "right")]
    inner_inputs = [tfk.Input((4,), name=name) for name in ("first", "second")]
    dense, total = layers.Dense(4, name="dense"), layers.Add(name="total")
    inner_outputs = [dense(dense(inner_inputs[0])), total(inner_inputs)]
    inner = tfk.Model(inner_inputs, inner_outputs, name="inner")
    tail = tfk.Sequential([layers.Dense(2, name="a"), layers.ReLU(name="b")], name="tail")
    once, summed = inner(inputs)
    again, _ = inner([once, inputs[1]])  # a shared model, whose second call follows its first
    model = tfk.Model(inputs, [tail(summed), layers.Lambda(abs, name="abs")(again)])
    assert edges(model) == {
        ("left", "inner/first"),
        ("right", "inner/second"),
        ("inner/dense", "inner/first"),
        ("inner/first", "inner/dense"),
        ("inner/dense", "inner/dense"),
        ("inner/first", "inner/total"),
        ("inner/second", "inner/total"),
        ("inner/total", "tail/a_input"),
        ("tail/a_input", "tail/a"),
        ("tail/a", "tail/b"),
        ("inner/dense", "abs"),
    }
    assert edges(tfk.Sequential([layers.Dense(2, name="a"), layers.ReLU(name="b")])) == {("a", "b")}


def test_evaluation_alone(tmp_path):
    model = trained(tfk, tmp_path / "fit", epochs=1)
    model.evaluate(
        TOKENS, TARGETS, verbose=0, callbacks=[TensorBoard(tmp_path / "eval", write_graph=False)]
    )
    assert sorted(values(tmp_path / "eval")) == [
        ("validation", "evaluation_loss_vs_iterations", 6),
        ("validation", "evaluation_mae_vs_iterations", 6),
    ]


class Summarizing(tfk.layers.Layer):
    def call(self, inputs):
        tf.summary.write("mean", tf.reduce_mean(inputs))
        return inputs


def summarizing_model():
    model = tfk.Sequential([Summarizing(), tfk.layers.Dense(1)])
    model.build((None, 2))
    model.compile("sgd", "mse")
    return model


def test_summaries_of_the_model_itself_follow_the_writer_of_each_fit(tmp_path):
    x = np.arange(12, dtype="float32").reshape(6, 2)
    model = summarizing_model()
    fit = {"x": x, "y": x[:, :1], "batch_size": 1, "shuffle": False, "verbose": 0, "epochs": 2}
    for name in ("first", "second"):
        callback = TensorBoard(tmp_path / name, update_freq=2, write_graph=False)
        model.fit(
            **fit, validation_data=(x, x[:, :1]), validation_batch_size=2, callbacks=[callback]
        )
        written = values(tmp_path / name)
        train = {
            step: value
            for (folder, tag, step), value in written.items()
            if (folder, tag) == ("train", "mean")
        }
        assert sorted(train) == [0, 2, 4, 6, 8, 10]  # steps before the batch
        assert [tf.make_ndarray(train[step].tensor) for step in (0, 2, 4)] == [0.5, 4.5, 8.5]
        assert any(folder == "validation" and tag == "mean" for folder, tag, _ in written)
    model.fit(**fit)  # without a writer, after the files are closed
    model.fit(**fit, callbacks=[TensorBoard(tmp_path / "epoch", write_graph=False)])
    assert not any(tag == "mean" for _, tag, _ in values(tmp_path / "epoch"))


def test_an_error_closes_the_files_and_leaves_no_writer_behind(tmp_path):
    def fail(epoch, logs):
        raise RuntimeError("mine")

    model = summarizing_model()
    x = np.ones((4, 2), "float32")
    callbacks = [
        TensorBoard(tmp_path, update_freq=1, profile_batch=(1, 100)),
        LambdaCallback(on_epoch_end=fail),
    ]
    with pytest.raises(RuntimeError, match="mine"):
        model.fit(x, x[:, :1], verbose=0, callbacks=callbacks)
    assert not tf.summary.should_record_summaries()
    assert any(tag == "epoch_loss" for _, tag, _ in values(tmp_path))
    model.fit(x, x[:, :1], verbose=0)
    tf.profiler.experimental.start(str(tmp_path / "profile"))  # the profiler was stopped
    tf.profiler.experimental.stop(save=False)


def test_profiling_ends_at_its_last_batch(tmp_path):
    stopped_at = []

    class Watched(BatchProfile):
        def stop(self, writer):
            stopped_at.append(int(model._train_counter))
            super().stop(writer)

    callback = TensorBoard(tmp_path)
    callback.profile = Watched((3, 5))
    model = summarizing_model()
    x = np.ones((20, 2), "float32")
    model.fit(x, x[:, :1], batch_size=1, verbose=0, callbacks=[callback])
    assert stopped_at == [5]
    (recording,) = glob.glob(f"{tmp_path}/plugins/profile/*/*.xplane.pb")
    with open(recording, "rb") as file:
        space = xplane_pb2.XSpace.FromString(file.read())
    steps = []
    for plane in space.planes:
        statistics = {number: stat.name for number, stat in plane.stat_metadata.items()}
        assert "iter_num" not in statistics.values()  # it would overrule the markers
        for event in (event for line in plane.lines for event in line.events):
            if plane.event_metadata[event.metadata_id].name == "train":
                marks = {statistics[stat.metadata_id]: stat.int64_value for stat in event.stats}
                steps.append((marks["_r"], marks["step_num"]))
    assert sorted(steps) == [(1, 2), (1, 3), (1, 4)]


@pytest.mark.parametrize(
    ("settings", "until"),
    [
        ({}, [None, None]),
        ({"update_freq": 10}, [10, 3]),
        ({"profile_batch": 5}, [4, None]),
        ({"profile_batch": (1, 20)}, [1, 1]),
        ({"profile_batch": (10, 20), "update_freq": 100}, [9, 2]),
        ({"write_steps_per_second": True, "histogram_freq": 1}, [None, None]),
    ],
)
def test_when_to_wake(settings, until):
    class Model:
        _train_counter = 0

    callback = TensorBoard(**settings)
    callback.model = Model
    asked = [callback.batches_until_wake("train")]
    Model._train_counter = 7
    asked.append(callback.batches_until_wake("train"))
    assert asked == until and callback.batches_until_wake("test") is None


@pytest.mark.parametrize(
    "settings",
    [
        {"profile_batch": -1},
        {"profile_batch": (3, 2)},
        {"profile_batch": "a,b"},
        {"profile_batch": (1, 2, 3)},
    ],
)
def test_profile_batch_is_checked(settings):
    with pytest.raises(ValueError, match="expected profile_batch"):
        TensorBoard(**settings)


def test_other_arguments():
    assert BatchProfile("2,4").last == 4
    with pytest.warns(DeprecationWarning, match="write_grads has no effect"):
        TensorBoard(write_grads=True)
    with pytest.raises(ValueError, match=r"unknown arguments \['speed'\]"):
        TensorBoard(speed=1)
    with pytest.raises(TypeError, match="update_freq"):
        TensorBoard(update_freq="often")


def test_projector_entries_and_labels(tmp_path):
    inputs = tfk.Input((2,), dtype="int32")
    first, second = (tfk.layers.Embedding(4, 2, name=name) for name in ("first", "second"))
    model = tfk.Model(inputs, [first(inputs), second(inputs)])
    projector = Projector(model, str(tmp_path), {"second": 'a "b".tsv'})
    projector.write_config()
    projector.save(7)
    text = (tmp_path / "projector_config.pbtxt").read_text()
    assert (tmp_path / "train" / "projector_config.pbtxt").read_text() == text
    assert text.count("embeddings {") == 2 and 'metadata_path: "a \\"b\\".tsv"' in text
    checkpoint = tf.train.load_checkpoint(tf.train.latest_checkpoint(tmp_path))
    np.testing.assert_array_equal(
        checkpoint.get_tensor("second/embeddings"), second.embeddings.numpy()
    )
    with pytest.raises(
        ValueError, match=r"metadata names \['third'\], but the layers .* are \['first', 'second'\]"
    ):
        Projector(model, str(tmp_path), {"third": "x"})


def test_projector_shows_where_layers_put_inputs(tmp_path):
    inputs = tfk.Input((3, 2))
    model = tfk.Model(inputs, tfk.layers.Dense(1)(tfk.layers.Dense(4, name="hidden")(inputs)))
    data = np.random.RandomState(0).rand(5, 3, 2).astype("float32")
    settings = {"embeddings_freq": 1, "embeddings_layer_names": ["hidden"], "embeddings_data": data}
    model.compile("sgd", "mse")
    model.fit(data, data[..., :1], verbose=0, callbacks=[TensorBoard(tmp_path, **settings)])
    assert 'tensor_name: "hidden/output"' in (tmp_path / "projector_config.pbtxt").read_text()
    points = tf.train.load_checkpoint(tf.train.latest_checkpoint(tmp_path)).get_tensor(
        "hidden/output"
    )
    kernel, bias = model.get_layer("hidden").get_weights()
    np.testing.assert_allclose(points, (data @ kernel + bias).reshape(5, 12), rtol=1e-5)
    with pytest.raises(ValueError, match=r"embeddings_layer_names names \['hiden'\], but"):
        Projector(model, str(tmp_path), data=data, layer_names=["hiden"])
    with pytest.raises(
        ValueError, match=r"names \['hidden'\], but the layers to choose from are \[\]"
    ):
        Projector(model, str(tmp_path), layer_names=["hidden"])


def test_training_logs_without_the_tensorboard_package(tmp_path):
    script = """
        import sys
        sys.modules["tensorboard"] = None
        import numpy as np, tfk
        model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        x = np.ones((8, 2), "float32")
        callbacks = [
            tfk.callbacks.TensorBoard(
                sys.argv[1], histogram_freq=1, write_images=True, update_freq=1, profile_batch=2
            ),
            tfk.callbacks.HParams(sys.argv[1], {"units": 1}),
        ]
        validation = (x, x[:, :1])
        model.fit(*validation, 2, validation_data=validation, verbose=0, callbacks=callbacks)
    """
    run = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    subprocess.run(
        run,
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    plugins = {value.metadata.plugin_data.plugin_name for value in values(tmp_path).values()}
    assert {"scalars", "histograms", "images", "graph_keras_model", "hparams"} <= plugins
    assert glob.glob(f"{tmp_path}/plugins/profile/*/*.xplane.pb")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address of a TensorBoard that shows one run with everything in it."""
    program = pytest.importorskip("tensorboard.program")
    log_dir = tmp_path_factory.mktemp("logs")
    (log_dir / "labels.tsv").write_text("\n".join(f"word-{number}" for number in range(11)))
    model = trained(
        tfk,
        log_dir,
        histogram_freq=1,
        update_freq=2,
        write_images=True,
        embeddings_freq=1,
        embeddings_metadata="labels.tsv",
    )
    hparams = HParams(log_dir, {"units": 5, "rate": 0.1, "optimizer": "sgd", "bias": True})
    model.fit(TOKENS, TARGETS, verbose=0, callbacks=[hparams])
    board = program.TensorBoard()
    board.configure(argv=[None, "--logdir", str(log_dir), "--port", "0", "--load_fast", "false"])
    return board.launch().rstrip("/")


def ask(server, path, body=None):
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(
        f"{server}/data/{path}", body and json.dumps(body).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        data = answer.read()
    return json.loads(data) if data[:1] in b"[{" else data


def test_tensorboard_shows_it(server):
    wanted = {"scalars", "histograms", "images", "graphs", "projector", "hparams"}
    for _ in range(50):  # some plugins look for their data in a thread of their own
        enabled = {
            name for name, plugin in ask(server, "plugins_listing").items() if plugin["enabled"]
        }
        if wanted <= enabled:
            break
        time.sleep(0.2)
    assert wanted <= enabled

    tags = ask(server, "plugin/scalars/tags")
    assert {"epoch_loss", "epoch_mae", "batch_loss", "keras"} - set(tags["train"]) == {"keras"}
    assert "evaluation_loss_vs_iterations" in tags["validation"]
    points = ask(server, "plugin/scalars/scalars?run=train&tag=epoch_loss")
    assert [step for _, step, _ in points] == [0, 1, 2]

    assert "hidden/kernel_0/histogram" in ask(server, "plugin/histograms/tags")["train"]
    histograms = ask(server, "plugin/histograms/histograms?run=train&tag=hidden/kernel_0/histogram")
    assert sum(count for _, _, count in histograms[0][2]) == 12 * 5
    assert "hidden/kernel_0/image" in ask(server, "plugin/images/tags")["train"]

    graphs = ask(server, "plugin/graphs/info")["train"]
    assert graphs["run_graph"] and graphs["tags"]["keras"]["conceptual_graph"]
    assert b"hidden" in ask(server, "plugin/graphs/graph?run=train&tag=keras&conceptual=true")
    assert b"MatMul" in ask(server, "plugin/graphs/graph?run=train&conceptual=false")

    assert "." in ask(server, "plugin/projector/runs")
    info = ask(server, "plugin/projector/info?run=.")
    assert [entry["tensorName"] for entry in info["embeddings"]] == ["words/embeddings"]
    assert info["embeddings"][0]["tensorShape"] == [11, 3]
    for run in (".", "train"):
        table = ask(server, f"plugin/projector/tensor?run={run}&name=words/embeddings&num_rows=100")
        assert len(table) == 11 * 3 * 4
        labels = ask(
            server, f"plugin/projector/metadata?run={run}&name=words/embeddings&num_rows=100"
        )
        assert labels.split() == [f"word-{number}".encode() for number in range(11)]

    experiment = ask(server, "plugin/hparams/experiment", {"experimentName": ""})
    assert {info["name"] for info in experiment["hparamInfos"]} == {
        "units",
        "rate",
        "optimizer",
        "bias",
    }
    (group,) = ask(
        server,
        "plugin/hparams/session_groups",
        {
            "experimentName": "",
            "allowedStatuses": ["STATUS_SUCCESS"],
            "colParams": [],
            "startIndex": 0,
            "sliceSize": 9,
        },
    )["sessionGroups"]
    assert group["hparams"] == {"units": 5, "rate": 0.1, "optimizer": "sgd", "bias": True}


def test_hparams_end_with_how_training_ended(tmp_path):
    plugin_data = pytest.importorskip("tensorboard.plugins.hparams.plugin_data_pb2")

    def ended(log_dir):
        value = values(log_dir)[".", "_hparams_/session_end_info", 0]
        return plugin_data.HParamsPluginData.FromString(
            value.metadata.plugin_data.content
        ).session_end_info.status

    for name, expected in (("fine", 1), ("failed", 2)):
        callback = HParams(tmp_path / name, {"a": 1})
        callback.on_train_begin()
        callback.on_train_end() if name == "fine" else callback.on_train_abort(ValueError())
        assert ended(tmp_path / name) == expected
    with pytest.raises(TypeError, match="expected 'a' to be a number"):
        HParams(tmp_path, {"a": [1]})


def test_the_callback_of_the_plugin_is_refused_with_the_one_to_use():
    class KerasCallback:
        __module__ = "tensorboard.plugins.hparams._keras"

    class Callback:
        pass

    class Theirs(Callback):
        pass

    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    for callback, text in ((KerasCallback(), "HParams.log_dir"), (Theirs(), "another Keras")):
        with pytest.raises(TypeError, match=text):
            model.fit(np.ones((1, 1)), np.ones((1, 1)), verbose=0, callbacks=[callback])

"""Small files take little memory and time: a load has a budget, which users can raise."""

import json
import time
import zipfile
import zlib

import h5py
import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.security.attack_files import (
    change_config,
    functional,
    read_entries,
    sequential,
    small_model,
    write_entries,
)
from tfk.saving.hdf5_layout import BadLayout, check_chunks
from tfk.saving.saved_objects import SavedObjects
from tfk.utils import loading
from tfk.utils.protobuf_wire import message
from tfk.utils.tensorflow_internals import saved_model_pb2

LIMIT = "limit of a load|than files of this size"


def load(config):
    return tfk.models.model_from_json(json.dumps(config))


# Sizes from settings ------------------------------------------------------------------------------

LOOKUP = {"vocabulary": ["a", "b"], "name": "l"}


@pytest.mark.parametrize(
    "name, config",
    [
        ("Dense", {"units": 10**9}),
        ("Embedding", {"input_dim": 10**9, "output_dim": 10}),
        ("LSTM", {"units": 10**6}),
        ("LocallyConnected1D", {"filters": 1, "kernel_size": 1, "implementation": 2}),
        ("LocallyConnected1D", {"filters": 1, "kernel_size": 1, "implementation": 3}),
        ("StringLookup", {**LOOKUP, "num_oov_indices": 10**9}),
        ("StringLookup", {**LOOKUP, "num_oov_indices": 10**9, "output_mode": "multi_hot"}),
        (
            "StringLookup",
            {
                **LOOKUP,
                "max_tokens": 10**9,
                "pad_to_max_tokens": True,
                "output_mode": "tf_idf",
                "idf_weights": [1.0, 1.0],
            },
        ),
        ("TextVectorization", {"vocabulary": ["a"], "ngrams": 10**9}),
        ("DynamicLookup", {"vocabulary_size": 10**9, "initial_vocabulary": "string"}),
    ],
)
def test_layers_of_a_billion_are_refused_before_they_are_made(name, config):
    began = time.thread_time()
    shape = (10**6, 1) if "Locally" in name or name == "LSTM" else (2,)
    with pytest.raises(ValueError, match=f"{LIMIT}|does not fit|Unknown names"):
        load(sequential((name, config), shape=shape))
    assert time.thread_time() - began < 10


def test_states_of_a_billion_samples_are_refused():
    config = sequential(("LSTM", {"units": 4, "stateful": True}), shape=(3, 2))
    config["config"]["layers"][0]["config"]["batch_input_shape"] = [10**9, 3, 2]
    with pytest.raises(ValueError, match=LIMIT):
        load(config)


@pytest.mark.parametrize(
    "name, config",
    [
        ("AUC", {"num_thresholds": 10**9}),
        ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 10**9}),
        ("MeanIoU", {"num_classes": 10**9}),
        ("OneHotMeanIoU", {"num_classes": 10**5}),
        ("IoU", {"num_classes": 10**6, "target_class_ids": [0]}),
        ("MeanTensor", {"shape": [10**9]}),
    ],
)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_metrics_of_a_billion_are_refused(tmp_path, name, config, ending):
    path = tmp_path / f"m{ending}"
    small_model().save(path)
    metric = {"class_name": name, "module": "keras.metrics", "config": config}
    if ending == ".keras":
        change_config(path, lambda c: c["compile_config"].update(metrics=[metric]))
    else:
        with h5py.File(path, "r+") as file:
            settings = json.loads(file.attrs["training_config"])
            settings["metrics"] = [metric]
            file.attrs["training_config"] = json.dumps(settings)
    with pytest.raises(ValueError, match=LIMIT):
        tfk.models.load_model(path)


def test_orthogonal_matrices_that_take_minutes_are_refused():
    with pytest.raises(ValueError, match="Loading takes longer"):
        load(
            sequential(
                ("Dense", {"units": 8000, "kernel_initializer": "orthogonal"}), shape=(8000,)
            )
        )


def test_strings_in_arrays_are_counted_by_the_longest():
    value = ["x" * 100_000, *[""] * 100_000]
    config = {"class_name": "__numpy__", "config": {"value": value, "dtype": "str"}}
    with pytest.raises(ValueError, match=LIMIT):
        tfk.saving.deserialize_keras_object(config)


# HDF5 ---------------------------------------------------------------------------------------------


def bomb(shape, twice):
    """A dataset whose only chunk is a compressed run of zeros, far longer than the chunk."""
    size = 2**26 if twice else 2**15

    def write(group, name):
        del group[name]
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk(shape)
        for _ in range(1 + twice):
            plist.set_deflate(9)
        space = h5py.h5s.create_simple(shape)
        dataset = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plist)
        packed = zlib.compress(bytes(size), 9)
        dataset.write_direct_chunk((0,) * len(shape), zlib.compress(packed, 9) if twice else packed)

    return write


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("ending", [".weights.h5", "_weights.h5", ".h5", ".keras"])
def test_chunks_that_unpack_to_more_than_a_chunk_are_refused(tmp_path, ending, twice):
    model, path = small_model(), tmp_path / f"m{ending}"
    (model.save_weights if "weights" in ending else model.save)(path)
    inner = path
    if ending == ".keras":
        inner = tmp_path / "inner.h5"
        inner.write_bytes(read_entries(path)["model.weights.h5"])
    with h5py.File(inner, "r+") as file:
        found = []
        file.visititems(lambda n, i: found.append(n) if getattr(i, "shape", 0) == (2, 3) else None)
        bomb((2, 3), twice)(file, found[0])
    assert inner.stat().st_size < 200_000
    if ending == ".keras":
        write_entries(path, {**read_entries(path), "model.weights.h5": inner.read_bytes()})
    with pytest.raises(
        ValueError, match="each of gzip, shuffle, fletcher32 is read, once|decompress to"
    ):
        if "weights" in ending:
            model.load_weights(path)
        else:
            tfk.models.load_model(path)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "gzip"},
        {"compression": "gzip", "shuffle": True, "fletcher32": True},
        {"shuffle": True},
        {"fletcher32": True},
    ],
)
def test_ordinary_chunks_pass(tmp_path, options):
    values = np.random.default_rng(0).normal(size=(50, 7))
    with h5py.File(tmp_path / "f.h5", "w") as file:
        check_chunks(file.create_dataset("a", data=values, chunks=(8, 4), **options))
        check_chunks(file.create_dataset("b", (2**20, 2**10), chunks=(2**10, 2**10), **options))


@pytest.mark.parametrize("options", [{"compression": "lzf"}, {"compression": "szip"}])
def test_other_filters_are_refused(tmp_path, options):
    with h5py.File(tmp_path / "f.h5", "w") as file:
        try:
            dataset = file.create_dataset("a", data=np.ones(64), chunks=(16,), **options)
        except ValueError:
            pytest.skip("this HDF5 library lacks the filter")
        with pytest.raises(BadLayout, match="is packed by"):
            check_chunks(dataset)


def test_compressed_weights_are_read(tmp_path):
    model, path = small_model(), tmp_path / "m.weights.h5"
    model.save_weights(path)
    expected = model.get_weights()
    with h5py.File(path, "r+") as file:
        found = []
        file.visititems(lambda n, i: found.append(n) if getattr(i, "shape", None) else None)
        for name in found:
            values = file[name][()]
            del file[name]
            file.create_dataset(name, data=values, compression="gzip", shuffle=True)
    model.set_weights([0 * weight for weight in expected])
    model.load_weights(path)
    for weight, value in zip(model.get_weights(), expected):
        np.testing.assert_array_equal(weight, value)


# SavedModel folders ------------------------------------------------------------------------------


def write_graph(folder, graph):
    """A folder whose `saved_model.pb` has this graph of objects."""
    folder.mkdir()
    objects = 7  # number of its field in a MetaGraphDef
    (folder / "saved_model.pb").write_bytes(message([(1, 1), (2, message([(objects, graph)]))]))


@pytest.mark.parametrize("kind", ["objects", "children", "metadata"])
def test_folders_of_many_empty_objects_are_refused(tmp_path, kind):
    folder, empty = tmp_path / "folder", b"\x0a\0" * (2**20 + 1)
    write_graph(folder, {"objects": empty, "children": message([(1, empty)])}.get(kind, b""))
    if kind == "metadata":
        (folder / "keras_metadata.pb").write_bytes(empty)
    with pytest.raises(ValueError, match=LIMIT):
        tfk.models.load_model(folder)


def test_one_value_that_stands_for_a_billion_is_refused(tmp_path):
    graph = saved_model_pb2.SavedModel()
    meta = graph.meta_graphs.add()
    table, function, constant = (meta.object_graph_def.nodes.add() for _ in range(3))
    child = table.children.add()
    child.local_name, child.node_id = "_initialize", 1
    function.function.concrete_functions.append("f")
    constant.constant.operation = "c"
    meta.object_graph_def.concrete_functions["f"].bound_inputs.append(2)
    stored = meta.graph_def.node.add(name="c", op="Const").attr["value"].tensor
    stored.CopyFrom(tf.make_tensor_proto(1, tf.int64, [1]))
    (tmp_path / "saved_model.pb").write_bytes(graph.SerializeToString())
    assert [list(keys) for keys in SavedObjects(tmp_path).table_constants(0)] == [[1]]
    stored.tensor_shape.dim[0].size = 10**10
    (tmp_path / "saved_model.pb").write_bytes(graph.SerializeToString())
    with loading.load_budget(), pytest.raises(ValueError, match=LIMIT):
        SavedObjects(tmp_path).table_constants(0)


# Texts and lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['{"":0},', "[],", "[[[[]]]],", '"a",', "1.5,"])
def test_texts_of_many_small_values_are_refused_before_they_are_parsed(text, monkeypatch):
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("parsed"))
    with pytest.raises(ValueError, match=LIMIT):
        tfk.models.model_from_json("[" + text * (6 * 10**7 // len(text)) + "0]")


def test_unknown_names_are_listed_in_linear_time():
    layers = [(f"Unknown{number}", {"name": f"u{number}"}) for number in range(50_000)]
    config, began = sequential(*layers), time.thread_time()
    with pytest.raises(ValueError, match="'Unknown0' at .* and 49800 more") as info:
        load(config)
    assert time.thread_time() - began < 10 and len(str(info.value)) < 50_000


def test_layers_in_reverse_order_take_linear_time():
    count = 1500
    names = ["x", *(f"l{number}" for number in range(count))]
    layers = [
        ("Activation", {"name": name, "activation": "relu"}, [[[before, 0, 0, {}]]])
        for before, name in zip(names, names[1:])
    ]
    began = time.thread_time()
    model = load(functional(*reversed(layers), output=names[-1]))
    assert len(model.layers) == count + 1 and time.thread_time() - began < 10


@pytest.fixture
def no_time(monkeypatch):
    monkeypatch.setattr(loading, "SECONDS_PER_CONFIG_BYTE", 0.0)
    with tfk.saving.load_limits(seconds=1e-9):
        yield


@pytest.mark.usefixtures("no_time")
def test_layers_without_end_run_out_of_time():
    with pytest.raises(ValueError, match="longer than files of this size"):
        load(sequential(("Activation", {"name": "a", "activation": "relu"})))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_metrics_without_end_run_out_of_time(tmp_path, ending, monkeypatch):
    path = tmp_path / f"m{ending}"
    small_model().save(path)
    monkeypatch.setattr(loading, "SECONDS_PER_CONFIG_BYTE", 0.0)
    metrics = [
        {"class_name": "Sum", "module": "keras.metrics", "config": {"name": f"m{number}"}}
        for number in range(2000)
    ]
    if ending == ".keras":
        change_config(path, lambda c: c["compile_config"].update(metrics=metrics))
    else:
        with h5py.File(path, "r+") as file:
            settings = json.loads(file.attrs["training_config"])
            settings["metrics"] = metrics
            file.attrs["training_config"] = json.dumps(settings)
    began = time.thread_time()
    with tfk.saving.load_limits(seconds=0.2), pytest.raises(ValueError, match=LIMIT):
        tfk.models.load_model(path)
    assert time.thread_time() - began < 2


def test_many_empty_assets_are_refused_at_once(tmp_path):
    path = tmp_path / "m.keras"
    small_model().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(60_000):
            archive.writestr(f"assets/{number}", b"")
    began = time.thread_time()
    with pytest.raises(ValueError, match=LIMIT):
        tfk.models.load_model(path)
    assert time.thread_time() - began < 5


def test_assets_that_no_layer_reads_are_not_extracted(tmp_path, monkeypatch):
    path, written = tmp_path / "m.keras", []
    words = tfk.layers.TextVectorization()
    words.adapt(["a b c"])
    tfk.Sequential([tfk.Input((1,), dtype="string"), words]).save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/layers/other/vocabulary.txt", b"x")
    extract = tfk.saving.archive._extract
    monkeypatch.setattr(
        tfk.saving.archive,
        "_extract",
        lambda a, e, t: written.append(e.filename) or extract(a, e, t),
    )
    loaded = tfk.models.load_model(path)
    assert loaded.layers[-1].get_vocabulary() == words.get_vocabulary()
    assert written and not any("other" in name for name in written)


def test_compressed_assets_and_configs_are_counted_unpacked(tmp_path):
    path = tmp_path / "m.keras"
    small_model().save(path)
    for name in ("assets/zeros", "metadata.json"):
        bomb_path = tmp_path / "bomb.keras"
        entries = {**read_entries(path), name: b" " * 2**29}
        write_entries(bomb_path, entries, zipfile.ZIP_DEFLATED)
        with pytest.raises(ValueError, match=LIMIT):
            tfk.models.load_model(bomb_path)


def test_errors_show_no_control_characters_of_the_file(tmp_path):
    path, model = tmp_path / "w.h5", small_model()
    model.save_weights(path)
    with h5py.File(path, "r+") as file:
        names = file["dense"].attrs["weight_names"] if "dense" in file else None
        group = next(iter(file)) if names is None else "dense"
        file[group].attrs["weight_names"] = [b"a\x1b[2J", b"b\x07"]
    with pytest.raises(ValueError, match="not in the file") as info:
        model.load_weights(path)
    assert str(info.value).isprintable() and "x1b[2J" in str(info.value)


def test_errors_about_checkpoints_are_printable(tmp_path):
    checkpoint = tf.train.Checkpoint(**{"a\x1b[2J": tf.Variable(1.0)})
    checkpoint.write(str(tmp_path / "c"))
    with pytest.raises(ValueError, match="nothing in the checkpoint") as info:
        small_model().load_weights(tmp_path / "c")
    assert str(info.value).isprintable() and "x1b[2J" in str(info.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"activation": "swishh"},
        {"activation": {"class_name": "function", "config": "swishh"}},
        {"activation": 5},
        {"kernel_initializer": {"class_name": "swishh", "config": {}}},
        {"units": "many"},
    ],
)
def test_errors_about_a_setting_name_the_layer(setting):
    with pytest.raises(ValueError, match='"my_layer"'):
        load(sequential(("Dense", {"name": "my_layer", "units": 1, **setting})))


@pytest.mark.parametrize("text", ["[]", "{}", '{"config": 5}', '{"config": {}}', "[" * 10**5, "x"])
def test_texts_that_are_no_tokenizers_are_refused(text):
    with pytest.raises(ValueError, match="tokenizer|Expecting"):
        tfk.preprocessing.text.tokenizer_from_json(text)


def test_a_vocabulary_that_does_not_fit_is_a_value_error():
    """Found by the fuzzer: it was a RuntimeError, as for a program that changes a vocabulary."""
    settings = {"max_tokens": None, "output_mode": "multi_hot", "vocabulary": ["a", "b"]}
    config = {**tfk.layers.StringLookup(**settings).get_config(), "vocabulary_size": 7}
    with pytest.raises(ValueError, match="StringLookup .*keep its size"):
        load(sequential(("StringLookup", config), shape=(1,)))


# The budget itself --------------------------------------------------------------------------------


def test_users_raise_and_lower_the_limits():
    config = sequential(("Dense", {"units": 10_000}))
    with tfk.saving.load_limits(elements=20_000):
        with pytest.raises(ValueError, match=r"load_limits\(elements=\.\.\.\)"):
            load(config)
        with tfk.saving.load_limits(elements=40_000):
            assert load(config).count_params() == 30_000
        with pytest.raises(ValueError, match=LIMIT):
            load(config)
    assert load(config).count_params() == 30_000
    config = {
        "class_name": "__numpy__",
        "config": {"value": ["x" * 10**4, *[""] * 10**2], "dtype": "str"},
    }
    with tfk.saving.load_limits(elements=10**4), pytest.raises(ValueError, match=LIMIT):
        tfk.saving.deserialize_keras_object(config)
    with tfk.saving.load_limits(elements=float("inf")):
        assert tfk.saving.deserialize_keras_object(config).shape == (101,)


@pytest.mark.parametrize("name", ["bytes", "elements", "objects", "seconds"])
@pytest.mark.parametrize("value", [0, -1, "many", True, float("nan")])
def test_limits_are_positive_numbers(name, value):
    with pytest.raises(ValueError, match=f"expected {name} to be a positive number"):
        with tfk.saving.load_limits(**{name: value}):
            pass


def test_one_budget_serves_a_whole_load_and_ends_with_it():
    with loading.load_budget():
        loading.reserve("First", objects=2**20 - 1)
        with loading.load_budget():
            with pytest.raises(loading.LoadLimitError, match="Second takes 2 objects"):
                loading.reserve("Second", objects=2)
    loading.reserve("Nothing", objects=2**40)
    with loading.load_budget():
        loading.reserve("Third", objects=2**20)


def test_copies_and_programs_have_no_limit():
    with tfk.saving.load_limits(elements=10, bytes=10, objects=10):
        model = small_model()
        model.__deepcopy__({})
        tfk.models.clone_model(model)

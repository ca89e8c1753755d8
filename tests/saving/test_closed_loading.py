"""Loading is closed: what a file may hold, and what happens to files that hold something else."""

import json
import os
import pathlib
import shutil
import zipfile

import h5py
import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.security.attack_files import write_entries as write_zip
from tfk import config as settings
from tfk.saving import archive, registry
from tfk.utils import handover
from tfk.utils.load_context import context


def small_model():
    model = tfk.Sequential(
        [tfk.layers.Dense(3, activation="relu", input_shape=(2,)), tfk.layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 1)))
    return model


@pytest.fixture
def files(tmp_path):
    """The same model in every format."""
    model = small_model()
    paths = {
        ending: str(tmp_path / f"model{ending}")
        for ending in (".keras", ".h5", ".weights.h5", "_weights.h5")
    }
    model.save(paths[".keras"])
    model.save(paths[".h5"])
    model.save_weights(paths[".weights.h5"])
    model.save_weights(paths["_weights.h5"])
    return paths


def change_config(path, change):
    """Rewrites the config in a `.keras` or `.h5` file."""
    if path.endswith(".h5"):
        with h5py.File(path, "r+") as file:
            config = json.loads(file.attrs["model_config"])
            change(config)
            file.attrs["model_config"] = json.dumps(config)
        return
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    config = json.loads(entries["config.json"])
    change(config)
    entries["config.json"] = json.dumps(config).encode()
    write_zip(path, entries)


def layer_of(config, index=1):
    return config["config"]["layers"][index]


# Names
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    "module, name",
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("subprocess", "Popen"),
        ("keras.utils", "get_file"),
        ("tfk.utils", "get_file"),
        ("tfk.saving.bytecode", "load_function"),
        ("numpy", "load"),
        ("my_package.layers", "Unknown"),
    ],
)
def test_names_that_are_not_registered_are_refused(files, ending, module, name):
    def change(config):
        layer_of(config).update(module=module, class_name=name, registered_name=name)

    change_config(files[ending], change)
    with pytest.raises(ValueError, match=f"Unknown names.*'{name}'"):
        tfk.models.load_model(files[ending])


def test_functions_named_as_activation_or_initializer_are_refused(files):
    for key in ("activation", "kernel_initializer", "kernel_regularizer"):
        for value in (
            {
                "module": "builtins",
                "class_name": "function",
                "config": "eval",
                "registered_name": "function",
            },
            {"module": "os", "class_name": "system", "config": {"command": "true"}},
        ):
            shutil.copy(files[".keras"], files[".keras"] + "2")
            change_config(
                files[".keras"] + "2",
                lambda c, k=key, v=value: layer_of(c)["config"].update({k: v}),
            )
            with pytest.raises(ValueError, match="Unknown names"):
                tfk.models.load_model(files[".keras"] + "2")


def test_all_missing_names_are_listed_at_once(files):
    def change(config):
        layer_of(config, 1).update(
            class_name="FirstOfMine", registered_name="mine>FirstOfMine", module="mine"
        )
        layer_of(config, 2).update(
            class_name="SecondOfMine", registered_name="mine>SecondOfMine", module="mine"
        )

    change_config(files[".keras"], change)
    with pytest.raises(ValueError, match=r"(?s)FirstOfMine.*SecondOfMine.*custom_objects=\{"):
        tfk.models.load_model(files[".keras"])


def test_custom_objects_are_found_when_passed_or_registered(tmp_path):
    class Twice(tfk.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    path = str(tmp_path / "custom.keras")
    tfk.Sequential([tfk.Input((2,)), Twice()]).save(path)
    with pytest.raises(ValueError, match="Twice"):
        tfk.models.load_model(path)
    assert (
        tfk.models.load_model(path, custom_objects={"Twice": Twice})(np.ones((1, 2))).numpy().sum()
        == 4
    )
    with tfk.saving.custom_object_scope({"Twice": Twice}):
        tfk.models.load_model(path)


# Lambda
# --------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:A lambda")
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_lambda_code_is_not_run_unless_this_call_says_so(tmp_path, ending):
    path = str(tmp_path / f"lambda{ending}")
    tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(lambda x: x * 3)]).save(path)
    for options in ({}, {"safe_mode": True}, {"safe_mode": None}):
        with pytest.raises(ValueError, match="(?i)lambda"):
            tfk.models.load_model(path, **options)
    loaded = tfk.models.load_model(path, safe_mode=False)
    np.testing.assert_allclose(loaded(np.ones((1, 2))), [[3, 3]])
    with pytest.raises(ValueError, match="(?i)lambda"):
        tfk.models.load_model(path)


def test_registered_functions_in_lambda_layers_load(tmp_path):
    @tfk.saving.register_keras_serializable("tests")
    def tripled(x):
        return x * 3

    path = str(tmp_path / "named.keras")
    tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(tripled)]).save(path)
    np.testing.assert_allclose(tfk.models.load_model(path)(np.ones((1, 2))), [[3, 3]])


# Global state
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("break_it", [False, True])
def test_loading_changes_no_global_state(files, ending, break_it):
    if break_it:
        change_config(
            files[ending],
            lambda config: layer_of(config, 2).update(class_name="Nothing", registered_name=None),
        )

    def state():
        return (
            settings.floatx(),
            settings.epsilon(),
            settings.image_data_format(),
            tfk.mixed_precision.global_policy().name,
            dict(registry.get_custom_objects()),
            dict(vars(context)),
            tf.config.functions_run_eagerly(),
        )

    def scenario(config):
        layer_of(config)["config"]["dtype"] = {
            "module": "keras.mixed_precision",
            "class_name": "Policy",
            "config": {"name": "mixed_float16"},
            "registered_name": None,
        }

    change_config(files[ending], scenario)
    before = state()
    try:
        tfk.models.load_model(files[ending], custom_objects={"Anything": dict})
    except ValueError:
        assert break_it
    assert state() == before


@pytest.mark.parametrize("name", ["..", ".", "../evil", "a/../b", "a\\b", "a b", "a\0b", "\u00fc"])
@pytest.mark.parametrize("kind", [".keras", ".h5", "json"])
def test_layer_names_that_lead_elsewhere_are_refused(files, kind, name):
    if kind == "json":
        config = json.loads(small_model().to_json())
        layer_of(config)["config"]["name"] = name
        with pytest.raises(ValueError, match="invalid name"):
            tfk.models.model_from_json(json.dumps(config))
        return
    change_config(files[kind], lambda config: layer_of(config)["config"].update(name=name))
    with pytest.raises(ValueError, match="invalid name"):
        tfk.models.load_model(files[kind])


# Vocabularies
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [tfk.layers.StringLookup, tfk.layers.TextVectorization])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_vocabularies_named_by_path_or_address_are_refused(ending, layer, tmp_path):
    path, secret = str(tmp_path / f"words{ending}"), tmp_path / "secret.txt"
    secret.write_text("hidden\nwords\n")
    for place in (str(secret), "http://127.0.0.1:1/words.txt"):
        tfk.Sequential([tfk.Input((1,), dtype="string"), layer(vocabulary=["word"])]).save(path)
        change_config(
            path, lambda config, place=place: layer_of(config)["config"].update(vocabulary=place)
        )
        with pytest.raises(
            ValueError, match=r"names a vocabulary file.*Put the tokens into the config"
        ):
            tfk.models.load_model(path)


# Weights
# -------------------------------------------------------------------------------------------


def weights_files(files):
    return [files[".weights.h5"], files["_weights.h5"]]


def first_dataset(file):
    found = []
    file.visititems(
        lambda name, item: (
            found.append(name) if isinstance(item, h5py.Dataset) and item.ndim == 2 else None
        )
    )
    return found[0]


@pytest.mark.parametrize("which", [0, 1])
def test_a_small_file_that_declares_petabytes_is_refused_at_once(files, which):
    path = weights_files(files)[which]
    with h5py.File(path, "r+") as file:
        name = first_dataset(file)
        del file[name]
        file.create_dataset(name, shape=(2**25, 2**25), dtype="float32", chunks=(1024, 1024))
    assert os.path.getsize(path) < 100_000
    with pytest.raises(ValueError, match=r"shape|declares"):
        small_model().load_weights(path)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("kind", ["soft", "external", "storage", "virtual", "group link"])
def test_links_and_storage_outside_of_the_file_are_refused(files, which, kind, tmp_path):
    path = weights_files(files)[which]
    secret = str(tmp_path / "secret.h5")
    with h5py.File(secret, "w") as file:
        file["data"] = np.ones((2, 3), "float32")
    with h5py.File(path, "r+") as file:
        name = first_dataset(file)
        shape = file[name].shape
        group = name.rsplit("/", 1)[0]
        del file[name]
        if kind == "soft":
            file["elsewhere"] = np.ones(shape, "float32")
            file[name] = h5py.SoftLink("/elsewhere")
        elif kind == "external":
            file[name] = h5py.ExternalLink(secret, "data")
        elif kind == "storage":
            file.create_dataset(name, shape, "float32", external=[(secret, 0, h5py.h5f.UNLIMITED)])
        elif kind == "virtual":
            layout = h5py.VirtualLayout(shape, "float32")
            layout[...] = h5py.VirtualSource(secret, "data", shape=shape)
            file.create_virtual_dataset(name, layout)
        else:
            del file[group]
            file[group] = h5py.ExternalLink(secret, "/")
    with pytest.raises(ValueError, match="link|Link|external|virtual|outside|weights"):
        small_model().load_weights(path)


def test_weights_that_do_not_fit_name_the_layer_and_both_shapes(files):
    other = tfk.Sequential(
        [tfk.layers.Dense(4, input_shape=(2,), name="wide"), tfk.layers.Dense(1)]
    )
    before = other.get_weights()
    with pytest.raises(ValueError, match=r'Dense "wide".*\(2, 4\).*\(2, 3\)'):
        other.load_weights(files["_weights.h5"])
    with pytest.raises(ValueError, match=r"layers/dense.*\(2, 3\).*\(2, 4\)"):
        other.load_weights(files[".weights.h5"])
    with pytest.raises(ValueError, match="holds the weights of 2 layers.*has 1 with weights"):
        tfk.Sequential([tfk.layers.Dense(3, input_shape=(2,))]).load_weights(files["_weights.h5"])
    for old, new in zip(before, other.get_weights()):
        np.testing.assert_array_equal(old, new)


def test_by_name_and_skip_mismatch(files):
    with h5py.File(files["_weights.h5"]) as file:
        names = [name.decode() for name in file.attrs["layer_names"]]
        bias = file[names[0]][f"{names[0]}/kernel:0"][()]
    other = tfk.Sequential(
        [tfk.layers.Dense(3, input_shape=(2,), name=names[0]), tfk.layers.Dense(9, name="new")]
    )
    other.load_weights(files["_weights.h5"], by_name=True)
    np.testing.assert_array_equal(other.layers[0].get_weights()[0], bias)
    narrow = tfk.Sequential([tfk.layers.Dense(3, input_shape=(2,)), tfk.layers.Dense(2)])
    with pytest.warns(UserWarning, match="are skipped"):
        narrow.load_weights(files["_weights.h5"], skip_mismatch=True)
    np.testing.assert_array_equal(narrow.layers[0].get_weights()[0], bias)


# Strings of variable length
# ------------------------------------------------------------------------


def names_of_keras(path):
    """Writes the lists of names as Keras 2 does, as strings of variable length; gives the place of
    their heap.
    """
    with h5py.File(path, "r+") as file:
        for group in (file, *(file[name] for name in file)):
            for key in ("layer_names", "weight_names"):
                if key in group.attrs and len(group.attrs[key]):
                    group.attrs[key] = [name.decode() for name in group.attrs[key]]
    with open(path, "rb") as file:
        return file.read().rindex(b"GCOL")  # other attributes have a heap of their own


@pytest.mark.parametrize(
    "offset, value, message",
    [
        (
            24,
            2**64 - 16,
            "heap at byte",
        ),  # an object whose size overflows: the HDF5 library would never end
        (24, 2**40, "heap at byte"),
        (8, 0, "not where it should be"),  # an empty heap
        (0, 0, "leads to no heap"),
    ],
)
def test_damaged_heaps_of_strings_are_refused(files, offset, value, message):
    path = files["_weights.h5"]
    heap = names_of_keras(path)
    small_model().load_weights(path)
    with open(path, "r+b") as file:
        file.seek(heap + offset)
        file.write(value.to_bytes(8, "little"))
    with pytest.raises(ValueError, match=message):
        small_model().load_weights(path)


def test_strings_longer_than_their_place_are_refused(files):
    """The HDF5 library would take four gigabytes for each."""
    path = files["_weights.h5"]
    heap = names_of_keras(path)
    data = bytearray(pathlib.Path(path).read_bytes())
    address = heap.to_bytes(8, "little")
    for place in [i for i in range(4, len(data)) if data[i : i + 8] == address]:
        data[place - 4 : place] = b"\xff\xff\xff\xff"
    with open(path, "wb") as file:
        file.write(data)
    with pytest.raises(ValueError, match="not where it should be|damaged|cannot be read"):
        small_model().load_weights(path)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("values", [np.full((2, 3), b"text"), np.ones((2, 3), "complex64")])
def test_values_of_another_kind_are_refused_before_anything_is_set(files, which, values):
    path, model = weights_files(files)[which], small_model()
    with h5py.File(path, "r+") as file:
        name = first_dataset(file)
        del file[name]
        file[name] = values
    before = model.get_weights()
    with pytest.raises(ValueError, match="dtype|shape"):
        model.load_weights(path)
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)


# Absurd configs
# ------------------------------------------------------------------------------------


def oversized(name, settings, shape):
    """Change of a config into a stack of one layer that is far too large for a file of a few
    kilobytes.
    """

    def change(config):
        first = {
            "class_name": "InputLayer",
            "module": "keras.layers",
            "config": {"batch_input_shape": shape},
        }
        layer = {"class_name": name, "module": "keras.layers", "config": settings}
        config.update(
            class_name="Sequential",
            module="keras",
            config={"name": "s", "layers": [first, layer]},
            build_config=None,
        )

    return change


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    "name, settings, shape",
    [
        ("Dense", {"units": 10**9}, [None, 10**9]),
        ("Dense", {"units": 100_000}, [None, 100_000]),
        ("Embedding", {"input_dim": 10**13, "output_dim": 10**3}, [None, 3]),
        ("LSTM", {"units": 10**8}, [None, 3, 4]),
        ("Conv2D", {"filters": 10**6, "kernel_size": [100, 100]}, [None, 200, 200, 3]),
    ],
)
def test_layers_too_large_for_the_file_are_refused_before_memory_is_taken(
    files, ending, name, settings, shape, monkeypatch
):
    change_config(files[ending], oversized(name, settings, shape))
    taken = []
    monkeypatch.setattr(handover, "zeros", lambda shape, dtype: taken.append(shape))
    with pytest.raises(ValueError, match="more than the limit of a load"):
        tfk.models.load_model(files[ending])
    assert not taken


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    "settings, message",
    [
        ({"units": -1}, "units"),
        ({"units": 3, "unknown": 1}, "Dense.*unknown"),
        ({"units": [1]}, "units"),
        ({"units": 3, "activation": 5}, "activation function.*Got 5"),
        (
            {"units": 3, "kernel_initializer": {"class_name": "Constant", "config": {"no": 1}}},
            "Constant.*no",
        ),
        (
            {
                "units": 3,
                "kernel_regularizer": {
                    "class_name": "__numpy__",
                    "config": {"dtype": "S2000000000"},
                },
            },
            "__numpy__.*value",
        ),
    ],
)
def test_configs_that_do_not_fit_name_the_object(files, ending, settings, message):
    def change(config):
        layer_of(config)["config"].pop("units")
        layer_of(config)["config"].update(settings)

    change_config(files[ending], change)
    with pytest.raises(ValueError, match=message):
        tfk.models.load_model(files[ending])


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"config":' * 5000 + "1" + "}" * 5000, "", "[1]", "3", "null"]
)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_texts_that_are_no_config(files, ending, text):
    if ending == ".h5":
        with h5py.File(files[ending], "r+") as file:
            file.attrs["model_config"] = text
    else:
        with zipfile.ZipFile(files[ending]) as old:
            entries = {name: old.read(name) for name in old.namelist()}
        write_zip(files[ending], {**entries, "config.json": text})
    with pytest.raises(ValueError, match="JSON|config|describes"):
        tfk.models.load_model(files[ending])


def test_nesting_too_deep_for_python_is_refused(files):
    start = '{"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": ['
    inner = '{"class_name": "Dense", "module": "keras.layers", "config": {"units": 1}}'
    with pytest.raises(ValueError, match="nested|does not fit|JSON"):
        tfk.models.model_from_json(start * 200 + inner + "]}}" * 200)


def test_strings_in_configs_are_as_long_as_they_are():
    stored = {"class_name": "__numpy__", "config": {"value": ["ab"], "dtype": "S2000000000"}}
    assert tfk.saving.deserialize_keras_object(stored).dtype == "S2"


def test_checkpoints_whose_data_were_cut_are_refused(tmp_path):
    model = small_model()
    model.save_weights(tmp_path / "w")
    data = tmp_path / "w.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:50])
    before = model.get_weights()
    with pytest.raises(ValueError, match="declares .* bytes, its data files hold"):
        model.load_weights(tmp_path / "w")
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)


# Archives
# ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/evil",
        "assets/../../evil",
        "config.json/../x",
        "model.py",
        "assets/a\\..\\b",
        "assets/\x01",
    ],
)
def test_archive_entries_that_do_not_belong_are_refused(files, name, tmp_path):
    with zipfile.ZipFile(files[".keras"], "a") as file:
        file.writestr(name, b"x")
    before = sorted(os.listdir(tmp_path.parent))
    with pytest.raises(ValueError, match="does not belong there"):
        tfk.models.load_model(files[".keras"])
    assert sorted(os.listdir(tmp_path.parent)) == before


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_with_duplicates_links_or_bombs_are_refused(files):
    path = files[".keras"]
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("config.json", b"{}")
    with pytest.raises(ValueError, match="twice"):
        tfk.models.load_model(path)
    link = zipfile.ZipInfo("assets/link")
    link.external_attr = 0o120777 << 16
    write_zip(path, entries)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match="does not belong there"):
        tfk.models.load_model(path)
    for missing in ("config.json", "model.weights.h5"):
        write_zip(path, {name: data for name, data in entries.items() if name != missing})
        with pytest.raises(ValueError, match=f"lacks {missing}"):
            tfk.models.load_model(path)
    write_zip(path, entries)
    with zipfile.ZipFile(
        path, "a", zipfile.ZIP_BZIP2
    ) as file:  # packs zeros 40 times as tightly as zip does
        file.writestr("assets/zeros", b"\0" * 2**20)
    with pytest.raises(ValueError, match="does not belong there"):
        tfk.models.load_model(path)


def test_archives_of_an_unknown_version_are_refused(files):
    data = bytearray(pathlib.Path(files[".keras"]).read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = (
        112  # "version needed to extract" of the first listed entry
    )
    with open(files[".keras"], "wb") as file:
        file.write(data)
    with pytest.raises(archive.ArchiveError, match="is not a .keras file: zip file version 11.2"):
        tfk.models.load_model(files[".keras"])


# What is not a model
# -------------------------------------------------------------------------------


def test_paths_that_hold_no_model_get_a_clear_answer(files, tmp_path):
    with pytest.raises(OSError, match="no file or directory"):
        tfk.models.load_model(str(tmp_path / "missing.keras"))
    text = tmp_path / "text.keras"
    text.write_text("hello")
    with pytest.raises(ValueError, match="neither a .keras archive nor an HDF5 file"):
        tfk.models.load_model(str(text))
    with pytest.raises(ValueError, match="weights without an architecture"):
        tfk.models.load_model(files["_weights.h5"])
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ValueError, match="a directory without a model"):
        tfk.models.load_model(str(folder))
    small_model().export(str(tmp_path / "served"))
    with pytest.raises(ValueError, match="SavedModel for serving"):
        tfk.models.load_model(str(tmp_path / "served"))
    small_model().save_weights(str(tmp_path / "ckpt" / "w"))
    with pytest.raises(ValueError, match="holds checkpoints"):
        tfk.models.load_model(str(tmp_path / "ckpt"))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda m, p: m.save(p / "m.keras", include_optimizer=False),
            ValueError,
            "takes no include_optimizer",
        ),
        (lambda m, p: m.save(p / "m", nothing=1), ValueError, "takes no nothing"),
        (lambda m, p: m.save(p / "m", save_format="zip"), ValueError, "unknown save_format 'zip'"),
        (
            lambda m, p: m.save_weights(p / "m", save_format="zip"),
            ValueError,
            "must be 'tf' or 'h5'",
        ),
        (lambda m, p: tfk.models.load_model(p, nothing=1), TypeError, "no argument nothing"),
        (lambda m, p: m.load_weights(p / "m"), OSError, "no file .* and no checkpoint"),
        (
            lambda m, p: tfk.Sequential([tfk.layers.Dense(1)]).save_weights(p / "m"),
            ValueError,
            "no weights yet",
        ),
    ],
)
def test_arguments_that_do_not_exist_get_a_clear_answer(call, error, message, tmp_path):
    with pytest.raises(error, match=message):
        call(small_model(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_directories_without_optimizer_load_uncompiled(tmp_path):
    small_model().save(tmp_path / "m", include_optimizer=False)
    assert tfk.models.load_model(tmp_path / "m").optimizer is None


def test_archive_reader_never_reads_more_than_declared(files):
    with archive.open_archive(files[".keras"]) as opened:
        assert set(opened.namelist()) == {"metadata.json", "config.json", "model.weights.h5"}
    with pytest.raises(FileNotFoundError):
        archive.open_archive(files[".keras"] + ".missing")

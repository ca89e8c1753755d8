"""Every data set equals tf_keras's loader on the same file, for every option."""

import gzip
import io
import itertools
import json
import pathlib
import pickle
import sys
import tarfile

import numpy as np
import pytest

from tests.support.compare import assert_identical
from tfk import config, datasets
from tfk.datasets import (
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
    storage,
)

tf_keras = pytest.importorskip("tf_keras")

REAL = pathlib.Path(__file__).parents[2].parent / "shared" / "data" / "keras_datasets"


def oracle(name, function, path, monkeypatch, **kwargs):
    """Calls tf_keras's loader on a file that is there, whatever its hash."""
    module = sys.modules[f"tf_keras.src.datasets.{name}"]
    with monkeypatch.context() as patch:
        patch.setattr(
            module, "get_file", lambda fname, **_: str(path / fname if path.is_dir() else path)
        )
        return getattr(module, function)(**kwargs)


def assert_same_arrays(ours, theirs):
    assert_identical(ours, theirs)
    for one, other in zip(itertools.chain(*ours), itertools.chain(*theirs)):
        assert one.flags.writeable or not other.flags.writeable


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An own cache folder whose files are trusted."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv(storage.TRUST, "1")
    folder = tmp_path / "datasets"
    folder.mkdir()
    return folder


def texts(count, seed, longest=30):
    generator = np.random.RandomState(seed)
    rows = np.empty(count, dtype=object)
    rows[:] = [
        generator.randint(1, 60, generator.randint(1, longest)).tolist() for _ in range(count)
    ]
    return rows


def test_mnist(cache, monkeypatch):
    r = np.random.RandomState(0)
    np.savez(
        cache / "mnist.npz",
        x_train=r.randint(0, 256, (6, 28, 28), dtype="uint8"),
        y_train=r.randint(0, 10, 6, dtype="uint8"),
        x_test=r.randint(0, 256, (3, 28, 28), dtype="uint8"),
        y_test=r.randint(0, 10, 3, dtype="uint8"),
    )
    assert_same_arrays(mnist.load_data(), oracle("mnist", "load_data", cache, monkeypatch))


def test_mnist_refuses_pickles(cache):
    np.savez(cache / "mnist.npz", x_train=np.array([pathlib.Path("x")], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        mnist.load_data()


def test_fashion_mnist(cache, monkeypatch):
    (cache / "fashion-mnist").mkdir()
    r = np.random.RandomState(0)
    for part, count in (("train", 5), ("t10k", 2)):
        with gzip.open(cache / "fashion-mnist" / f"{part}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(bytes(8) + bytes(range(count)))
        with gzip.open(cache / "fashion-mnist" / f"{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(bytes(16) + r.bytes(784 * count))
    assert_same_arrays(
        fashion_mnist.load_data(),
        oracle("fashion_mnist", "load_data", cache / "fashion-mnist", monkeypatch),
    )


def cifar_archive(path, folder, files):
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, (count, keys) in files.items():
            r = np.random.RandomState(len(name) + count)
            data = np.zeros((count, 3072), dtype="uint8")  # packed quickly
            data[:20] = r.randint(0, 256, data[:20].shape)
            batch = {b"data": data, b"batch_label": b"some"}
            batch |= {key: r.randint(0, 10, count).tolist() for key in keys}
            batch[b"filenames"] = [b"a.png"] * count
            content = pickle.dumps(batch, protocol=2)
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("label_mode", ["fine", "coarse"])
def test_cifar100(cache, monkeypatch, label_mode, data_format):
    keys = (b"fine_labels", b"coarse_labels")
    cifar_archive(
        cache / "cifar-100-python.tar.gz",
        "cifar-100-python",
        {"train": (7, keys), "test": (4, keys)},
    )
    config.set_image_data_format(data_format)
    tf_keras.backend.set_image_data_format(data_format)
    try:
        ours = cifar100.load_data(label_mode)
        assert_same_arrays(
            ours, oracle("cifar100", "load_data", cache, monkeypatch, label_mode=label_mode)
        )
    finally:
        config.set_image_data_format("channels_last")
        tf_keras.backend.set_image_data_format("channels_last")
    with pytest.raises(ValueError, match="label_mode.*'fine', 'coarse'"):
        cifar100.load_data("medium")


def test_cifar10(cache, monkeypatch):
    files = {f"data_batch_{n}": (10_000, (b"labels",)) for n in range(1, 6)}
    files["test_batch"] = (5, (b"labels",))
    cifar_archive(cache / "cifar-10-batches-py.tar.gz", "cifar-10-batches-py", files)
    ours = cifar10.load_data()
    assert_same_arrays(ours, oracle("cifar10", "load_data", cache, monkeypatch))
    assert ours[0][0].shape == (50_000, 32, 32, 3)
    (cache / "cifar-10-batches-py" / "data_batch_3").unlink()
    with pytest.raises(FileNotFoundError, match="data_batch_3. Delete the folder"):
        cifar10.load_data()


OPTIONS = [
    {},
    {"num_words": 40},
    {"num_words": 40, "skip_top": 10},
    {"maxlen": 15},
    {"seed": 7, "num_words": 20, "oov_char": None},
    {"start_char": None},
    {"start_char": None, "oov_char": None, "skip_top": 5, "maxlen": 20},
    {"start_char": 5, "index_from": 10, "oov_char": 7},
    {"index_from": 0, "num_words": 30},
    {"nb_words": 25},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_imdb_and_reuters(cache, monkeypatch, options):
    r = np.random.RandomState(1)
    np.savez(
        cache / "imdb.npz",
        x_train=texts(40, 1),
        y_train=r.randint(0, 2, 40),
        x_test=texts(30, 2),
        y_test=r.randint(0, 2, 30),
    )
    np.savez(cache / "reuters.npz", x=texts(50, 3), y=r.randint(0, 46, 50))
    assert_same_arrays(
        imdb.load_data(**options), oracle("imdb", "load_data", cache, monkeypatch, **options)
    )
    options = {**options, "test_split": 0.3}
    assert_same_arrays(
        reuters.load_data(**options), oracle("reuters", "load_data", cache, monkeypatch, **options)
    )
    (x, y), _ = imdb.load_data(**{k: v for k, v in options.items() if k != "test_split"})
    assert type(x[0]) is list and type(x[0][0]) is int


def test_imdb_without_start_and_shift_keeps_both_parts_apart(cache):
    """tf_keras adds the train and test arrays element by element here."""
    np.savez(
        cache / "imdb.npz",
        x_train=texts(4, 1),
        y_train=np.zeros(4),
        x_test=texts(4, 2),
        y_test=np.zeros(4),
    )
    (x_train, _), (x_test, _) = imdb.load_data(start_char=None, index_from=0)
    assert len(x_train) == len(x_test) == 4


@pytest.mark.parametrize("loader", [imdb.load_data, reuters.load_data])
def test_errors_of_word_options(cache, loader):
    np.savez(
        cache / "imdb.npz",
        x_train=texts(4, 1),
        y_train=np.zeros(4),
        x_test=texts(4, 2),
        y_test=np.zeros(4),
    )
    np.savez(cache / "reuters.npz", x=texts(4, 1), y=np.zeros(4))
    with pytest.raises(ValueError, match="maxlen=1. Increase maxlen"):
        loader(maxlen=1)
    with pytest.raises(TypeError, match="no_words"):
        loader(no_words=3)


def test_word_indexes_and_topics(cache, monkeypatch):
    for name in ("imdb", "reuters"):
        (cache / f"{name}_word_index.json").write_text(
            json.dumps({"thé": 1, "a": 2}), encoding="utf8"
        )
        assert getattr(datasets, name).get_word_index() == {"thé": 1, "a": 2}
    assert reuters.get_label_names() == tf_keras.datasets.reuters.get_label_names()


@pytest.mark.parametrize("test_split, seed", [(0.2, 113), (0.0, 1), (0.5, 2)])
def test_boston_and_california(cache, monkeypatch, test_split, seed):
    r = np.random.RandomState(0)
    np.savez(cache / "boston_housing.npz", x=r.rand(31, 13), y=r.rand(31))
    options = {"test_split": test_split, "seed": seed}
    theirs = oracle("boston_housing", "load_data", cache, monkeypatch, **options)
    assert_same_arrays(boston_housing.load_data(**options), theirs)
    np.savez(cache / "california_housing.npz", x=r.rand(700, 8).astype("float32"), y=r.rand(700))
    keras = pytest.importorskip("keras.src.datasets.california_housing")
    monkeypatch.setattr(keras, "get_file", lambda fname, **_: str(cache / fname))
    for version in ("small", "large"):
        assert_same_arrays(
            california_housing.load_data(version, **options), keras.load_data(version, **options)
        )


@pytest.mark.parametrize(
    "load_data", [boston_housing.load_data, california_housing.load_data, reuters.load_data]
)
def test_bad_test_split(load_data):
    with pytest.raises(ValueError, match="test_split to be at least 0 and below 1, got 1"):
        load_data(test_split=1.0)


def test_bad_version():
    with pytest.raises(ValueError, match="version"):
        california_housing.load_data("medium")


@pytest.mark.parametrize(
    "name, options",
    [
        ("mnist", {}),
        ("fashion_mnist", {}),
        ("boston_housing", {}),
        ("imdb", {"num_words": 10_000}),
        ("reuters", {}),
    ],
)
def test_real_files(real_data, monkeypatch, name, options):
    folder = pathlib.Path(real_data) / "keras_datasets"
    monkeypatch.setenv(storage.MIRROR, str(folder))
    monkeypatch.setenv(storage.TRUST, "1")
    path = folder / "fashion-mnist" if name == "fashion_mnist" else folder
    assert_same_arrays(
        getattr(datasets, name).load_data(**options),
        oracle(name, "load_data", path, monkeypatch, **options),
    )


def test_real_word_index(real_data, monkeypatch):
    """This file has the official bytes: no trust is needed."""
    monkeypatch.setenv(storage.MIRROR, str(pathlib.Path(real_data) / "keras_datasets"))
    index = imdb.get_word_index()
    assert len(index) == 88_584 and index["the"] == 1
    assert list(itertools.islice(index, 2)) == ["fawn", "tsukino"]

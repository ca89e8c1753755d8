"""ImageDataGenerator and its iterators equal tf_keras: order, labels, pixels, all options."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.ndimage
from PIL import Image

from tests.support.compare import assert_close
from tfk.preprocessing.image import (
    DirectoryIterator,
    ImageDataGenerator,
    Iterator,
    NumpyArrayIterator,
)
from tfk.utils.sequence import OrderedEnqueuer

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.preprocessing.image

if not hasattr(
    scipy.ndimage, "interpolation"
):  # tf_keras calls a namespace that new SciPy versions dropped
    scipy.ndimage.interpolation = scipy.ndimage

IMAGES = np.random.RandomState(0).rand(10, 8, 9, 3) * 255
LABELS = np.arange(10) % 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    r = np.random.RandomState(1)
    for number in range(21):
        target = folder / ("cat", "dog", "eel")[number % 3]
        target.mkdir(exist_ok=True)
        pixels = r.randint(0, 256, (8 + number % 3, 9, 3), dtype="uint8")
        Image.fromarray(pixels).save(target / f"{number:02d}.{('png', 'jpg')[number % 2]}")
    (folder / "cat" / "notes.txt").write_text("x")
    return folder


def leaves(batch):
    if isinstance(batch, (tuple, list)):
        return [leaf for part in batch for leaf in leaves(part)]
    return [batch]


def assert_same_batches(make, batches=8, by_index=False):
    results = []
    for classes in (ImageDataGenerator, theirs.ImageDataGenerator):
        np.random.seed(7)
        iterator = make(classes)
        found = (
            [iterator[i] for i in range(len(iterator))]
            if by_index
            else [next(iterator) for _ in range(batches)]
        )
        results.append((iterator, found))
    (a, a_batches), (b, b_batches) = results
    assert len(a) == len(b)
    for x, y in zip(a_batches, b_batches, strict=True):
        assert type(x) is type(y)
        assert_close(leaves(x), leaves(y), atol=1e-3)
    return a, b


GENERATORS = [
    {},
    {
        "rotation_range": 30,
        "width_shift_range": 0.2,
        "height_shift_range": 3,
        "shear_range": 10,
        "zoom_range": 0.3,
    },
    {
        "width_shift_range": [0.1, 0.3],
        "height_shift_range": [-2, 2],
        "zoom_range": (0.8, 1.5),
        "fill_mode": "wrap",
    },
    {
        "horizontal_flip": True,
        "vertical_flip": True,
        "channel_shift_range": 40.0,
        "brightness_range": (0.5, 1.5),
    },
    {"samplewise_center": True, "samplewise_std_normalization": True, "rescale": 1 / 255},
    {
        "preprocessing_function": lambda x: x + np.random.rand(),
        "rotation_range": 10,
        "interpolation_order": 0,
    },
    {"dtype": "float64", "fill_mode": "constant", "cval": 5.0, "zoom_range": 0.5},
]


@pytest.mark.parametrize("options", GENERATORS)
@pytest.mark.parametrize(
    "flow", [{"seed": 3, "batch_size": 4}, {"shuffle": False, "batch_size": 3}]
)
def test_flow(options, flow):
    assert_same_batches(lambda cls: cls(**options).flow(IMAGES, LABELS, **flow))


def test_flow_channels_first():
    options = {"data_format": "channels_first", "rotation_range": 30, "channel_shift_range": 9.0}
    assert_same_batches(
        lambda cls: cls(**options).flow(IMAGES.transpose(0, 3, 1, 2), LABELS, batch_size=4, seed=1)
    )


def test_flow_of_all_kinds():
    def weights(cls):
        return cls().flow(IMAGES, LABELS, sample_weight=np.arange(10.0), batch_size=4)

    def more_inputs(cls):
        return cls(zoom_range=0.2).flow(
            (IMAGES, [LABELS, LABELS * 2]), LABELS, batch_size=4, seed=1
        )

    def one_more_input(cls):
        return cls().flow((IMAGES, LABELS), batch_size=4, seed=1)

    def subset(cls):
        return cls(validation_split=0.3).flow(
            IMAGES, LABELS, subset="validation", ignore_class_split=True, batch_size=2
        )

    assert_same_batches(weights)
    assert_same_batches(more_inputs)
    assert_same_batches(one_more_input)
    assert_same_batches(subset)
    assert_same_batches(lambda cls: cls().flow(IMAGES.astype("uint8"), batch_size=4))
    assert_same_batches(
        lambda cls: cls(rotation_range=9).flow(IMAGES, LABELS, batch_size=4, seed=2), by_index=True
    )


def test_weights_are_split_with_the_images():
    """tf_keras leaves them whole."""
    flow = ImageDataGenerator(validation_split=0.4).flow(
        IMAGES,
        LABELS,
        sample_weight=np.arange(10),
        subset="training",
        ignore_class_split=True,
        shuffle=False,
    )
    assert next(flow)[2].tolist() == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "options",
    [
        {"featurewise_center": True},
        {"featurewise_std_normalization": True, "featurewise_center": True, "rescale": 0.1},
        {"zca_whitening": True, "featurewise_center": True},
    ],
)
@pytest.mark.parametrize("fit", [{}, {"augment": True, "rounds": 2, "seed": 3}])
def test_fit(options, fit):
    small = IMAGES[:, :4, :4]

    def make(cls):
        generator = cls(**options, rotation_range=5)
        generator.fit(small, **fit)
        return generator.flow(small, LABELS, batch_size=4, seed=1)

    a, b = assert_same_batches(make, batches=3)
    np.testing.assert_allclose(a.image_data_generator.mean, b.image_data_generator.mean, rtol=1e-5)


def test_settings_that_imply_others_and_unfitted_use():
    with pytest.warns(UserWarning, match="zca_whitening=True sets featurewise_center=True"):
        generator = ImageDataGenerator(zca_whitening=True)
    assert generator.featurewise_center
    with pytest.warns(UserWarning, match="sets samplewise_center=True"):
        ImageDataGenerator(samplewise_std_normalization=True)
    with (
        pytest.warns(UserWarning, match="zca_whitening does nothing before fit"),
        pytest.warns(UserWarning, match="featurewise_center does nothing before fit"),
    ):
        generator.standardize(IMAGES[0])
    for options, words in (
        ({"zoom_range": (1, 2, 3)}, "zoom_range"),
        ({"brightness_range": 2.0}, "brightness_range"),
        ({"validation_split": 1.0}, "validation_split"),
        ({"data_format": "last"}, "data_format"),
    ):
        with pytest.raises(ValueError, match=words):
            ImageDataGenerator(**options)
    with pytest.raises(ValueError, match="four axes"):
        ImageDataGenerator().fit(IMAGES[0])
    with pytest.warns(UserWarning, match="has 9"):
        ImageDataGenerator().fit(IMAGES.transpose(0, 3, 1, 2))


def test_transforms_one_by_one():
    for options in GENERATORS[1:4]:
        a, b = ImageDataGenerator(**options), theirs.ImageDataGenerator(**options)
        wanted = b.get_random_transform((8, 9, 3), seed=4)
        assert a.get_random_transform((8, 9, 3), seed=4) == wanted
        np.testing.assert_allclose(
            a.apply_transform(IMAGES[0], wanted), b.apply_transform(IMAGES[0], wanted), atol=1e-3
        )
        np.testing.assert_allclose(
            a.random_transform(IMAGES[0], seed=5), b.random_transform(IMAGES[0], seed=5), atol=1e-3
        )


@pytest.mark.parametrize(
    "options",
    [
        {"class_mode": "categorical", "seed": 3},
        {"class_mode": "sparse", "shuffle": False, "color_mode": "grayscale"},
        {"class_mode": "binary", "classes": ["eel", "cat"], "seed": 1, "interpolation": "bilinear"},
        {"class_mode": "input", "color_mode": "rgba", "keep_aspect_ratio": True, "seed": 2},
        {"class_mode": None, "shuffle": True},
        {"class_mode": "categorical", "subset": "training", "seed": 1},
        {"class_mode": "categorical", "subset": "validation", "seed": 1},
    ],
)
def test_flow_from_directory(folder, options):
    def make(cls):
        generator = cls(rotation_range=20, horizontal_flip=True, validation_split=0.3)
        return generator.flow_from_directory(
            str(folder), target_size=(6, 7), batch_size=5, **options
        )

    a, b = assert_same_batches(make, batches=6)
    for name in (
        "filenames",
        "class_indices",
        "samples",
        "num_classes",
        "image_shape",
        "filepaths",
    ):
        assert getattr(a, name) == getattr(b, name)
    np.testing.assert_array_equal(a.classes, b.classes)
    np.testing.assert_array_equal(a.labels, b.labels)


def table(folder):
    names = sorted(
        os.path.relpath(path, folder) for path in folder.rglob("*.*") if path.suffix != ".txt"
    )
    return pd.DataFrame(
        {
            "filename": names,
            "class": [name.split(os.sep)[0] for name in names],
            "many": [["cat"] if "cat" in name else ["dog", "eel"] for name in names],
            "two": ["cat" if "cat" in name else "other" for name in names],
            "value": np.arange(len(names)) / 2,
            "weight": np.arange(len(names)) + 1.0,
        }
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"class_mode": "sparse", "shuffle": False, "weight_col": "weight"},
        {"class_mode": "binary", "y_col": "two", "seed": 1},
        {"class_mode": "categorical", "y_col": "many", "seed": 1},
        {"class_mode": "categorical", "y_col": "many", "classes": ["eel", "cat"], "seed": 1},
        {"class_mode": "raw", "y_col": "value", "seed": 1},
        {"class_mode": "raw", "y_col": ["value", "weight"], "seed": 1},
        {"class_mode": "multi_output", "y_col": ["value", "weight"], "seed": 1},
        {"class_mode": "input", "seed": 1},
        {"class_mode": None, "seed": 1, "validate_filenames": False},
        {"subset": "training", "seed": 1},
        {"subset": "validation", "class_mode": "raw", "y_col": "value", "seed": 1},
        {"classes": ["dog", "cat"], "class_mode": "sparse", "seed": 1},
    ],
)
def test_flow_from_dataframe(folder, options):
    def make(cls):
        generator = cls(rotation_range=20, validation_split=0.3)
        return generator.flow_from_dataframe(
            table(folder), str(folder), target_size=(6, 7), batch_size=5, **options
        )

    a, b = assert_same_batches(make, batches=6)
    assert a.filenames == b.filenames


def test_dataframe_errors(folder):
    flow = ImageDataGenerator().flow_from_dataframe
    rows = table(folder)
    for options, error, words in (
        ({"class_mode": "multi_output"}, TypeError, "list of columns"),
        (
            {"class_mode": "sparse", "y_col": "value"},
            TypeError,
            "names of classes.*'value', got 0.0",
        ),
        ({"y_col": "value"}, TypeError, "lists of them"),
        ({"x_col": "value"}, TypeError, "file names"),
        ({"class_mode": "binary"}, ValueError, "needs 2 classes, got 3"),
        ({"class_mode": "binary", "classes": ["cat"]}, ValueError, "needs 2 classes, got 1"),
        ({"weight_col": "class"}, TypeError, "numbers in the column 'class'"),
        ({"class_mode": "both"}, ValueError, "class_mode"),
        ({"color_mode": "hsv"}, ValueError, "color_mode"),
        ({"subset": "test"}, ValueError, "subset"),
    ):
        with pytest.raises(error, match=words):
            flow(rows, folder, **options)
    with pytest.warns(UserWarning, match="leaving out 1 names.*nowhere.png"):
        found = flow(
            pd.concat([rows[:2], pd.DataFrame({"filename": ["nowhere.png"], "class": ["cat"]})]),
            folder,
        )
    assert found.samples == 2
    with pytest.warns(UserWarning, match="drop_duplicates"):
        flow(rows, folder, drop_duplicates=True)
    with pytest.warns(UserWarning, match='old spelling of "raw"'):
        flow(rows, folder, class_mode="other", y_col="value")
    with pytest.warns(UserWarning, match="ignores classes"):
        flow(rows, folder, class_mode="raw", y_col="value", classes=["a"])


def test_array_errors():
    for x, y, options, words in (
        (IMAGES, LABELS[:4], {}, "y to have a value for each of the 10 images, got 4"),
        ((IMAGES, LABELS[:4]), LABELS, {}, r"x\[1\]\[0\]"),
        (IMAGES, LABELS, {"sample_weight": [1]}, "sample_weight"),
        (IMAGES[0], None, {}, "four axes"),
        (IMAGES, LABELS, {"subset": "test"}, "subset"),
        (IMAGES, np.arange(10), {"subset": "training"}, "different classes"),
    ):
        with pytest.raises(ValueError, match=words):
            ImageDataGenerator(validation_split=0.2).flow(x, y, **options)
    with pytest.warns(UserWarning, match="has 9"):
        NumpyArrayIterator(IMAGES.transpose(0, 3, 1, 2), None, ImageDataGenerator())
    with pytest.raises(ValueError, match="asked for batch 3 of 2"):
        ImageDataGenerator().flow(IMAGES, batch_size=5)[3]


def test_save_to_dir(folder, tmp_path):
    def make(cls):
        return cls().flow(
            IMAGES, batch_size=4, shuffle=False, save_to_dir=str(tmp_path), save_prefix="x", seed=0
        )

    assert_same_batches(make, batches=2)
    assert len(os.listdir(tmp_path)) == 8  # the same names from both
    DirectoryIterator(
        folder, ImageDataGenerator(), save_to_dir=tmp_path, save_format="jpeg", batch_size=3
    ).next()
    assert len(list(tmp_path.glob("*.jpeg"))) == 3


def test_unreadable_file_is_named(folder, tmp_path):
    (tmp_path / "a").mkdir()
    whole = sorted((folder / "cat").glob("*.png"))[0].read_bytes()
    for content in (b"no image", whole[: len(whole) // 2]):
        (tmp_path / "a" / "bad.png").write_bytes(content)
        with pytest.raises(OSError, match="a/bad.png"):
            next(ImageDataGenerator().flow_from_directory(tmp_path))


def test_own_iterators_and_resetting():
    class Numbers(Iterator):
        def next(self):  # as older code does it
            with self.lock:
                chosen = next(self.index_generator)
            return self._get_batches_of_transformed_samples(chosen)

        def _get_batches_of_transformed_samples(self, index_array):
            return index_array.tolist()

    numbers = Numbers(5, 2, shuffle=False, seed=None)
    assert [next(numbers) for _ in range(4)] == [[0, 1], [2, 3], [4], [0, 1]]
    numbers.reset()
    assert numbers.next() == [0, 1] and numbers[2] == [4] and len(numbers) == 3
    with pytest.raises(NotImplementedError, match="_get_batches_of_transformed_samples"):
        next(Iterator(5, 2, False, None))


def test_iterators_go_to_worker_processes(folder):
    flow = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
        folder, target_size=(4, 4), class_mode="sparse", batch_size=4
    )
    copy = pickle.loads(pickle.dumps(flow))
    np.testing.assert_array_equal(copy.index_array, flow.index_array)  # one order for all workers
    np.testing.assert_array_equal(copy[0][1], flow[0][1])
    enqueuer = OrderedEnqueuer(flow)
    enqueuer.start(2)
    batches = list(enqueuer.epoch(range(len(flow))))
    enqueuer.stop()
    assert sum(len(labels) for _, labels in batches) == 21

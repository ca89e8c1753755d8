"""Datasets from folders: order, labels and values as in tf_keras; unreadable files are named."""

import math
import pathlib
import shutil
import wave

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.support.compare import assert_same_datasets
from tfk.utils.audio_dataset import audio_dataset_from_directory, resample
from tfk.utils.directory_index import LabelledFiles
from tfk.utils.image_dataset import image_dataset_from_directory
from tfk.utils.text_dataset import text_dataset_from_directory

tf_keras = pytest.importorskip("tf_keras")

CLASSES = ("cat", "dog", "eel")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """60 smooth random images of many sizes in three classes, in all formats and one nested
    folder.
    """
    folder = tmp_path_factory.mktemp("photos")
    r = np.random.RandomState(0)
    for number in range(60):
        name = CLASSES[number % 3]
        target = folder / name / ("deep" if number % 7 == 0 else "")
        target.mkdir(parents=True, exist_ok=True)
        pixels = r.randint(0, 256, (4, 5, 3), dtype="uint8")
        image = Image.fromarray(pixels).resize((30 + number % 5, 20 + number % 9))
        image.save(target / f"{number:03d}.{('jpg', 'png', 'bmp', 'JPEG')[number % 4]}")
    (folder / "cat" / "notes.txt").write_text("not an image")
    (folder / ".hidden").mkdir()
    return folder


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    for number in range(40):
        target = folder / ("pos", "neg")[number % 2]
        target.mkdir(exist_ok=True)
        (target / f"{number}.txt").write_text(f"review {number} " * 3)
    return folder


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    for number in range(12):
        target = folder / ("hum", "beep")[number % 2]
        target.mkdir(exist_ok=True)
        write_wav(target / f"{number}.wav", tone(440, 8000, 300 + 10 * number), 8000)
    return folder


def tone(frequency, rate, count):
    return np.sin(2 * math.pi * frequency * np.arange(count) / rate).astype("float32") * 0.5


def write_wav(path, samples, rate):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def assert_same_folders(ours, theirs):
    if isinstance(theirs, (list, tuple)):
        for one, other in zip(ours, theirs, strict=True):
            assert_same_folders(one, other)
        return
    assert ours.class_names == theirs.class_names
    if hasattr(theirs, "file_paths"):
        assert ours.file_paths == theirs.file_paths
    for _ in range(2):  # the second epoch is shuffled again
        assert_same_datasets(ours, theirs, rtol=1e-7, atol=1e-3)


def compare(name, *args, **kwargs):
    ours = {
        "image": image_dataset_from_directory,
        "text": text_dataset_from_directory,
        "audio": audio_dataset_from_directory,
    }[name]
    theirs = getattr(tf_keras.utils, f"{name}_dataset_from_directory")
    results = []
    for function in (ours, theirs):
        np.random.seed(3)
        tf.random.set_seed(4)
        results.append(function(*args, **kwargs))
    assert_same_folders(*results)


IMAGE_OPTIONS = [
    {},
    {"shuffle": False, "label_mode": "categorical"},
    {"seed": 7, "batch_size": 4},
    {"seed": 7, "batch_size": 4, "validation_split": 0.3, "subset": "training"},
    {"seed": 7, "batch_size": 4, "validation_split": 0.3, "subset": "validation"},
    {"seed": 7, "batch_size": 4, "validation_split": 0.3, "subset": "both"},
    {"labels": None},
    {"label_mode": None, "seed": 1},
    {"labels": list(range(60)), "seed": 2},
    {"labels": [n % 2 for n in range(60)], "label_mode": "binary", "seed": 2},
    {"batch_size": None, "seed": 1},
    {"crop_to_aspect_ratio": True, "interpolation": "area", "shuffle": False},
    {"smart_resize": True, "shuffle": False},
    {"class_names": ["eel", "cat", "dog"], "seed": 5},
]


@pytest.mark.parametrize("options", IMAGE_OPTIONS)
def test_images_equal_tf_keras(photos, options):
    compare("image", str(photos), image_size=(16, 12), **options)


@pytest.mark.parametrize(
    "color_mode, interpolation, formats",
    [("grayscale", "nearest", ("jpg", "png")), ("rgba", "bicubic", ("png",))],
)
def test_color_modes_equal_tf_keras(photos, tmp_path, color_mode, interpolation, formats):
    (tmp_path / "a").mkdir()
    for path in photos.rglob("*.*"):
        if path.suffix[1:] in formats:
            shutil.copy(path, tmp_path / "a")
    options = {"color_mode": color_mode, "interpolation": interpolation, "shuffle": False}
    compare("image", str(tmp_path), image_size=(16, 12), **options)


def test_images_of_a_path_object(photos):
    dataset = image_dataset_from_directory(photos, image_size=(8, 8), batch_size=60, shuffle=False)
    images, labels = next(iter(dataset))
    assert images.shape == (60, 8, 8, 3) and np.bincount(labels).tolist() == [20, 20, 20]


@pytest.fixture
def spoilt(photos, tmp_path):
    """A copy with a text file and a torn photo among the images."""
    folder = tmp_path / "photos"
    shutil.copytree(photos, folder)
    (folder / "dog" / "aaa.jpg").write_bytes(b"<html>no image</html>")
    whole = sorted((folder / "cat").glob("*.png"))[0].read_bytes()
    (folder / "cat" / "zzz.png").write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.mark.parametrize("batch_size", [8, None])
def test_unreadable_images_are_named(spoilt, batch_size):
    dataset = image_dataset_from_directory(
        spoilt, image_size=(8, 8), shuffle=False, batch_size=batch_size
    )
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=f"skip_unreadable=True.*{spoilt}/cat/zzz.png"
    ):
        list(dataset)
    (spoilt / "cat" / "zzz.png").unlink()
    dataset = image_dataset_from_directory(spoilt, image_size=(8, 8), seed=1, batch_size=batch_size)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{spoilt}/dog/aaa.jpg"):
        list(dataset)


def test_a_batch_of_unreadable_images_only(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.png").write_bytes(b"")
    with pytest.raises(tf.errors.InvalidArgumentError, match="a/x.png"):
        list(image_dataset_from_directory(tmp_path))


def test_unreadable_images_are_skipped_on_request(spoilt, photos):
    options = {"image_size": (8, 8), "batch_size": 100, "shuffle": False}
    with pytest.warns(UserWarning, match="leaving out.*cat/zzz.png.*dog/aaa.jpg"):
        images, labels = next(
            iter(image_dataset_from_directory(spoilt, skip_unreadable=True, **options))
        )
    good_images, good_labels = next(iter(image_dataset_from_directory(photos, **options)))
    np.testing.assert_array_equal(images, good_images)
    np.testing.assert_array_equal(labels, good_labels)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shuffle": False, "label_mode": "binary", "max_length": 8},
        {
            "seed": 2,
            "batch_size": 3,
            "validation_split": 0.25,
            "subset": "both",
            "label_mode": "categorical",
        },
        {"labels": None, "batch_size": None},
    ],
    ids=str,
)
def test_texts_equal_tf_keras(reviews, options):
    compare("text", str(reviews), **options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"output_sequence_length": 350, "label_mode": "categorical", "seed": 1},
        {"ragged": True, "batch_size": 5, "shuffle": False},
        {"seed": 2, "batch_size": 3, "validation_split": 0.25, "subset": "training"},
    ],
    ids=str,
)
def test_sounds_equal_tf_keras(sounds, options):
    compare("audio", str(sounds), **options)


def test_sounds_without_labels_and_both(sounds):
    train, test = audio_dataset_from_directory(
        sounds, label_mode=None, validation_split=0.25, subset="both", seed=1
    )
    assert next(iter(train)).shape[0] == 9 and next(iter(test)).shape[0] == 3


def test_resampling_keeps_a_tone_and_removes_what_does_not_fit(tmp_path):
    low = tf.constant(tone(440, 16000, 4000))[:, None]
    for rate in (8000, 22050, 16000):
        wanted = tone(440, rate, math.ceil(4000 * rate / 16000))
        got = resample(low, 16000, rate)[:, 0].numpy()
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got[200:-200], wanted[200:-200], atol=2e-3)
    high = tf.constant(tone(6000, 16000, 4000))[:, None]  # above half of the new rate
    assert np.abs(resample(high, 16000, 8000)[200:-200]).max() < 1e-2
    (tmp_path / "a").mkdir()
    write_wav(tmp_path / "a" / "x.wav", tone(440, 16000, 4000), 16000)
    sound, _ = next(iter(audio_dataset_from_directory(tmp_path, sampling_rate=8000)))
    assert sound.shape == (1, 2000, 1)
    sound, _ = next(
        iter(
            audio_dataset_from_directory(tmp_path, sampling_rate=8000, output_sequence_length=2500)
        )
    )
    assert sound.shape == (1, 2500, 1) and not sound[0, 2000:].numpy().any()


BAD = [
    ({"labels": "guessed"}, "labels to be 'inferred'"),
    ({"labels": [1] * 60, "class_names": ["a"]}, "class_names go with"),
    ({"labels": [1, 2]}, "each of the 60 files"),
    ({"label_mode": "binary"}, "needs 2 classes, found 3"),
    ({"label_mode": "float"}, "label_mode"),
    ({"color_mode": "cmyk"}, "color_mode"),
    ({"class_names": ["cat", "dog"]}, "expected class_names to be the subfolders"),
    ({"validation_split": 0.2}, "go together"),
    ({"subset": "training"}, "go together"),
    ({"validation_split": 2.0, "subset": "training", "seed": 1}, "between 0 and 1"),
    ({"validation_split": 0.2, "subset": "training"}, "pass a seed"),
    ({"validation_split": 0.2, "subset": "test", "seed": 1}, "subset"),
    ({"image_size": (3, 4, 5)}, "image_size"),
]


@pytest.mark.parametrize("options, words", BAD, ids=str)
def test_bad_arguments(photos, options, words):
    with pytest.raises(ValueError, match=words):
        image_dataset_from_directory(photos, **options)


def test_other_bad_arguments(photos, sounds, tmp_path):
    with pytest.raises(NotImplementedError, match="interpolation to be one of bilinear"):
        image_dataset_from_directory(photos, interpolation="cubic")
    with pytest.raises(TypeError, match="resize_smartly"):
        image_dataset_from_directory(photos, resize_smartly=True)
    with pytest.raises(FileNotFoundError, match="no folder"):
        image_dataset_from_directory(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="found no files in .*jpg"):
        image_dataset_from_directory(tmp_path, skip_unreadable=True)
    with pytest.raises(ValueError, match="found no files in .*.txt"):
        text_dataset_from_directory(tmp_path)
    with pytest.raises(ValueError, match="not ragged"):
        audio_dataset_from_directory(sounds, ragged=True, output_sequence_length=4)
    with pytest.raises(ValueError, match="sampling_rate"):
        audio_dataset_from_directory(sounds, sampling_rate=0)


def test_links_are_followed_on_request(photos, tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "more").symlink_to(photos / "cat", target_is_directory=True)
    options = ("owner", tmp_path, (".jpg",), "inferred", "int", None, False, None, None, None)
    assert len(LabelledFiles(*options, False).paths) == 0
    assert len(LabelledFiles(*options, True).paths) == len(list((photos / "cat").rglob("*.jpg")))


def test_real_photos(real_data):
    folder = pathlib.Path(real_data) / "photos" / "cats_vs_dogs_small" / "train"
    compare("image", str(folder), image_size=(64, 64), label_mode="binary", seed=1)

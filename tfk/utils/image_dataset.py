"""`image_dataset_from_directory`: batches of images from a folder."""

import warnings

import numpy as np
import tensorflow as tf

from tfk.typing import PathLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_choice, check_no_more, check_tuple
from tfk.utils.directory_index import LabelledFiles, shuffle_as_read
from tfk.utils.images import COLOR_MODES
from tfk.utils.resizing import check_method, crop_to_aspect

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
OWNER = "image_dataset_from_directory"
READ_AT_A_TIME = 32  # when there are no batches


def image_dataset_from_directory(
    directory: PathLike,
    labels: str = "inferred",
    label_mode: str = "int",
    class_names=None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size=(256, 256),
    shuffle: bool | str = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    skip_unreadable: bool = False,
    **kwargs,
):
    """Create a dataset from the images in a folder: JPEG, PNG, BMP and the first frame of GIF
        files.

    Files are shuffled before they are read, so the shuffle buffer needs no memory. An unreadable
    file ends the iteration with an error that names it.

    Args:
        directory: The folder, with one subfolder per class if `labels` is `"inferred"`.
        labels: `"inferred"` from the subfolders, None, or a list with one label per file, in the
            order of the file names. Defaults to `"inferred"`.
        label_mode: `"int"`, `"categorical"` (one-hot rows), `"binary"` (float column of 0 and 1),
            or None. Defaults to `"int"`.
        class_names: The subfolders in label order; None sorts them. Defaults to None.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`. Defaults to `"rgb"`.
        batch_size: Images per batch; None for single images. Defaults to 32.
        image_size: `(height, width)` of the images. Defaults to `(256, 256)`.
        shuffle: Whether to shuffle; otherwise files are in the order of their names. Defaults to
            True.
        seed: Random seed of the shuffling. Defaults to None.
        validation_split: Fraction of the files reserved for validation, in (0, 1). Defaults to
            None.
        subset: `"training"`, `"validation"` or `"both"`; requires `validation_split`. Defaults to
            None.
        interpolation: Interpolation of the resizing; see `smart_resize`. Defaults to `"bilinear"`.
        follow_links: Whether to follow links to subfolders. Defaults to False.
        crop_to_aspect_ratio: Whether to center-crop the images instead of distorting them. Defaults
            to False.
        skip_unreadable: Whether to try all files first, and to drop unreadable ones with a warning.
            Defaults to False.

    Returns:
        A `tf.data.Dataset` of float32 images `(batch, *image_size, channels)` in [0, 255], with
        labels unless `label_mode` is None, and with attributes `class_names` and `file_paths`; a
        list of two datasets for `subset="both"`.

    Raises: ValueError for incompatible arguments or a folder without images.
    >>> image_dataset_from_directory("photos", image_size=(64, 64))  # doctest: +SKIP
    """
    crop_to_aspect_ratio = kwargs.pop("smart_resize", crop_to_aspect_ratio)
    check_no_more(OWNER, kwargs)
    check_choice(OWNER, "color_mode", color_mode, COLOR_MODES)
    size = check_tuple(OWNER, "image_size", image_size, 2)
    method = check_method(OWNER, interpolation)
    files = LabelledFiles(
        OWNER,
        directory,
        FORMATS,
        labels,
        label_mode,
        class_names,
        shuffle,
        seed,
        validation_split,
        subset,
        follow_links,
    )

    @runs_as_written
    def read(path):
        return read_image(path, size, COLOR_MODES[color_mode], method, crop_to_aspect_ratio)

    if skip_unreadable:
        _leave_out_unreadable(files, read)

    @runs_as_written
    def read_batch(paths, *labels):
        images = _read_files(read, paths)
        return (images, *labels) if labels else images

    def make(paths, labels, shuffle):
        dataset = tf.data.Dataset.from_tensor_slices(
            (paths,) if labels is None else (paths, labels)
        )
        if shuffle:
            dataset = shuffle_as_read(dataset, batch_size, files.seed)
        dataset = dataset.batch(batch_size or READ_AT_A_TIME)
        dataset = dataset.map(read_batch, num_parallel_calls=tf.data.AUTOTUNE)
        if not batch_size:
            dataset = dataset.unbatch().apply(tf.data.experimental.assert_cardinality(len(paths)))
        return dataset.prefetch(tf.data.AUTOTUNE)

    return files.datasets(make)


def read_image(path, size, channels, method="bilinear", crop=False):
    """Read one image file as a float32 tensor `(*size, channels)`, inside or outside graphs."""
    image = tf.image.decode_image(tf.io.read_file(path), channels=channels, expand_animations=False)
    if crop:
        image = crop_to_aspect(image, size)
    image = tf.image.resize(image, size, method=method)
    image.set_shape((*size, channels))
    return image


def _read_files(read, paths):
    """Read a batch of files; if some fail, the error names them.

    Files are read through a small separate dataset, whose errors can be ignored and counted: a
    graph has no other way to continue after a failed op.
    """
    count = tf.size(paths, out_type=tf.int64)
    files = tf.data.Dataset.from_tensor_slices((tf.range(count), paths))
    good = (
        files.map(runs_as_written(lambda position, path: (position, read(path))))
        .ignore_errors()
        .batch(count)
    )
    _, spec = good.element_spec
    nothing = (tf.zeros([0], tf.int64), tf.zeros([0, *spec.shape[1:]], spec.dtype))
    read_positions, images = (
        good.concatenate(tf.data.Dataset.from_tensors(nothing)).take(1).get_single_element()
    )
    missing = tf.ones(count, tf.bool)
    missing = tf.tensor_scatter_nd_update(
        missing, read_positions[:, tf.newaxis], read_positions < 0
    )
    problem = (
        "These files are damaged or no JPEG, PNG, GIF or BMP images of this color_mode "
        "(skip_unreadable=True leaves them out):"
    )
    check = tf.debugging.Assert(~tf.reduce_any(missing), [problem, tf.boolean_mask(paths, missing)])
    with tf.control_dependencies([check]):
        return tf.identity(images)


def _leave_out_unreadable(files, read):
    @runs_as_written
    def try_to_read(position, path):
        return position, tf.reduce_max(read(path))  # unused values would not be computed

    count = len(files.paths)
    if not count:
        return
    tried = tf.data.Dataset.from_tensor_slices((np.arange(count), files.paths.tolist()))
    tried = tried.map(try_to_read, num_parallel_calls=tf.data.AUTOTUNE).ignore_errors()
    unreadable = sorted(set(range(count)) - {int(position) for position, _ in tried})
    if unreadable:
        warnings.warn(
            f"{OWNER}: leaving out files that cannot be read: {', '.join(files.paths[unreadable])}"
        )
        files.leave_out(unreadable)

"""`text_dataset_from_directory`: batches of texts from a folder."""

import tensorflow as tf

from tfk.typing import PathLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.directory_index import LabelledFiles, shuffle_as_read

OWNER = "text_dataset_from_directory"


def text_dataset_from_directory(
    directory: PathLike,
    labels: str = "inferred",
    label_mode: str = "int",
    class_names=None,
    batch_size: int | None = 32,
    max_length=None,
    shuffle: bool | str = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
):
    """Create a dataset from the `.txt` files in a folder.

    Args:
        directory: The folder, with one subfolder per class if `labels` is `"inferred"`.
        labels: `"inferred"` from the subfolders, None, or a list with one label per file, in the
            order of the file names. Defaults to `"inferred"`.
        label_mode: `"int"`, `"categorical"` (one-hot rows), `"binary"` (float column of 0 and 1),
            or None. Defaults to `"int"`.
        class_names: The subfolders in label order; None sorts them. Defaults to None.
        batch_size: Texts per batch; None for single texts. Defaults to 32.
        max_length: Number of bytes of each text to keep; None keeps all. Defaults to None.
        shuffle: Whether to shuffle; otherwise files are in the order of their names. Defaults to
            True.
        seed: Random seed of the shuffling. Defaults to None.
        validation_split: Fraction of the files reserved for validation, in (0, 1). Defaults to
            None.
        subset: `"training"`, `"validation"` or `"both"`; requires `validation_split`. Defaults to
            None.
        follow_links: Whether to follow links to subfolders. Defaults to False.

    Returns:
        A `tf.data.Dataset` of strings `(batch,)`, with labels unless `label_mode` is None, and with
        attributes `class_names` and `file_paths`; a list of two datasets for `subset="both"`.

    Raises: ValueError for incompatible arguments or a folder without texts.
    >>> text_dataset_from_directory("aclImdb/train", batch_size=64)  # doctest: +SKIP
    """
    files = LabelledFiles(
        OWNER,
        directory,
        (".txt",),
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
    def read(path, *labels):
        text = tf.io.read_file(path)
        if max_length is not None:
            text = tf.strings.substr(text, 0, max_length)
        return (text, *labels) if labels else text

    def make(paths, labels, shuffle):
        dataset = tf.data.Dataset.from_tensor_slices(
            (paths,) if labels is None else (paths, labels)
        )
        if shuffle:
            dataset = shuffle_as_read(dataset, batch_size, files.seed)
        dataset = dataset.map(read, num_parallel_calls=tf.data.AUTOTUNE)
        return (dataset.batch(batch_size) if batch_size else dataset).prefetch(tf.data.AUTOTUNE)

    return files.datasets(make)

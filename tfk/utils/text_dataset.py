"""`text_dataset_from_directory`: batches of texts from a folder."""

import tensorflow as tf

from tfk.utils.autograph import runs_as_written
from tfk.utils.directory_index import LabelledFiles, shuffle_as_read

OWNER = "text_dataset_from_directory"


def text_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    batch_size=32,
    max_length=None,
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    follow_links=False,
):
    """Makes a dataset of the `.txt` files in a folder.

    Args:
        directory: The folder, with one subfolder a class when `labels` is `"inferred"`.
        labels: `"inferred"` from the subfolders, None, or a list with a label for each file in the
            order of the names.
        label_mode: `"int"`, `"categorical"` (one-hot rows), `"binary"` (float column of 0 and 1),
            or None.
        class_names: The subfolders in the order of their labels; None sorts them.
        batch_size: Texts a batch; None gives single texts.
        max_length: How many bytes of each text are kept; None keeps all.
        shuffle: Whether to shuffle; else the files come in the order of their names.
        seed: Of the shuffling.
        validation_split: Share of the files kept for validation, between 0 and 1.
        subset: `"training"`, `"validation"` or `"both"`; goes with `validation_split`.
        follow_links: Whether to go into subfolders that are links.

    Returns:
        A `tf.data.Dataset` of strings `(batch,)`, with labels unless `label_mode` is None, and with
        attributes `class_names` and `file_paths`; a list of two for `subset="both"`.

    Raises: ValueError for arguments that do not fit together or a folder without texts.
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

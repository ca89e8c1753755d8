"""Paths and labels of the files in a folder, for image, text and audio datasets."""

import os

import numpy as np
import tensorflow as tf

from tfk.utils.checks import check_choice
from tfk.utils.interactive_logging import print_message

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)
BUFFER_BATCHES = (
    8  # how many batches' worth of files are shuffled among each other as they are read
)
BUFFER_UNBATCHED = 1024


class LabelledFiles:
    """The files of a folder with their labels, in the order in which they are read.

    Args:
        owner: Name of the function, for messages.
        directory: The folder, with one subfolder a class when `labels` is `"inferred"`.
        formats: Endings of the names, in lower case.
        labels: `"inferred"`, None, or a list with a label for each file in the order of the names.
        label_mode: `"int"`, `"categorical"`, `"binary"` or None.
        class_names: Names of the subfolders in the order of the labels; None sorts them.
        shuffle: Whether to shuffle the files by `seed`, and again as they are read.
        seed: Of the shuffling; None draws one.
        validation_split: Fraction of the files, the last ones, that is kept for validation.
        subset: `"training"`, `"validation"`, `"both"`, or None without a split.
        follow_links: Whether to go into subfolders that are links.
    """

    def __init__(
        self,
        owner,
        directory,
        formats,
        labels,
        label_mode,
        class_names,
        shuffle,
        seed,
        validation_split,
        subset,
        follow_links,
    ):
        check_labels(owner, labels, label_mode, class_names)
        check_split(owner, validation_split, subset, shuffle, seed)
        if labels is None or label_mode is None:
            labels = label_mode = None
        self.owner, self.directory, self.formats = owner, directory, formats
        self.label_mode, self.shuffle = label_mode, shuffle
        self.seed = np.random.randint(1e6) if seed is None else seed
        self.validation_split, self.subset = validation_split, subset
        paths, numbers, self.class_names = _list_files(
            owner, directory, formats, labels, class_names, follow_links
        )
        if label_mode == "binary" and len(self.class_names) != 2:
            raise ValueError(
                f"{owner}: label_mode='binary' needs 2 classes, found {len(self.class_names)}: "
                f"{self.class_names}. Use 'int' or 'categorical'."
            )
        self.paths, self.labels = np.array(paths, dtype=object), np.asarray(numbers)
        if shuffle:
            self._reorder(np.random.RandomState(self.seed).permutation(len(self.paths)))

    def _reorder(self, order):
        self.paths, self.labels = self.paths[order], self.labels[order]

    def leave_out(self, unreadable):
        """Remove the files at these positions."""
        self._reorder(np.delete(np.arange(len(self.paths)), unreadable))

    def datasets(self, make):
        """Call `make(paths, labels, shuffle)` for the requested subset, or for both.

        Returns:
            A dataset with attributes `class_names` and `file_paths`; for `subset="both"` a list of
            two.
        """
        held_out = int((self.validation_split or 0) * len(self.paths))
        kept = len(self.paths) - held_out
        if not self.validation_split:
            return self._dataset(make, slice(None), "", self.shuffle)
        wanted = {"both": ("training", "validation")}.get(self.subset, (self.subset,))
        parts = []
        for name in wanted:
            count = kept if name == "training" else held_out
            print_message(f"Using {count} files for {name}.")
            part = slice(0, kept) if name == "training" else slice(kept, None)
            # With "both" the validation part keeps its order, with "validation" alone it does not.
            shuffle = self.shuffle and (self.subset != "both" or name == "training")
            parts.append(self._dataset(make, part, f" for {name}", shuffle))
        return parts if self.subset == "both" else parts[0]

    def _dataset(self, make, part, purpose, shuffle):
        paths = self.paths[part].tolist()
        if not paths:
            raise ValueError(
                f"{self.owner}: found no files{purpose} in {self.directory}. Names must end with"
                f" one of {', '.join(self.formats)}, in one subfolder per class unless labels=None."
            )
        labels = encode_labels(self.labels[part], self.label_mode, len(self.class_names))
        dataset = make(paths, labels, shuffle)
        dataset.class_names = self.class_names
        dataset.file_paths = paths
        return dataset


def shuffle_as_read(dataset, batch_size, seed):
    """Shuffle within a moving window, differently in each epoch."""
    return dataset.shuffle(
        BUFFER_UNBATCHED if batch_size is None else batch_size * BUFFER_BATCHES, seed=seed
    )


def encode_labels(numbers, label_mode, num_classes):
    """Return class ids in the form of `label_mode`: int32, one-hot rows, or a column of
    floats; None for None.
    """
    if label_mode is None:
        return None
    if label_mode == "binary":
        return numbers.astype("float32")[:, np.newaxis]
    if label_mode == "categorical":
        return tf.one_hot(numbers, num_classes).numpy()
    return numbers


def check_labels(owner, labels, label_mode, class_names):
    """Raise ValueError unless the arguments about labels fit together."""
    check_choice(owner, "label_mode", label_mode, LABEL_MODES)
    if labels is None or isinstance(labels, str) and labels == "inferred":
        return
    if not isinstance(labels, (list, tuple)):
        raise ValueError(
            f"{owner}: expected labels to be 'inferred', None or a list with one label per file,"
            f" got {labels!r}."
        )
    if class_names:
        raise ValueError(
            f"{owner}: class_names go with labels='inferred' only, got a list of labels too."
        )


def check_split(owner, validation_split, subset, shuffle, seed):
    """Raise ValueError unless the arguments about the split fit together."""
    check_choice(owner, "subset", subset, SUBSETS)
    if validation_split and not 0 < validation_split < 1:
        raise ValueError(
            f"{owner}: expected validation_split between 0 and 1, got {validation_split!r}."
        )
    if bool(validation_split) != bool(subset):
        raise ValueError(
            f"{owner}: validation_split and subset go together, got"
            f" validation_split={validation_split!r} and subset={subset!r}."
        )
    if validation_split and shuffle and seed is None:
        raise ValueError(
            f"{owner}: pass a seed along with validation_split, or shuffle=False, so that the"
            " training and the validation files are the same in every call and do not overlap."
        )


def _list_files(owner, directory, formats, labels, class_names, follow_links):
    """Paths, labels and class names, in the order of the names."""
    directory = os.fspath(directory)
    if labels == "inferred":
        found = _subfolders(owner, directory)
        if class_names and set(class_names) != set(found):
            raise ValueError(
                f"{owner}: expected class_names to be the subfolders of {directory}, {found}, got"
                f" {class_names}."
            )
        class_names = list(class_names or found)
        folders = found
    else:
        class_names, folders = [""], [""]
    paths, numbers = [], []
    for folder in folders:
        files = _walk(tf.io.gfile.join(directory, folder), formats, follow_links)
        paths += files
        numbers += [class_names.index(folder)] * len(files)
    if labels not in ("inferred", None):
        if len(labels) != len(paths):
            raise ValueError(
                f"{owner}: expected a label for each of the {len(paths)} files in {directory}, got"
                f" {len(labels)}."
            )
        class_names, numbers = sorted(set(labels)), labels
    classes = "." if labels is None else f" belonging to {len(class_names)} classes."
    print_message(f"Found {len(paths)} files{classes}")
    return (
        paths,
        tf.convert_to_tensor(numbers or np.empty(0, "int32")).numpy(),
        class_names,
    )  # int32, float32


def _subfolders(owner, directory):
    try:
        names = sorted(name.rstrip("/") for name in tf.io.gfile.listdir(directory))
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(f"{owner}: there is no folder {directory}.") from error
    return [
        n
        for n in names
        if not n.startswith(".") and tf.io.gfile.isdir(tf.io.gfile.join(directory, n))
    ]


def _walk(folder, formats, follow_links):
    remote = "://" in folder
    walk = tf.io.gfile.walk(folder) if remote else os.walk(folder, followlinks=follow_links)
    return [
        tf.io.gfile.join(root, name)
        for root, _, names in sorted(walk)
        for name in sorted(names)
        if name.lower().endswith(formats)
    ]

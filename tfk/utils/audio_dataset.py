"""`audio_dataset_from_directory`: batches of audio clips from a folder."""

import math

import tensorflow as tf

from tfk.typing import PathLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_positive_int
from tfk.utils.directory_index import LabelledFiles, shuffle_as_read

OWNER = "audio_dataset_from_directory"
ZERO_CROSSINGS = 16  # of the sinc on either side: how sharp the filter against aliases is


def audio_dataset_from_directory(
    directory: PathLike,
    labels: str = "inferred",
    label_mode: str = "int",
    class_names=None,
    batch_size: int | None = 32,
    sampling_rate=None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool | str = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
):
    """Create a dataset from the `.wav` files (16-bit PCM) in a folder.

    Args:
        directory: The folder, with one subfolder per class if `labels` is `"inferred"`.
        labels: `"inferred"` from the subfolders, None, or a list with one label per file, in the
            order of the file names. Defaults to `"inferred"`.
        label_mode: `"int"`, `"categorical"` (one-hot rows), `"binary"` (float column of 0 and 1),
            or None. Defaults to `"int"`.
        class_names: The subfolders in label order; None sorts them. Defaults to None.
        batch_size: Clips per batch; None for single clips. Defaults to 32.
        sampling_rate: Sampling rate in Hz to convert all clips to; None keeps theirs. Defaults to
            None.
        output_sequence_length: Number of samples to truncate or pad each clip to; None pads to the
            longest of a batch. Defaults to None.
        ragged: Whether to return ragged batches instead of padded ones. Defaults to False.
        shuffle: Whether to shuffle; otherwise files are in the order of their names. Defaults to
            True.
        seed: Random seed of the shuffling. Defaults to None.
        validation_split: Fraction of the files reserved for validation, in (0, 1). Defaults to
            None.
        subset: `"training"`, `"validation"` or `"both"`; requires `validation_split`. Defaults to
            None.
        follow_links: Whether to follow links to subfolders. Defaults to False.

    Returns:
        A `tf.data.Dataset` of float32 audio `(batch, samples, channels)` in [-1, 1], with labels
        unless `label_mode` is None, and with attributes `class_names` and `file_paths`; a list of
        two datasets for `subset="both"`.

    Raises: ValueError for incompatible arguments or a folder without audio files.
    >>> audio_dataset_from_directory("mini_speech", output_sequence_length=16000)  # doctest: +SKIP
    """
    if ragged and output_sequence_length is not None:
        raise ValueError(
            f"{OWNER}: clips of equal length are not ragged: pass output_sequence_length or ragged."
        )
    if sampling_rate is not None:
        sampling_rate = check_positive_int(OWNER, "sampling_rate", sampling_rate)
    files = LabelledFiles(
        OWNER,
        directory,
        (".wav",),
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
        sound = read_sound(path, sampling_rate, output_sequence_length)
        if ragged:
            sound = tf.RaggedTensor.from_tensor(sound)
        return (sound, *labels) if labels else sound

    def make(paths, labels, shuffle):
        dataset = tf.data.Dataset.from_tensor_slices(
            (paths,) if labels is None else (paths, labels)
        )
        if shuffle:
            dataset = shuffle_as_read(dataset, batch_size, files.seed)
        dataset = dataset.map(read, num_parallel_calls=tf.data.AUTOTUNE)
        if batch_size and (ragged or output_sequence_length is not None):
            dataset = dataset.batch(batch_size)
        elif batch_size:
            dataset = dataset.padded_batch(batch_size)
        return dataset.prefetch(tf.data.AUTOTUNE)

    return files.datasets(make)


def read_sound(path, sampling_rate=None, length=None):
    """Read one `.wav` file as a float32 tensor `(samples, channels)`."""
    contents = tf.io.read_file(path)
    if sampling_rate is None:
        return tf.audio.decode_wav(contents, desired_samples=-1 if length is None else length).audio
    sound, rate = tf.audio.decode_wav(contents)
    sound = resample(sound, rate, sampling_rate)
    if length is not None:
        sound = tf.pad(sound[:length], [[0, tf.maximum(length - tf.shape(sound)[0], 0)], [0, 0]])
        sound.set_shape((length, None))
    return sound


def resample(sound, rate_in, rate_out):
    """Resample audio to another rate by band-limited interpolation.

    Each new sample is the sum of the old ones around it, weighted by a sinc under a Hann window;
    when the rate goes down the sinc widens, which removes the frequencies that the new rate cannot
    carry.

    Args:
        sound: Float tensor `(samples, channels)`.
        rate_in: Samples a second, a number or a scalar tensor.
        rate_out: Samples a second wanted.
    Source: Smith, 1984, Digital audio resampling (ccrma.stanford.edu/~jos/resample).
    """
    rate_in, rate_out = tf.cast(rate_in, tf.float64), tf.cast(rate_out, tf.float64)
    count = tf.shape(sound)[0]
    new_count = tf.cast(tf.math.ceil(tf.cast(count, tf.float64) * rate_out / rate_in), tf.int32)
    cutoff = tf.minimum(rate_out / rate_in, tf.ones([], tf.float64))
    reach = tf.cast(tf.math.ceil(ZERO_CROSSINGS / cutoff), tf.int32)
    times = tf.range(tf.cast(new_count, tf.float64), dtype=tf.float64) * (
        rate_in / rate_out
    )  # in old samples
    nearest = tf.cast(tf.floor(times), tf.int32)[:, tf.newaxis] + tf.range(1 - reach, reach + 1)
    distance = (times[:, tf.newaxis] - tf.cast(nearest, tf.float64)) * cutoff
    window = 0.5 + 0.5 * tf.cos(math.pi * tf.clip_by_value(distance / ZERO_CROSSINGS, -1.0, 1.0))
    inside = tf.cast((nearest >= 0) & (nearest < count), tf.float64)
    weights = tf.cast(cutoff * _sinc(distance) * window * inside, sound.dtype)
    taps = tf.gather(
        sound, tf.clip_by_value(nearest, 0, tf.maximum(count - 1, 0))
    )  # (new, taps, channels)
    return tf.einsum("nt,ntc->nc", weights, taps)


def _sinc(x):
    return tf.where(
        x == 0, tf.ones_like(x), tf.math.divide_no_nan(tf.sin(math.pi * x), math.pi * x)
    )

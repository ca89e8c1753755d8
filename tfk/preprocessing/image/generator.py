"""`ImageDataGenerator`: random changes to images, and their standardization."""

import warnings

import numpy as np

from tfk import config
from tfk.preprocessing.image.affine import apply_affine_transform, check_pair, draw_zoom
from tfk.preprocessing.image.array_iterator import NumpyArrayIterator
from tfk.preprocessing.image.colors import apply_brightness_shift, apply_channel_shift
from tfk.preprocessing.image.dataframe_iterator import DataFrameIterator
from tfk.preprocessing.image.directory_iterator import DirectoryIterator
from tfk.utils.checks import check_choice, is_integer, is_number

SMALLEST_STD = 1e-6


class ImageDataGenerator:
    """Makes batches of images, each changed at random and then standardized.

    An image is rotated, shifted, sheared and zoomed in one go, then its channels are shifted, it is
    flipped, its brightness changes; then follow `preprocessing_function`, `rescale`, and the centering and
    scaling asked for.

    Args:
        featurewise_center: Whether to subtract the mean over the data, channel by channel; needs `fit`.
        samplewise_center: Whether to subtract the mean of each image.
        featurewise_std_normalization: Whether to divide by the standard deviation over the data; needs `fit`.
        samplewise_std_normalization: Whether to divide by the standard deviation of each image.
        zca_whitening: Whether to remove the correlations of the pixels over the data; needs `fit`.
        zca_epsilon: Keeps the whitening finite.
        rotation_range: Largest angle in degrees.
        width_shift_range: Largest shift along the columns: a share of the width below 1, else pixels; or a
            list of shifts to choose from.
        height_shift_range: The same along the rows.
        brightness_range: Pair of factors to draw from, or None.
        shear_range: Largest angle of the shear in degrees.
        zoom_range: Pair of factors to draw from, or a number z for `(1 - z, 1 + z)`.
        channel_shift_range: Largest number added to the channels.
        fill_mode: What lies outside of the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
        cval: Value outside for `"constant"`.
        horizontal_flip: Whether to mirror half of the images left to right.
        vertical_flip: Whether to mirror half of the images upside down.
        rescale: Factor for all values, or None.
        preprocessing_function: Function of an image that returns an image of that shape, or None.
        data_format: `"channels_last"`, `"channels_first"`, or None for the default.
        validation_split: Share of the data that `subset="validation"` takes, at least 0 and below 1.
        interpolation_order: Degree of the interpolating spline, 0 to 5.
        dtype: Type of the images; None takes `config.floatx()`.

    >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
    >>> images, labels = next(generator.flow(np.ones((5, 8, 8, 3)), np.arange(5), batch_size=2))
    >>> images.shape, labels.shape
    ((2, 8, 8, 3), (2,))
    """

    def __init__(
        self,
        featurewise_center=False,
        samplewise_center=False,
        featurewise_std_normalization=False,
        samplewise_std_normalization=False,
        zca_whitening=False,
        zca_epsilon=1e-6,
        rotation_range=0,
        width_shift_range=0.0,
        height_shift_range=0.0,
        brightness_range=None,
        shear_range=0.0,
        zoom_range=0.0,
        channel_shift_range=0.0,
        fill_mode="nearest",
        cval=0.0,
        horizontal_flip=False,
        vertical_flip=False,
        rescale=None,
        preprocessing_function=None,
        data_format=None,
        validation_split=0.0,
        interpolation_order=1,
        dtype=None,
    ):
        self.data_format = check_choice(
            self, "data_format", data_format or config.image_data_format(), config.IMAGE_DATA_FORMATS
        )
        # Axes of a batch; a single image lacks the first.
        channels_last = self.data_format == "channels_last"
        self.row_axis, self.col_axis, self.channel_axis = (1, 2, 3) if channels_last else (2, 3, 1)
        self.dtype = dtype or config.floatx()
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.channel_shift_range = channel_shift_range
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.preprocessing_function, self.rescale = preprocessing_function, rescale
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                f"ImageDataGenerator: expected validation_split to be at least 0 and below 1, got {validation_split}."
            )
        self._validation_split = validation_split
        if is_number(zoom_range):
            zoom_range = (1 - zoom_range, 1 + zoom_range)
        check_pair("ImageDataGenerator", "zoom_range", zoom_range)
        self.zoom_range = list(zoom_range)
        if brightness_range is not None:
            check_pair("ImageDataGenerator", "brightness_range", brightness_range)
        self.brightness_range = brightness_range
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self._settle_conflicts()
        self.mean = self.std = self.zca_whitening_matrix = None

    def _settle_conflicts(self):
        """Scaling implies centering, and whitening takes the place of scaling."""
        for cause, setting, value in (
            ("zca_whitening", "featurewise_center", True),
            ("zca_whitening", "featurewise_std_normalization", False),
            ("featurewise_std_normalization", "featurewise_center", True),
            ("samplewise_std_normalization", "samplewise_center", True),
        ):
            if getattr(self, cause) and bool(getattr(self, setting)) != value:
                warnings.warn(f"ImageDataGenerator: {cause}=True sets {setting}={value}.")
                setattr(self, setting, value)

    def flow(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=True,
        sample_weight=None,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        ignore_class_split=False,
        subset=None,
    ):
        """Batches from arrays; see `NumpyArrayIterator` for the arguments."""
        return NumpyArrayIterator(
            x,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            sample_weight=sample_weight,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            ignore_class_split=ignore_class_split,
            dtype=self.dtype,
        )

    def flow_from_directory(
        self,
        directory,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        follow_links=False,
        subset=None,
        interpolation="nearest",
        keep_aspect_ratio=False,
    ):
        """Batches from a folder; see `DirectoryIterator` for the arguments."""
        return DirectoryIterator(
            directory,
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keep_aspect_ratio,
            dtype=self.dtype,
        )

    def flow_from_dataframe(
        self,
        dataframe,
        directory=None,
        x_col="filename",
        y_col="class",
        weight_col=None,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        interpolation="nearest",
        validate_filenames=True,
        **kwargs,
    ):
        """Batches from a table of file names; see `DataFrameIterator` for the arguments."""
        if kwargs:  # has_ext, sort, drop_duplicates: gone long before Keras 2.11, and still passed
            warnings.warn(f"flow_from_dataframe takes no notice of {', '.join(sorted(kwargs))} any more.")
        if class_mode == "other":
            warnings.warn('flow_from_dataframe: class_mode="other" is an old spelling of "raw".')
            class_mode = "raw"
        return DataFrameIterator(
            dataframe,
            directory,
            self,
            x_col=x_col,
            y_col=y_col,
            weight_col=weight_col,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            interpolation=interpolation,
            dtype=self.dtype,
            validate_filenames=validate_filenames,
        )

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Computes the means, deviations and the whitening matrix that the settings need.

        Args:
            x: Images of four axes.
            augment: Whether to compute them over randomly changed images.
            rounds: How often each image is then changed.
            seed: Of the random changes.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(
                f"ImageDataGenerator.fit: expected images of four axes, got the shape {x.shape}."
            )
        channels = x.shape[self.channel_axis]
        if channels not in (1, 3, 4):
            warnings.warn(
                f"ImageDataGenerator.fit: with data_format={self.data_format!r} images are expected to have 1, 3 or 4 "
                f"channels, the shape {x.shape} has {channels}."
            )
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x]).astype(
                self.dtype
            )
        by_channel = [1, 1, 1]
        by_channel[self.channel_axis - 1] = channels
        others = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=others).reshape(by_channel)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=others).reshape(by_channel)
            x /= self.std + SMALLEST_STD
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))).dot(u.T)

    def standardize(self, x):
        """Applies `preprocessing_function`, `rescale`, centering, scaling and whitening to one image or more."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        if self.samplewise_center:
            x = x - np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, keepdims=True) + SMALLEST_STD)
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x = x - self.mean
        if self.featurewise_std_normalization and self._is_fitted("featurewise_std_normalization", self.std):
            x = x / (self.std + SMALLEST_STD)
        if self.zca_whitening and self._is_fitted("zca_whitening", self.zca_whitening_matrix):
            flat = x.reshape(-1, np.prod(x.shape[-3:]))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def _is_fitted(self, setting, statistic):
        if statistic is None:
            warnings.warn(f"ImageDataGenerator: {setting} does nothing before fit(images) was called.")
        return statistic is not None

    def get_random_transform(self, img_shape, seed=None):
        """Draws a change for one image.

        Args:
            img_shape: Shape of the image.
            seed: Seeds NumPy's generator before; None leaves it alone.

        Returns:
            A dict for `apply_transform`.
        """
        if seed is not None:
            np.random.seed(seed)
        # The order of the draws is that of Keras 2: the same seed gives the same images.
        theta = _draw_around_zero(self.rotation_range)
        tx = _draw_shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _draw_shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _draw_around_zero(self.shear_range)
        zx, zy = draw_zoom(self.zoom_range)
        flip_horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        flip_vertical = (np.random.random() < 0.5) * self.vertical_flip
        channel_shift = _draw_around_zero(self.channel_shift_range) if self.channel_shift_range else None
        brightness = None if self.brightness_range is None else np.random.uniform(*self.brightness_range)
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": flip_horizontal,
            "flip_vertical": flip_vertical,
            "channel_shift_intensity": channel_shift,
            "brightness": brightness,
        }

    def apply_transform(self, x, transform_parameters):
        """Changes one image.

        Args:
            x: Image of three axes.
            transform_parameters: Dict with any of `theta`, `tx`, `ty`, `shear`, `zx`, `zy` (see
                `apply_affine_transform`), `flip_horizontal`, `flip_vertical`, `channel_shift_intensity` and
                `brightness`.
        """
        get = transform_parameters.get
        row_axis, col_axis, channel_axis = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = apply_affine_transform(
            x,
            get("theta", 0),
            get("tx", 0),
            get("ty", 0),
            get("shear", 0),
            get("zx", 1),
            get("zy", 1),
            row_axis=row_axis,
            col_axis=col_axis,
            channel_axis=channel_axis,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, get("channel_shift_intensity"), channel_axis)
        if get("flip_horizontal"):
            x = np.flip(x, col_axis)
        if get("flip_vertical"):
            x = np.flip(x, row_axis)
        if get("brightness") is not None:
            x = apply_brightness_shift(x, get("brightness"), False)
        return x

    def random_transform(self, x, seed=None):
        """Draws a change and applies it to one image."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _draw_around_zero(largest):
    return np.random.uniform(-largest, largest) if largest else 0


def _draw_shift(shift_range, length):
    """A shift in pixels from a share, a number of pixels, or a list of either to choose from."""
    if np.ndim(shift_range) == 0 and not shift_range:
        return 0
    if np.ndim(shift_range) or is_integer(shift_range) and shift_range > 0:
        shift = np.random.choice(shift_range) * np.random.choice([-1, 1])
    else:
        shift = np.random.uniform(-shift_range, shift_range)
    return shift * length if np.max(shift_range) < 1 else shift

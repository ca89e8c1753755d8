"""`ImageDataGenerator`: random transforms and standardization of images."""

import warnings

from tfk import config
from tfk.preprocessing.image.affine import check_pair
from tfk.preprocessing.image.array_iterator import NumpyArrayIterator
from tfk.preprocessing.image.dataframe_iterator import DataFrameIterator
from tfk.preprocessing.image.directory_iterator import DirectoryIterator
from tfk.preprocessing.image.random_changes import RandomChanges
from tfk.preprocessing.image.standardization import Standardization
from tfk.typing import DataFormat, DTypeLike, PathLike, TensorLike
from tfk.utils.checks import check_choice, is_number


class ImageDataGenerator(RandomChanges, Standardization):
    """Generator of batches of randomly transformed and standardized images.

    An image is rotated, shifted, sheared and zoomed in one step; then its channels are shifted, it
    is flipped, and its brightness changes; finally `preprocessing_function`, `rescale` and the
    selected centering and scaling are applied.

    Args:
        featurewise_center: Whether to subtract the mean over the data, per channel; requires `fit`.
            Defaults to False.
        samplewise_center: Whether to subtract the mean of each image. Defaults to False.
        featurewise_std_normalization: Whether to divide by the standard deviation over the data;
            requires `fit`. Defaults to False.
        samplewise_std_normalization: Whether to divide by the standard deviation of each image.
            Defaults to False.
        zca_whitening: Whether to decorrelate the pixels over the data; requires `fit`. Defaults to
            False.
        zca_epsilon: Small constant that keeps the whitening finite. Defaults to 1e-06.
        rotation_range: Maximum angle in degrees. Defaults to 0.
        width_shift_range: Maximum horizontal shift: a fraction of the width below 1, else pixels;
            or a list of shifts to choose from. Defaults to 0.0.
        height_shift_range: Maximum vertical shift: a fraction of the height below 1, else pixels;
            or a list of shifts to choose from. Defaults to 0.0.
        brightness_range: Pair of factors to draw from. Defaults to None.
        shear_range: Maximum shear angle in degrees. Defaults to 0.0.
        zoom_range: Pair of factors to draw from, or a number z for `(1 - z, 1 + z)`. Defaults to
            0.0.
        channel_shift_range: Maximum value added to the channels. Defaults to 0.0.
        fill_mode: Values outside the image: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
            Defaults to `"nearest"`.
        cval: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
        horizontal_flip: Whether to flip images left to right at random. Defaults to False.
        vertical_flip: Whether to flip images upside down at random. Defaults to False.
        rescale: Factor of all values. Defaults to None.
        preprocessing_function: Function from an image to an image of the same shape. Defaults to
            None.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        validation_split: Fraction of the data in `subset="validation"`, in [0, 1). Defaults to 0.0.
        interpolation_order: Degree of the interpolating spline, 0 to 5. Defaults to 1.
        dtype: Dtype of the images; None uses `config.floatx()`. Defaults to None.
    Raises: ValueError if an argument is out of range.

    >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
    >>> images, labels = next(generator.flow(np.ones((5, 8, 8, 3)), np.arange(5), batch_size=2))
    >>> images.shape, labels.shape
    ((2, 8, 8, 3), (2,))
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: int = 0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        brightness_range=None,
        shear_range: float = 0.0,
        zoom_range: float = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale=None,
        preprocessing_function=None,
        data_format: DataFormat | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: DTypeLike | None = None,
    ):
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                "ImageDataGenerator: expected validation_split to be at least 0 and below 1, got"
                f" {validation_split}."
            )
        self._validation_split = validation_split
        self.featurewise_center, self.samplewise_center = featurewise_center, samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.fill_mode, self.cval = fill_mode, cval
        self.interpolation_order = interpolation_order
        self.brightness_range, self.channel_shift_range = brightness_range, channel_shift_range
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.data_format = check_choice(
            self,
            "data_format",
            data_format or config.image_data_format(),
            config.IMAGE_DATA_FORMATS,
        )
        # Axes of a batch; a single image lacks the first.
        channels_last = self.data_format == "channels_last"
        self.row_axis, self.col_axis, self.channel_axis = (1, 2, 3) if channels_last else (2, 3, 1)
        self.dtype = dtype or config.floatx()
        zoom_range = (1 - zoom_range, 1 + zoom_range) if is_number(zoom_range) else zoom_range
        check_pair("ImageDataGenerator", "zoom_range", zoom_range)
        self.zoom_range = list(zoom_range)
        if brightness_range is not None:
            check_pair("ImageDataGenerator", "brightness_range", brightness_range)
        self._settle_conflicts()
        self.mean = self.std = self.zca_whitening_matrix = None

    def _settle_conflicts(self):
        """Resolve conflicts: scaling implies centering, and whitening replaces scaling."""
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
        x: TensorLike,
        y: TensorLike = None,
        batch_size: int | None = 32,
        shuffle: bool | str = True,
        sample_weight: TensorLike = None,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ):
        """Return batches from arrays; see `NumpyArrayIterator` for the arguments."""
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
        directory: PathLike,
        target_size=(256, 256),
        color_mode: str = "rgb",
        classes=None,
        class_mode: str = "categorical",
        batch_size: int | None = 32,
        shuffle: bool | str = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ):
        """Return batches from a folder; see `DirectoryIterator` for the arguments."""
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
        directory: PathLike | None = None,
        x_col: str = "filename",
        y_col: str = "class",
        weight_col: str | None = None,
        target_size=(256, 256),
        color_mode: str = "rgb",
        classes=None,
        class_mode: str = "categorical",
        batch_size: int | None = 32,
        shuffle: bool | str = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs,
    ):
        """Return batches from a table of file names; see `DataFrameIterator` for the arguments."""
        if kwargs:  # has_ext, sort, drop_duplicates: gone long before Keras 2.11, and still passed
            warnings.warn(f"flow_from_dataframe ignores {', '.join(sorted(kwargs))} any more.")
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

"""Images: loading, random transforms, and generators of augmented batches."""

from tfk.preprocessing.image.affine import (
    apply_affine_transform,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from tfk.preprocessing.image.array_iterator import NumpyArrayIterator
from tfk.preprocessing.image.colors import (
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
)
from tfk.preprocessing.image.dataframe_iterator import DataFrameIterator
from tfk.preprocessing.image.directory_iterator import DirectoryIterator
from tfk.preprocessing.image.generator import ImageDataGenerator
from tfk.preprocessing.image.iterator import Iterator
from tfk.utils.image_dataset import image_dataset_from_directory
from tfk.utils.images import array_to_img, img_to_array, load_img, save_img
from tfk.utils.resizing import smart_resize

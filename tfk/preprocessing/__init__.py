"""Classic preprocessing: augmented image generators, tokenizers, time series windows."""

from tfk.preprocessing import image, sequence, text
from tfk.utils.image_dataset import image_dataset_from_directory
from tfk.utils.text_dataset import text_dataset_from_directory
from tfk.utils.timeseries_dataset import timeseries_dataset_from_array

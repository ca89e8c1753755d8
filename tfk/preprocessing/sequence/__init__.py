"""Time series windows, and pairs of co-occurring words."""

from tfk.preprocessing.sequence.skipgrams import make_sampling_table, skipgrams
from tfk.preprocessing.sequence.timeseries_generator import TimeseriesGenerator
from tfk.utils.padding import pad_sequences

"""Helpers that do not depend on layers and models: seeds, arrays, files, datasets from folders."""

from typing import TYPE_CHECKING

from tfk.utils import experimental
from tfk.utils.arrays import normalize, to_categorical, to_ordinal
from tfk.utils.audio_dataset import audio_dataset_from_directory
from tfk.utils.files import get_file
from tfk.utils.hints import TrainingHint
from tfk.utils.image_dataset import image_dataset_from_directory
from tfk.utils.images import array_to_img, img_to_array, load_img, save_img
from tfk.utils.interactive_logging import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from tfk.utils.padding import pad_sequences
from tfk.utils.plotting import model_to_dot, plot_model
from tfk.utils.progress import Progbar
from tfk.utils.random import set_random_seed
from tfk.utils.sequence import GeneratorEnqueuer, OrderedEnqueuer, Sequence, SequenceEnqueuer
from tfk.utils.split_dataset import split_dataset
from tfk.utils.steps_per_execution_tuner import StepsPerExecutionTuner
from tfk.utils.text_dataset import text_dataset_from_directory
from tfk.utils.timed_thread import TimedThread
from tfk.utils.timeseries_dataset import timeseries_dataset_from_array

# Keras 2 publishes these here too; `tfk` adds them, since they are defined in higher folders.
if TYPE_CHECKING:
    from tfk.callbacks.sidecar_evaluator import SidecarEvaluator
    from tfk.engine.graph.source_inputs import get_source_inputs
    from tfk.initializers.warmstart import warmstart_embedding_matrix
    from tfk.layers.preprocessing.feature_space import FeatureSpace
    from tfk.saving import (
        CustomObjectScope,
        custom_object_scope,
        deserialize_keras_object,
        get_custom_objects,
        get_registered_name,
        get_registered_object,
        legacy,
        register_keras_serializable,
        serialize_keras_object,
    )

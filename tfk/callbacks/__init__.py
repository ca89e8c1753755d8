"""Callbacks: hooks that observe and control training."""

from tfk.callbacks import experimental
from tfk.callbacks.backup_and_restore import BackupAndRestore
from tfk.callbacks.base_logger import BaseLogger
from tfk.callbacks.callback import Callback
from tfk.callbacks.callback_list import CallbackList
from tfk.callbacks.csv_logger import CSVLogger
from tfk.callbacks.early_stopping import EarlyStopping
from tfk.callbacks.history import History
from tfk.callbacks.hparams import HParams
from tfk.callbacks.json_logger import JSONLogger
from tfk.callbacks.lambda_callback import LambdaCallback
from tfk.callbacks.learning_rate_finder import LearningRateFinder
from tfk.callbacks.learning_rate_scheduler import LearningRateScheduler
from tfk.callbacks.max_time import MaxTime
from tfk.callbacks.model_checkpoint import ModelCheckpoint
from tfk.callbacks.norm_logger import NormLogger
from tfk.callbacks.profiler_summary import ProfilerSummary
from tfk.callbacks.progress_bar import ProgbarLogger
from tfk.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from tfk.callbacks.remote_monitor import RemoteMonitor
from tfk.callbacks.sidecar_evaluator_model_export import SidecarEvaluatorModelExport
from tfk.callbacks.tensorboard import TensorBoard
from tfk.callbacks.terminate_on_nan import TerminateOnNaN
from tfk.utils.tracebacks import hide_frames_of_construction

__all__ = [
    "BackupAndRestore",
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "HParams",
    "History",
    "JSONLogger",
    "LambdaCallback",
    "LearningRateFinder",
    "LearningRateScheduler",
    "MaxTime",
    "ModelCheckpoint",
    "NormLogger",
    "ProfilerSummary",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SidecarEvaluatorModelExport",
    "TensorBoard",
    "TerminateOnNaN",
    "experimental",
]

for _object in [globals()[name] for name in __all__]:
    if isinstance(_object, type):
        hide_frames_of_construction(_object)

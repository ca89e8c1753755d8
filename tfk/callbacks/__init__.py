"""Callbacks: watching and steering training."""

from tfk.callbacks.callback import Callback
from tfk.callbacks.callback_list import CallbackList
from tfk.callbacks.early_stopping import EarlyStopping
from tfk.callbacks.history import History
from tfk.callbacks.lambda_callback import LambdaCallback
from tfk.callbacks.progress_bar import ProgbarLogger
from tfk.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "ProgbarLogger",
    "TerminateOnNaN",
]

"""`tfk.callbacks.experimental`, for compatibility with Keras 2."""

from tfk.callbacks.backup_and_restore import BackupAndRestore
from tfk.callbacks.update_embedding import UpdateEmbeddingCallback

__all__ = ["BackupAndRestore", "UpdateEmbeddingCallback"]

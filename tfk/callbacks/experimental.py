"""`tfk.callbacks.experimental`, as Keras 2 has it."""

from tfk.callbacks.backup_and_restore import BackupAndRestore
from tfk.callbacks.update_embedding import UpdateEmbeddingCallback

__all__ = ["BackupAndRestore", "UpdateEmbeddingCallback"]

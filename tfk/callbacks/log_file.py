"""Text file with one record per epoch that a resumed run continues."""

import os

import tensorflow as tf

from tfk.utils.temporaries import temporary_name


class LogFile:
    """Log file opened at the first record, so that a resumed run can truncate surplus records.

    Args:
        path: Path, also of a remote file system supported by TensorFlow.
        append: Whether to keep existing records. Defaults to False.
    """

    def __init__(self, path, append=False):
        self.path = os.fspath(path)
        self.append = append
        self._file = None

    def first_line(self):
        """Return the first line of an existing file to be continued; empty if there is none."""
        if not self._carries_on():
            return ""
        with tf.io.gfile.GFile(self.path, "r") as file:
            return file.readline().rstrip("\r\n")

    def size(self):
        """Return the number of bytes of the file that belong to this run."""
        return tf.io.gfile.stat(self.path).length if self._file or self._carries_on() else 0

    def open(self):
        """Return the file, open for appending."""
        if self._file is None:
            self._file = tf.io.gfile.GFile(self.path, "a" if self._carries_on() else "w")
        return self._file

    def resume(self, size):
        """Continue after the first `size` bytes of the file of an earlier run."""
        if size == 0 or not tf.io.gfile.exists(self.path):
            return
        with tf.io.gfile.GFile(self.path, "rb") as file:
            kept = file.read(min(size, tf.io.gfile.stat(self.path).length))
        folder, name = os.path.split(self.path)
        temporary = os.path.join(folder, temporary_name(name))
        with tf.io.gfile.GFile(temporary, "wb") as file:
            file.write(kept)
        tf.io.gfile.rename(temporary, self.path, overwrite=True)
        self.append = True

    def close(self):
        """Close the file; a later record reopens it for appending."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self.append = True

    def _carries_on(self):
        return self.append and tf.io.gfile.exists(self.path)

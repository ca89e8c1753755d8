"""A text file of one record an epoch that a restarted training carries on where it was saved."""

import os

import tensorflow as tf

from tfk.utils.temporaries import temporary_name


class LogFile:
    """Opened at the first record, so that a restarted run can cut off what the killed one wrote too
    much.

    Args:
        path: Path, also of a remote file system TensorFlow knows.
        append: Go on after what is in the file in place of starting it anew.
    """

    def __init__(self, path, append=False):
        self.path = os.fspath(path)
        self.append = append
        self._file = None

    def first_line(self):
        """The first line of the file that is carried on, without its end; empty when there is
        none.
        """
        if not self._carries_on():
            return ""
        with tf.io.gfile.GFile(self.path, "r") as file:
            return file.readline().rstrip("\r\n")

    def size(self):
        """How many bytes of the file belong to this run."""
        return tf.io.gfile.stat(self.path).length if self._file or self._carries_on() else 0

    def open(self):
        """The file, ready for writing at its end."""
        if self._file is None:
            self._file = tf.io.gfile.GFile(self.path, "a" if self._carries_on() else "w")
        return self._file

    def resume(self, size):
        """Goes on after the first `size` bytes of the file that an earlier run left."""
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
        """Closes the file; a later record opens it again at its end."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self.append = True

    def _carries_on(self):
        return self.append and tf.io.gfile.exists(self.path)

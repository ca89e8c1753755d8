"""warmstart_embedding_matrix: which vectors are kept."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk

BASE = np.arange(6.0, dtype="float32").reshape(3, 2)


@pytest.mark.parametrize("form", [list, np.array, tf.constant], ids=["list", "array", "tensor"])
def test_known_tokens_keep_their_vectors(form):
    old, new = ["u", "a", "b"], ["b", "z", "u"]
    table = tfk.utils.warmstart_embedding_matrix(form(old), form(new), BASE, "zeros")
    expected = tf_keras.utils.warmstart_embedding_matrix(old, new, BASE, "zeros")
    np.testing.assert_array_equal(table, expected)


def test_files_and_errors(tmp_path):
    path = tmp_path / "tokens.txt"
    path.write_text("b\nu\n")
    table = tfk.utils.warmstart_embedding_matrix(["u", "a", "b"], str(path), BASE)
    np.testing.assert_array_equal(table, BASE[[2, 0]])
    for wrong in ([], str(tmp_path / "absent"), 3):
        with pytest.raises(ValueError, match="warmstart_embedding_matrix"):
            tfk.utils.warmstart_embedding_matrix(wrong, ["a"], BASE)

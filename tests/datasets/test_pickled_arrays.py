"""The restricted unpickler admits the published files and nothing that runs code."""

import io
import os
import pickle
import random
import zipfile

import numpy as np
import pytest

from tfk.datasets.pickled_arrays import load_cifar_batch, load_lists


def npz(path, payload, shape=(2,)):
    """An .npz whose array `x` claims to be an object array and holds `payload`."""
    buffer = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, header)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", buffer.getvalue() + payload)
    return path


def rows(*lists):
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


class Evil:
    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", range(6))
def test_lists_of_every_protocol(tmp_path, protocol):
    path = npz(tmp_path / "a.npz", pickle.dumps(rows([1, 2], [3]), protocol))
    loaded = load_lists(path, "x")
    assert loaded.dtype == object and loaded.tolist() == [[1, 2], [3]]


def test_what_numpy_saves(tmp_path):
    np.savez(tmp_path / "a.npz", x=rows([1, 2**40], []))
    assert load_lists(tmp_path / "a.npz", "x").tolist() == [[1, 2**40], []]
    np.savez_compressed(tmp_path / "b.npz", x=rows([5]))
    assert load_lists(tmp_path / "b.npz", "x").tolist() == [[5]]


EVIL = {
    "os.system": Evil(os.system, "touch {}"),
    "eval": Evil(eval, "open('{}', 'w')"),
    "exec": Evil(exec, "open('{}', 'w')"),
    "numpy.load": Evil(np.load, "x"),
    "a class": Evil(io.FileIO, "{}", "w"),
    "list": Evil(list, (1, 2)),
}


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("inside", [True, False])
def test_pickles_that_call_are_refused(tmp_path, name, inside):
    marker = tmp_path / "ran"
    function, args = EVIL[name].call
    evil = Evil(function, *(a.format(marker) if isinstance(a, str) else a for a in args))
    payload = pickle.dumps(rows([1], [evil]) if inside else evil)
    with pytest.raises(ValueError, match="not to be trusted"):
        load_lists(npz(tmp_path / "a.npz", payload), "x")
    (tmp_path / "batch").write_bytes(payload)
    with pytest.raises(ValueError, match="not to be trusted"):
        load_cifar_batch(tmp_path / "batch", "labels")
    assert not marker.exists()


@pytest.mark.parametrize(
    "array, words",
    [
        (rows([1], ["x"]), r"items of \['str'\]"),
        (rows([1], [1.5]), "float"),
        (rows([1], [True]), "bool"),
        (rows([1], (2,)), "lists of integers"),
        (rows([1], [[2]]), "list"),
        (rows([1]), "one axis"),
    ],
)
def test_only_lists_of_integers(tmp_path, array, words):
    with pytest.raises(ValueError, match=words):
        load_lists(npz(tmp_path / "a.npz", pickle.dumps(array)), "x")


def test_other_contents(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(3))
    with pytest.raises(ValueError, match="got an array of int64"):
        load_lists(tmp_path / "a.npz", "x")
    with pytest.raises(ValueError, match="'y' cannot be read"):
        load_lists(tmp_path / "a.npz", "y")
    (tmp_path / "b.npz").write_bytes(b"no zip at all")
    with pytest.raises(ValueError, match="b.npz"):
        load_lists(tmp_path / "b.npz", "x")
    with pytest.raises(ValueError, match="cannot be read"):
        load_lists(npz(tmp_path / "c.npz", pickle.dumps([1, 2])), "x")


def test_forged_array_states_never_reach_numpy(tmp_path):
    """Raw bytes as the content of an object array would be read as pointers."""

    class Forged:
        def __reduce__(self):
            reconstruct, args, _ = rows([1], [2]).__reduce__()
            return reconstruct, args, (1, (2,), np.dtype("O"), False, b"\x41" * 16)

    with pytest.raises(ValueError, match="expected an object array"):
        load_lists(npz(tmp_path / "a.npz", pickle.dumps(Forged())), "x")


def test_mutations_load_or_raise_value_errors(tmp_path):
    payload = pickle.dumps(rows([1, 2, 3], [4, 5, 6]), 4)
    generator = random.Random(0)
    outcomes = set()
    for _ in range(500):
        mutated = bytearray(payload)
        for _ in range(generator.randint(1, 3)):
            mutated[generator.randrange(len(mutated))] = generator.randrange(256)
        try:
            load_lists(npz(tmp_path / "a.npz", bytes(mutated)), "x")
            outcomes.add("loaded")
        except ValueError:
            outcomes.add("refused")
    assert outcomes == {"loaded", "refused"}


def test_cifar_batch(tmp_path):
    images = np.arange(2 * 3072).astype("uint8").reshape(2, 3072)
    good = {b"data": images, b"labels": [3, 4], b"filenames": [b"a", b"b"]}
    path = tmp_path / "batch"
    for protocol in (2, 4):
        path.write_bytes(pickle.dumps(good, protocol))
        loaded, labels = load_cifar_batch(path, "labels")
        assert labels == [3, 4]
        np.testing.assert_array_equal(loaded, images.reshape(2, 3, 32, 32))
    bad = [
        {**good, b"labels": [3]},
        {**good, b"labels": [3, "x"]},
        {**good, b"data": images.astype("int32")},
        {**good, b"data": images[:, :5]},
        {b"labels": [3, 4]},
        [1],
    ]
    for batch in bad:
        path.write_bytes(pickle.dumps(batch))
        with pytest.raises(ValueError, match="not a batch of CIFAR images"):
            load_cifar_batch(path, "labels")

"""Saved training states: a tampered one deletes nothing, a torn one costs one backup."""

import json
import os
import pathlib
import struct
import zipfile

import numpy as np
import pytest

import tfk
from tfk.callbacks.saved_paths import path_pattern
from tfk.callbacks.state_file import read_state, write_state

X, Y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")


def model():
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model


def train(folder, epochs, **options):
    checkpoint = tfk.callbacks.ModelCheckpoint(
        f"{folder}/best/{{epoch:02d}}-{{loss:.3f}}.keras", monitor="loss", save_top_k=1, **options
    )
    backup = tfk.callbacks.BackupAndRestore(f"{folder}/backup", delete_checkpoint=False)
    return model().fit(X, Y, epochs=epochs, verbose=0, callbacks=[checkpoint, backup])


def backups(folder):
    return sorted(pathlib.Path(folder, "backup").glob("training-state-*.zip"))


def edit_state(path, change):
    """Lets `change` edit the decoded `state.json` of a backup in place."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    state = json.loads(entries["state.json"])
    change(state)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**entries, "state.json": json.dumps(state)}.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("kind", ["absolute", "parent", "inside", "link", "number"])
def test_a_tampered_state_deletes_nothing(tmp_path, kind):
    train(tmp_path, 1)
    victim = tmp_path / "victim"
    (victim / "variables").mkdir(parents=True)
    (victim / "file").write_text("precious")
    inside = tmp_path / "best" / "other"
    inside.mkdir()
    os.symlink(victim, tmp_path / "best" / "07-0.100.keras")
    named = {
        "absolute": str(victim),
        "parent": f"{tmp_path}/best/../victim",
        "inside": str(inside),
        "link": f"{tmp_path}/best/07-0.100.keras",
        "number": 5,
    }[kind]

    def change(state):
        state["callbacks"]["ModelCheckpoint-0"]["top"] = [[1e9, named]]

    for path in backups(tmp_path):
        edit_state(path, change)
    if kind == "link":
        train(tmp_path, 3)
        assert not (tmp_path / "best" / "07-0.100.keras").is_symlink()  # the link, nothing behind
    else:
        with pytest.warns(UserWarning, match="does not yield. These files are left alone"):
            train(tmp_path, 3)
    assert (victim / "file").read_text() == "precious" and (victim / "variables").is_dir()
    assert inside.is_dir()


@pytest.mark.parametrize(
    "filepath, good, bad",
    [
        ("m/{epoch}", ["m/3", "m/12"], ["m/data", "m/3/../../x", "m/..", "m/", "/m/3", "m/3\n"]),
        ("{epoch:02d}-{val_loss:.2f}.h5", ["01-0.50.h5", "10-nan.h5"], ["x-0.5.h5", "../1-1.h5"]),
        ("{loss:.1e}/{acc:.0%}", ["1.0e-05/50%"], ["../50%", "1.0/..", "a/50%"]),
        ("fixed.keras", ["fixed.keras"], ["fixedxkeras", "fixed.keras/x"]),
    ],
)
def test_patterns_of_paths(filepath, good, bad):
    pattern = path_pattern(filepath)
    assert all(pattern.fullmatch(path) for path in good)
    assert not any(pattern.fullmatch(path) for path in bad)


@pytest.mark.parametrize(
    "part, key, value",
    [
        ("position", "epoch", "3"),
        ("position", "step", None),
        ("position", "epoch", -1),
        ("position", "epoch", 0.5),
        ("position", "shuffle_seed", "x"),
        ("random", "python", [3, [1, 2], None]),
        ("random", "python", [3]),
        ("random", "numpy", ["MT19937", [1], 0, 0, 0.0]),
        ("callbacks", "ModelCheckpoint-0", {"best": 0.0, "top": [[1]]}),
        ("model", "metrics", [["loss"]]),
    ],
)
def test_parts_of_a_state_that_do_not_fit_are_named(tmp_path, part, key, value):
    train(tmp_path, 1)
    for path in backups(tmp_path):
        edit_state(path, lambda state: state[part].update({key: value}))
    with pytest.raises((ValueError, TypeError), match="BackupAndRestore"):
        train(tmp_path, 3)


def test_values_in_a_state_are_checked(tmp_path):
    train(tmp_path, 1)
    for path in backups(tmp_path):
        edit_state(path, lambda s: s["callbacks"]["ModelCheckpoint-0"].update(best="high"))
    with pytest.raises((ValueError, TypeError), match="expected best to be a number"):
        train(tmp_path, 2)


# Damage ------------------------------------------------------------------------------------------


def flip_end_record(path):
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x05\x06")
    data[place + 16 : place + 20] = struct.pack("<I", 2**31)
    path.write_bytes(data)


def set_in_directory(offset, value):
    def change(path):
        data = bytearray(path.read_bytes())
        place = data.index(b"PK\x01\x02")
        data[place + offset : place + offset + 2] = struct.pack("<H", value)
        path.write_bytes(data)

    return change


def replace_json(content, compression=zipfile.ZIP_STORED):
    def change(path):
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("state.json", content)

    return change


def become_folder(path):
    path.unlink()
    path.mkdir()


def become_dangling_link(path):
    path.unlink()
    path.symlink_to("nowhere")


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def spoil_deflate(path):
    replace_json(b"{}" * 1000, zipfile.ZIP_DEFLATED)(path)
    data = bytearray(path.read_bytes())
    data[40:50] = b"\xff" * 10
    path.write_bytes(data)


DAMAGE = {
    "end record": flip_end_record,
    "method": set_in_directory(10, 99),
    "encrypted": set_in_directory(8, 1),
    "deflate": spoil_deflate,
    "deep": replace_json("[" * 100_000 + "]" * 100_000),
    "deep but read": replace_json('{"a":' * 900 + "1" + "}" * 900),
    "folder": become_folder,
    "link": become_dangling_link,
    "cut": cut,
    "empty": lambda path: path.write_bytes(b""),
    "no state": replace_json('{"position": 1}'),
    "a list": replace_json("[1, 2]"),
    "no text": replace_json(b"\xff\xfe{"),
    "bad array": replace_json('{"__array__": [0, "float8", [1e9], "array"]}'),
    "many": replace_json('{"a": [' + '{"":0},' * 2_000_000 + "1]}"),
}


@pytest.mark.filterwarnings("ignore:BackupAndRestore")
@pytest.mark.parametrize("kind", DAMAGE)
def test_torn_backups_fall_back_to_the_one_before(tmp_path, kind):
    train(tmp_path, 3)
    before, newest = backups(tmp_path)
    epoch = read_state(before)["position"]["epoch"]
    DAMAGE[kind](newest)
    assert train(tmp_path, 5).epoch == [0, 1, 2, 3, 4]
    readable = [path for path in backups(tmp_path) if path.is_file()]
    assert epoch == 2 and read_state(readable[-1])["position"]["epoch"] == 5


@pytest.mark.parametrize("kind", sorted(set(DAMAGE) - {"no state"}))
def test_damaged_states_raise_one_kind_of_error(tmp_path, kind):
    path = tmp_path / "state.zip"
    write_state(path, {"values": np.arange(3.0)})
    DAMAGE[kind](path)
    with pytest.raises(ValueError, match="damaged|not a saved state"):
        read_state(path)


def test_a_compressed_state_is_not_unpacked(tmp_path):
    path = tmp_path / "state.zip"
    replace_json(b" " * 2**28, zipfile.ZIP_DEFLATED)(path)
    with pytest.raises(ValueError, match="compressed"):
        read_state(path)


def test_folders_in_the_place_of_backups_are_left_alone(tmp_path):
    folder = tmp_path / "backup" / "training-state-7.zip"
    folder.mkdir(parents=True)
    (folder / "note").write_text("mine")
    train(tmp_path, 4)
    assert (folder / "note").read_text() == "mine"
    assert [path.name for path in backups(tmp_path) if path.is_file()] == [
        "training-state-10.zip",
        "training-state-11.zip",
    ]

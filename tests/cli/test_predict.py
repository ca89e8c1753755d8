"""Predictions for data in files."""

import csv
import io
import json

import numpy as np
import pytest

import tfk
from tfk.cli.arrays import read_table
from tfk.cli.errors import CommandError


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv"])
def test_prints_rows(tfk_command, files, name):
    code, out, _ = tfk_command("predict", files / "model.keras", files / name)
    rows = list(csv.reader(io.StringIO(out)))
    assert code == 0 and rows[0] == ["kind_0", "kind_1"]
    np.testing.assert_allclose(
        np.array(rows[1:], float), np.load(files / "predicted.npy"), rtol=1e-4
    )


@pytest.mark.parametrize("name", ["out.npy", "out.npz", "out.csv", "out.json"])
def test_writes_files(tfk_command, files, tmp_path, name):
    code, out, _ = tfk_command("predict", files / "model.h5", files / "x.npy", "--output", name)
    assert (code, out) == (0, f"{name}\n")
    path = tmp_path / name
    read = {
        "npy": lambda: np.load(path),
        "npz": lambda: np.load(path)["kind"],
        "csv": lambda: read_table(path)[1],
        "json": lambda: np.array(json.loads(path.read_text())["kind"]),
    }[name.partition(".")[2]]
    np.testing.assert_allclose(read(), np.load(files / "predicted.npy"), rtol=1e-4)


def test_top_classes_with_labels(tfk_command, files, tmp_path):
    (tmp_path / "labels.txt").write_text("cat\ndog")
    arguments = ("predict", files / "model.keras", files / "x.npy", "--top", 1)
    lines = tfk_command(*arguments, "--labels", "labels.txt")[1].splitlines()
    best = np.load(files / "predicted.npy").argmax(axis=1)
    assert [line.split()[1] for line in lines] == [("cat", "dog")[index] for index in best]
    (tmp_path / "labels.txt").write_text("cat\n")
    assert (
        "1 names, output kind has 2 classes" in tfk_command(*arguments, "--labels", "labels.txt")[2]
    )
    assert tfk_command(*arguments)[1].startswith(f"0: {best[0]} 0.")


def save_sum(path):
    a, b = tfk.Input((1,), name="a"), tfk.Input((1,), name="b")
    tfk.Model(
        [a, b], [tfk.layers.Add(name="sum")([a, b]), tfk.layers.Identity(name="same")(a)]
    ).save(path)


def test_columns_and_arrays_go_to_inputs_of_their_names(tfk_command, tmp_path):
    save_sum(tmp_path / "sum.keras")
    (tmp_path / "x.csv").write_text("b,unused,a\n1,9,10\n2,9,20\n")
    assert tfk_command("predict", "sum.keras", "x.csv")[1] == "sum_0,same_0\n11,10\n22,20\n"
    np.savez(tmp_path / "x.npz", b=np.array([[1.0]]), a=np.array([[10.0]]))
    assert tfk_command("predict", "sum.keras", "x.npz")[1].splitlines()[1] == "11,10"
    assert "use .npz" in tfk_command("predict", "sum.keras", "x.npz", "--output", "y.npy")[2]
    np.savez(tmp_path / "x.npz", c=np.array([[1.0]]))
    assert (
        "the arrays ['c']; the model's inputs are called ['a', 'b']"
        in tfk_command("predict", "sum.keras", "x.npz")[2]
    )


def test_images(tfk_command, tmp_path):
    image = pytest.importorskip("PIL.Image")
    tfk.Sequential([tfk.Input((4, 4, 3)), tfk.layers.GlobalAveragePooling2D(name="mean")]).save(
        tmp_path / "m.keras"
    )
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, color in enumerate([(255, 0, 51), (0, 102, 0)]):
        image.new("RGB", (9, 7), color).save(folder / f"{number}.png")
    out = tfk_command("predict", "m.keras", "photos", "--scale", 255)[1]
    assert out == "mean_0,mean_1,mean_2\n1,0,0.2\n0,0.4,0\n"
    assert tfk_command("predict", "m.keras", folder / "1.png")[1].splitlines()[1] == "0,102,0"


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "has no rows"),
        ("a,b\n", "has no rows"),
        ("a,b\n1,2\n3\n", "row 3: 1 fields, where others have 2"),
        ("a,b\n1,red\n", "row 2, column 'b': 'red' is not a number"),
        ("1,2\n3,x\n", "row 2, column 2: 'x' is not a number"),
    ],
)
def test_tables_that_are_wrong(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(CommandError, match=message):
        read_table(tmp_path / "t.csv")


def test_tables(tmp_path):
    (tmp_path / "t.csv").write_text("\ufeffa, b\n1,\n\n3,4e1\n", encoding="utf-8")
    names, rows = read_table(tmp_path / "t.csv")
    assert names == ["a", "b"]
    np.testing.assert_array_equal(rows, np.array([[1, np.nan], [3, 40]], "float32"))


def test_errors(tfk_command, files, tmp_path):
    def error(*arguments):
        code, _, err = tfk_command("predict", files / "model.keras", *arguments)
        assert code == 1 and "Traceback" not in err
        return err

    np.save(tmp_path / "objects.npy", np.array([{}], object), allow_pickle=True)
    assert "holds no array of numbers" in error("objects.npy")  # pickle is never read
    np.savez(tmp_path / "objects.npz", x=np.array([{}], object))
    assert "holds no arrays of numbers" in error("objects.npz")
    np.save(tmp_path / "wide.npy", np.ones((2, 5)))
    assert "expected shape (None, 3). Its shape is (None, 5)" in error("wide.npy")
    assert "there is no file nothing.npy" in error("nothing.npy")
    assert "give one .npy" in error(files / "x.npy", files / "x.npz")
    assert "there are no images in" in error(tmp_path)
    (tmp_path / "x.txt").write_text("1")
    assert "unknown extension" in error("x.txt")
    assert "unknown extension .xls" in error(files / "x.npy", "--output", "y.xls")
    assert "numbers from 1" in error(files / "x.npy", "--batch-size", 0)
    pytest.importorskip("PIL.Image").new("L", (2, 2)).save(tmp_path / "p.png")
    assert "which images do not have" in error("p.png")


def test_labels_need_top(tfk_command, files):
    code, _, err = tfk_command(
        "predict", files / "model.keras", files / "x.npy", "--labels", "classes.txt"
    )
    assert code == 1 and "--labels goes with --top" in err


def test_top_above_the_number_of_classes(tfk_command, files):
    code, _, err = tfk_command("predict", files / "model.keras", files / "x.npy", "--top", "50")
    assert code == 1 and "--top 50 is more than the 2 classes of output kind" in err

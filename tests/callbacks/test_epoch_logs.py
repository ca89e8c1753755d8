"""CSVLogger, JSONLogger and RemoteMonitor."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

from tfk.callbacks import CSVLogger, JSONLogger, RemoteMonitor


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_file_equals_keras(separator, tmp_path, model, run):
    tf_keras = pytest.importorskip("tf_keras")
    epochs = [
        {"loss": 0.5, "acc": 0.25, "list": [1, 2]},
        {"loss": 0.25, "acc": 0.5, "val_loss": 3.0},
    ]
    run([CSVLogger(tmp_path / "ours.csv", separator)], epochs, model)
    theirs = tf_keras.callbacks.CSVLogger(str(tmp_path / "theirs.csv"), separator)
    theirs.on_train_begin()
    for epoch, logs in enumerate(epochs):
        theirs.on_epoch_end(epoch, logs)
    theirs.on_train_end()
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


def test_csv_appends_under_the_columns_of_the_file(tmp_path, model, run):
    path = tmp_path / "log.csv"
    run([CSVLogger(path)], [{"loss": 1.0, "val_loss": 2.0}], model)
    with pytest.warns(UserWarning, match=r"no place for \['lr'\]"):
        run([CSVLogger(path, append=True)], [{"lr": 9.0, "val_loss": 4.0, "loss": 3.0}], model)
    assert path.read_text().split() == ["epoch,loss,val_loss", "0,1.0,2.0", "0,3.0,4.0"]
    run([CSVLogger(path)], [{"loss": 5.0, "val_loss": 6.0}], model)
    assert path.read_text().split() == ["epoch,loss,val_loss", "0,5.0,6.0"]


def test_csv_one_object_for_two_runs(tmp_path, model, run):
    callback = CSVLogger(tmp_path / "log.csv", append=True)
    run([callback], [{"loss": 1.0}], model)
    run([callback], [{"loss": 2.0}], model)
    assert (tmp_path / "log.csv").read_text().split() == [
        "epoch,loss,val_loss",
        "0,1.0,NA",
        "0,2.0,NA",
    ]


def test_csv_separator_is_checked():
    with pytest.raises(ValueError, match="one character"):
        CSVLogger("x.csv", separator=", ")


@pytest.mark.parametrize("kind", [CSVLogger, JSONLogger])
def test_a_restarted_run_carries_the_file_on_where_it_was_saved(kind, tmp_path, model, run):
    logs = [{"loss": float(number)} for number in range(4)]
    whole = kind(tmp_path / "whole")
    run([whole], logs, model)

    killed = kind(tmp_path / "log")
    killed.on_train_begin()
    killed.on_epoch_end(0, logs[0])
    killed.on_epoch_end(1, logs[1])
    state = killed.get_state()
    killed.on_epoch_end(
        2, {"loss": 99.0}
    )  # written after the state was saved, then the process died
    killed.log_file.open().flush()

    again = kind(tmp_path / "log")
    again.on_train_begin()
    again.set_state(state)
    again.on_epoch_end(2, logs[2])
    again.on_epoch_end(3, logs[3])
    again.on_train_end()
    assert (tmp_path / "log").read_bytes() == (tmp_path / "whole").read_bytes()


def test_json_lines_are_strict(tmp_path, model, run):
    path = tmp_path / "log.jsonl"
    logs = {
        "loss": float("nan"),
        "lr": np.float32(0.5),
        "matrix": np.ones((1, 2)),
        "inf": [np.inf, 1],
    }
    run([JSONLogger(path)], [logs], model)
    assert json.loads(path.read_text(), parse_constant=pytest.fail) == {
        "epoch": 0,
        "loss": None,
        "lr": 0.5,
        "matrix": [[1.0, 1.0]],
        "inf": [None, 1],
    }


@pytest.fixture
def server():
    """A loopback server; `server.posts` holds path, headers and body, `server.status` is what it
    answers.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.posts.append((self.path, dict(self.headers), body.decode()))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.posts, server.status = [], 200
    server.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_monitor_posts_a_form_or_json(server, model, run):
    epochs = [{"loss": 0.5, "lr": np.float32(0.25)}]
    run([RemoteMonitor(root=server.root, headers={"X-Run": "7"})], epochs, model)
    run([RemoteMonitor(root=server.root, path="/j", send_as_json=True)], epochs, model)
    (path, headers, body), (json_path, json_headers, json_body) = server.posts
    expected = {"epoch": 0, "loss": 0.5, "lr": 0.25}
    assert path == "/publish/epoch/end/" and headers["X-Run"] == "7"
    assert json.loads(urllib.parse.parse_qs(body)["data"][0]) == expected
    assert json_path == "/j" and json_headers["Content-Type"] == "application/json"
    assert json.loads(json_body) == expected


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"path": "/p", "field": "f", "headers": {"X-Run": "7"}},
        {"send_as_json": True, "headers": {"X-Run": "7"}},
    ],
)
def test_monitor_posts_what_keras_posts(settings, server):
    pytest.importorskip("requests")
    tf_keras = pytest.importorskip("tf_keras")
    received = []
    for kind in (RemoteMonitor, tf_keras.callbacks.RemoteMonitor):
        kind(root=server.root, **settings).on_epoch_end(3, {"loss": 0.5, "lr": np.float32(0.25)})
        path, headers, body = server.posts[-1]
        form = urllib.parse.parse_qs(body)  # empty for JSON
        values = {field: json.loads(text) for field, (text,) in form.items()} or json.loads(body)
        received.append([path, headers["Content-Type"], headers.get("X-Run"), values])
    assert received[0] == received[1]


def test_a_failing_server_warns_and_training_goes_on(server, model, run):
    server.status = 500
    with pytest.warns(UserWarning, match="the logs of epoch [01]: HTTP Error 500"):
        history = run([RemoteMonitor(root=server.root)], [{"loss": 1.0}, {"loss": 2.0}], model)
    assert len(history.epoch) == 2
    with pytest.warns(UserWarning, match="did not accept the logs"):
        run([RemoteMonitor(root="http://127.0.0.1:9")], [{"loss": 1.0}], model)
    with pytest.raises(ValueError, match="http://"):
        RemoteMonitor(root="localhost:9000")

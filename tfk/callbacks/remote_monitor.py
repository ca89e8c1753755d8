"""Sends the logs of every epoch to a server."""

import http.client
import json
import urllib.parse
import urllib.request
import warnings

from tfk.callbacks.callback import Callback
from tfk.callbacks.json_logger import to_json
from tfk.typing import Logs

TIMEOUT_SECONDS = 10


class RemoteMonitor(Callback):
    """Callback that posts the logs of every epoch to a server; failures only cause a warning.

    Args:
        root: Address of the server. Defaults to `"http://localhost:9000"`.
        path: Path appended to the address. Defaults to `"/publish/epoch/end/"`.
        field: Name of the form field with the JSON text. Defaults to `"data"`.
        headers: Dict of further HTTP headers. Defaults to None.
        send_as_json: Whether to send the JSON as `application/json` instead of a form. Defaults to
            False.

    Raises: ValueError if `root` does not start with `http://` or `https://`.

    >>> RemoteMonitor(root="http://localhost:9000").path
    '/publish/epoch/end/'
    """

    keeps_files = True

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers=None,
        send_as_json: bool = False,
    ):
        super().__init__()
        if not root.startswith(("http://", "https://")):
            raise ValueError(
                f"RemoteMonitor: expected root to start with http:// or https://, got {root!r}."
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        text = json.dumps({"epoch": epoch, **to_json(logs or {})})
        if self.send_as_json:
            body, kind = text, "application/json"
        else:
            body, kind = (
                urllib.parse.urlencode({self.field: text}),
                "application/x-www-form-urlencoded",
            )
        request = urllib.request.Request(
            self.root + self.path, body.encode(), {"Content-Type": kind, **(self.headers or {})}
        )
        try:
            urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()
        except (OSError, http.client.HTTPException) as error:
            warnings.warn(
                f"RemoteMonitor: {self.root} did not accept the logs of epoch {epoch}: {error}."
            )

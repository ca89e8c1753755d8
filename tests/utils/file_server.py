"""A loopback HTTP server that can misbehave in the ways real ones do."""

import contextlib
import http.server
import threading


class FileServer:
    """Serves `files` (name -> bytes); `faults` (name -> list of kinds) are used up request by
    request.

    Kinds: "drop" closes after half of what was asked for, "silent_drop" does so without having told
        the
    length, "no_range" ignores Range, "404" and "500" are statuses.
    """

    def __init__(self):
        self.files, self.faults, self.requests = {}, {}, []
        self.etag = '"1"'
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                owner.answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, handler):
        name = handler.path.lstrip("/")
        self.requests.append((name, handler.headers.get("Range")))
        fault = (self.faults.get(name) or [None]).pop(0)
        content = self.files.get(name)
        if content is None or fault in ("404", "500"):
            handler.send_error(int(fault or 404))
            return
        start, asked = 0, handler.headers.get("Range")
        if_range = handler.headers.get("If-Range", self.etag)
        if asked and fault != "no_range" and if_range == self.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                handler.send_error(416)
                return
        body = content[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if fault != "silent_drop":
            handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", self.etag)
        handler.end_headers()
        if fault in ("drop", "silent_drop"):
            body = body[: len(body) // 2]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            handler.wfile.write(body)

    def __enter__(self):
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

"""RemoteMonitor against a real HTTP server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from numpy_ann.callbacks import RemoteMonitor
from tests.callbacks.training import fit, new_model


@pytest.fixture
def server():
    """A server that keeps what it is sent, and answers with its ``status``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.received.append((self.path, dict(self.headers), body))
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        found.received, found.status = [], 200
        found.root = f"http://127.0.0.1:{found.server_address[1]}"
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def test_a_form_with_every_epochs_figures(server):
    history = fit(new_model(), RemoteMonitor(server.root), epochs=2)
    paths, headers, bodies = zip(*server.received, strict=True)
    assert paths == ("/publish/epoch/end/",) * 2
    assert headers[0]["Content-Type"] == "application/x-www-form-urlencoded"
    sent = [json.loads(parse_qs(body)["data"][0]) for body in bodies]
    assert sent == [
        {"epoch": epoch, **{name: values[epoch] for name, values in history.items()}} for epoch in range(2)
    ]


def test_json_at_another_place_with_headers_of_ones_own(server):
    monitor = RemoteMonitor(server.root, "/here", headers={"X-Key": "1"}, send_as_json=True)
    monitor.on_epoch_end(3, {"loss": np.float32(0.5)})
    ((path, headers, body),) = server.received
    assert (path, headers["Content-Type"], headers["X-Key"]) == ("/here", "application/json", "1")
    assert json.loads(body) == {"epoch": 3, "loss": 0.5}


def test_the_field_of_the_form_can_be_named(server):
    RemoteMonitor(server.root, field="figures").on_epoch_end(0, {"loss": 0.5})
    assert json.loads(parse_qs(server.received[0][2])["figures"][0]) == {"epoch": 0, "loss": 0.5}


def test_a_server_that_refuses_is_warned_of(server):
    server.status = 404
    with pytest.warns(UserWarning, match=f"{server.root}/publish/epoch/end/ answered 404"):
        RemoteMonitor(server.root).on_epoch_end(0, {})


def test_a_server_that_is_not_there_is_warned_of(server):
    server.shutdown()
    server.server_close()
    with pytest.warns(UserWarning, match=f"Could not reach RemoteMonitor root server at {server.root}"):
        RemoteMonitor(server.root).on_epoch_end(0, {})


def test_what_is_no_server_is_refused():
    with pytest.raises(ValueError, match="Received: root='file:///etc'"):
        RemoteMonitor("file:///etc")

"""A real HTTP server on localhost that answers as it is told, and badly where it is told to."""

import http.server
import sys
import threading
from collections.abc import Callable

Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Looks up the path in the server's ``answers``."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        answer = self.server.answers.get(self.path, status(404))
        answer(self)

    def head(self, code: int, **headers: object) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    """Serves from a thread between ``with`` and its end."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about clients that refuse the certificate or go away; report anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()  # those who stall wake up
        self.shutdown()
        self.thread.join()
        self.server_close()


def content(body: bytes, **headers: object) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return answer


def truncated(body: bytes) -> Answer:
    """Promise the whole body, send half of it, hang up."""

    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(body))
        handler.wfile.write(body[: len(body) // 2])

    return answer


def unannounced(body: bytes) -> Answer:
    """Give no length: the body ends where the connection does."""

    def answer(handler: Handler) -> None:
        handler.head(200)
        handler.wfile.write(body)

    return answer


def together(clients: int, body: bytes) -> Answer:
    """Keep everyone waiting until so many have asked."""
    barrier = threading.Barrier(clients, timeout=60)

    def answer(handler: Handler) -> None:
        barrier.wait()
        content(body)(handler)

    return answer


def status(code: int) -> Answer:
    return lambda handler: handler.head(code, Content_Length=0)


def redirected(target: str) -> Answer:
    return lambda handler: handler.head(302, Location=target, Content_Length=0)


def silent(handler: Handler) -> None:
    """Accept the request and never answer."""
    handler.server.closing.wait(60)


def stalled(body: bytes) -> Answer:
    """Send half of the body, then nothing more."""

    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(body))
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        handler.server.closing.wait(60)

    return answer


def trickled(body: bytes) -> Answer:
    """Send a byte every now and then: no single read ever times out."""

    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(body))
        for value in body:
            handler.wfile.write(bytes([value]))
            handler.wfile.flush()
            if handler.server.closing.wait(0.05):
                return

    return answer


def trickled_head(handler: Handler) -> None:
    """Send the same, within the headers."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.server.closing.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()

import gzip
import socket
import ssl
from pathlib import Path

import pytest

from numpy_ann.data.download import Mirror, _Transfer, download
from numpy_ann.errors import DataFormatError
from tests.data import server as answers
from tests.data.samples import CONTENTS, FILES, IMAGES, LABELS

BODY = bytes(range(256)) * 400


@pytest.mark.parametrize("answer", [answers.content(BODY), answers.unannounced(BODY)])
def test_a_whole_answer_arrives(server, answer):
    server.answers["/file"] = answer
    assert download(server.url + "file", len(BODY)) == BODY


def test_redirections_are_followed(server):
    server.answers |= {"/old": answers.redirected("/new"), "/new": answers.content(BODY)}
    assert download(server.url + "old", len(BODY)) == BODY


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (answers.status(403), "403"),
        (answers.status(404), "404"),
        (answers.status(500), "500"),
        (answers.truncated(BODY), "51200 bytes read, 51200 more expected"),
        (answers.content(BODY + b"more"), "more than the 102,400 bytes"),
        (answers.unannounced(BODY * 50), "more than the 102,400 bytes"),
        (answers.redirected("/file"), "30 redirects"),
        (answers.redirected("file:///etc/hostname"), "No connection adapters"),
        (answers.content(b"not gzip", Content_Encoding="gzip"), "incorrect header check"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(server, answer, message):
    server.answers["/file"] = answer
    with pytest.raises(OSError, match=message) as caught:
        download(server.url + "file", len(BODY))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [answers.silent, answers.stalled(BODY), answers.trickled(BODY), answers.trickled_head]
)
def test_a_server_that_hangs_in_any_way_is_given_up(server, answer):
    server.answers["/file"] = answer
    with pytest.raises(OSError, match=r"timed out|bytes came in the last 0\.3 seconds"):
        download(server.url + "file", len(BODY), patience=0.3)


def test_a_slow_server_that_sends_enough_is_waited_for(server):
    server.answers["/file"] = answers.trickled(b"thirty bytes, slowly they come")
    # Thirty bytes, 50 ms apart, take longer than the patience, which is for silence, not for the whole.
    assert download(server.url + "file", 30, patience=1, least=0) == b"thirty bytes, slowly they come"


def test_a_compressed_transfer_is_bounded_as_well(server):
    server.answers["/file"] = answers.content(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
    with pytest.raises(OSError, match="more than the 1,000 bytes"):
        download(server.url + "file", 1000)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as vacant:
        port = vacant.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        download(f"http://127.0.0.1:{port}/file", 1000)
    with pytest.raises(OSError, match=r"resolv|not known|No address|getaddrinfo|in the last"):
        download("http://mirror.invalid/file", 1000, patience=5)


def test_a_proxy_in_the_environment_is_used(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, server.url)
    server.answers["http://mirror.invalid/file"] = answers.content(BODY)
    assert download("http://mirror.invalid/file", len(BODY)) == BODY
    assert server.requests == ["http://mirror.invalid/file"]


def test_a_certificate_that_nobody_vouches_for_is_refused(server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("localhost.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.answers["/file"] = answers.content(BODY)
    with pytest.raises(OSError, match="certificate verify failed"):
        download(server.url.replace("http:", "https:") + "file", len(BODY))
    assert server.requests == []


def test_that_certificate_serves_once_it_is_trusted(server, monkeypatch):
    # So the refusal above is of the certificate, not of a broken server; and the user's bundle counts.
    certificate = Path(__file__).with_name("localhost.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.answers["/file"] = answers.content(BODY)
    assert download(server.url.replace("http:", "https:") + "file", len(BODY)) == BODY


def test_progress_is_one_line_on_standard_error(server, capsys):
    server.answers["/file"] = answers.content(BODY)
    download(server.url + "file", len(BODY), "Downloading a file")
    assert capsys.readouterr() == ("", "Downloading a file\n")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_mirror_gives_verified_files(server, pack):
    # Some servers unpack what they hold: then it comes plain under the same name.
    for name, content in CONTENTS.items():
        server.answers[f"/sub/{name}.gz"] = answers.content(pack(content))
    found = dict(Mirror(server.url + "sub/").fetch(FILES))
    assert {file.name: content for file, content in found.items()} == CONTENTS


def test_files_that_gzip_makes_larger_fit(server):
    packed = gzip.compress(CONTENTS[LABELS.name], 0, mtime=0)
    assert len(packed) > LABELS.size
    server.answers[f"/{LABELS.name}.gz"] = answers.content(packed)
    assert dict(Mirror(server.url).fetch([LABELS])) == {LABELS: CONTENTS[LABELS.name]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Sign in to the network</html>", "found 35"),
        (gzip.compress(CONTENTS[LABELS.name][:-1] + b"?", mtime=0), "SHA-256"),
        (gzip.compress(CONTENTS[LABELS.name], mtime=0)[:-6], "cut short"),
        (gzip.compress(bytes(4_000_000), mtime=0), "found more"),
        (CONTENTS[IMAGES.name], "more than the 4,144 bytes"),
    ],
)
def test_a_mirror_that_sends_something_else_is_found_out(server, body, message):
    server.answers[f"/{LABELS.name}.gz"] = answers.content(body)
    with pytest.raises((OSError, DataFormatError), match=message):
        list(Mirror(server.url).fetch([LABELS]))


def test_what_came_before_a_failure_is_given(server):
    server.answers[f"/{IMAGES.name}.gz"] = answers.content(gzip.compress(CONTENTS[IMAGES.name]))
    files = Mirror(server.url).fetch([IMAGES, LABELS])
    assert next(iter(files))[0] is IMAGES
    with pytest.raises(OSError, match="404"):
        next(iter(files))


def test_a_transfer_takes_as_many_bytes_as_it_may_until_it_is_given_up():
    transfer = _Transfer("https://localhost/", 8)
    assert (transfer.write(b"seven by"), transfer.getvalue()) == (8, b"seven by")
    with pytest.raises(OSError, match="it sends more than the 8 bytes that the file can have"):
        transfer.write(b"!")
    transfer.abandoned = True
    with pytest.raises(TimeoutError, match="given up"):
        transfer.write(b"")
    assert transfer.getvalue() == b"seven by"

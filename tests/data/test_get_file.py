"""get_file: fetched once from a real server, checked, unpacked; nothing leaves its folder."""

import hashlib
import io
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from numpy_ann.data.get_file import get_file
from numpy_ann.errors import DataFormatError


@pytest.fixture
def server(monkeypatch):
    for name in "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY":
        monkeypatch.delenv(name, raising=False)
    files, asked = {}, []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            content = files[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}", files, asked
    served.shutdown()
    served.server_close()


def tar_of(name, content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def test_fetched_once_and_checked(server, tmp_path):
    url, files, asked = server
    files["/prices.csv?raw=1"] = b"1,2\n"
    digest = hashlib.sha256(b"1,2\n").hexdigest()
    for _ in range(2):
        path = get_file(origin=f"{url}/prices.csv?raw=1", file_hash=digest, cache_dir=tmp_path)
    assert path == str(tmp_path / "datasets" / "prices.csv")
    assert Path(path).read_bytes() == b"1,2\n"
    assert len(asked) == 1
    Path(path).write_bytes(b"damaged")
    get_file(origin=f"{url}/prices.csv?raw=1", file_hash=digest, cache_dir=tmp_path)
    assert Path(path).read_bytes() == b"1,2\n"
    with pytest.raises(DataFormatError, match="hash"):
        get_file("other.csv", f"{url}/prices.csv?raw=1", md5_hash="0" * 32, cache_dir=tmp_path)
    assert not (tmp_path / "datasets" / "other.csv").exists()


def test_archives_are_unpacked(server, tmp_path):
    url, files, _ = server
    files["/a.tar.gz"] = tar_of("inside/x.txt", b"tar")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("x.txt", "zip")
    files["/b.zip"] = zipped.getvalue()
    folder = get_file("a.tar.gz", f"{url}/a.tar.gz", untar=True, cache_dir=tmp_path)
    assert Path(folder, "inside", "x.txt").read_text() == "tar"
    folder = get_file("b.zip", f"{url}/b.zip", extract=True, cache_dir=tmp_path)
    assert Path(folder, "x.txt").read_text() == "zip"


def test_a_member_outside_is_refused(server, tmp_path):
    url, files, _ = server
    files["/a.tar.gz"] = tar_of("../../outside.txt", b"!")
    with pytest.raises(DataFormatError, match="can't be unpacked"):
        get_file("a.tar.gz", f"{url}/a.tar.gz", untar=True, cache_dir=tmp_path / "cache")
    assert not list(tmp_path.rglob("outside.txt"))


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="origin"):
        get_file("x")
    with pytest.raises(ValueError, match="without folders"):
        get_file("../x", "http://127.0.0.1:9/x", cache_dir=tmp_path)

import gzip
import io

import pytest

from numpy_ann.data.files import read_folder
from numpy_ann.errors import DataFormatError
from tests.data.samples import CONTENTS, FILES, IMAGES, LABELS


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("spell", [str, lambda name: name.replace("-idx", ".idx")])
def test_a_folder_may_hold_the_files_gzipped_or_not_in_either_spelling(tmp_path, pack, spell):
    for name, content in CONTENTS.items():
        suffix = ".gz" if pack is gzip.compress else ""
        (tmp_path / (spell(name) + suffix)).write_bytes(pack(content))
    found = read_folder(tmp_path, FILES)
    assert {file.name: bytes(content) for file, content in found.items()} == CONTENTS


def test_a_gzipped_file_may_have_lost_its_suffix_and_a_plain_one_gained_it(tmp_path):
    (tmp_path / IMAGES.name).write_bytes(gzip.compress(CONTENTS[IMAGES.name]))
    (tmp_path / f"{LABELS.name}.gz").write_bytes(CONTENTS[LABELS.name])
    assert read_folder(tmp_path, FILES)[LABELS] == CONTENTS[LABELS.name]


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / LABELS.name).write_bytes(CONTENTS[LABELS.name])
    assert read_folder("~", [LABELS]) == {LABELS: CONTENTS[LABELS.name]}


def test_a_folder_of_a_files_name_is_passed_over(tmp_path):
    # Some unpacking programs put each file into a folder of the same name.
    (tmp_path / LABELS.name).mkdir()
    (tmp_path / f"{LABELS.name}.gz").write_bytes(gzip.compress(CONTENTS[LABELS.name]))
    assert LABELS in read_folder(tmp_path, [LABELS])


def test_missing_folders_and_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere' does not exist"):
        read_folder(tmp_path / "nowhere", FILES)
    (tmp_path / "mnist.npz").touch()
    with pytest.raises(NotADirectoryError, match=r"received .*mnist\.npz"):
        read_folder(tmp_path / "mnist.npz", FILES)
    with pytest.raises(FileNotFoundError, match=f"lacks {IMAGES.name}, {LABELS.name}"):
        read_folder(tmp_path, FILES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-1], "expected the 48 bytes of small-labels-idx1-ubyte .*found 47"),
        (lambda content: content + b"\0", "found more"),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "SHA-256 .* damaged, or another file"),
        (lambda content: gzip.compress(bytes(10**7)), "found more"),
        (lambda content: gzip.compress(content)[:-3], "cut short"),
        (lambda content: b"", "found 0"),
    ],
)
def test_wrong_content_is_refused_with_its_place(tmp_path, change, message):
    path = tmp_path / LABELS.name
    path.write_bytes(change(CONTENTS[LABELS.name]))
    with pytest.raises(DataFormatError, match=message) as caught:
        read_folder(tmp_path, [LABELS])
    assert str(path) in str(caught.value)


def test_the_bytes_are_writable():
    content = LABELS.read(io.BytesIO(CONTENTS[LABELS.name]), "memory")
    assert isinstance(content, bytearray)

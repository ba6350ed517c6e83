"""Random damage that knows what it damages: JSON, an HDF5 tree, an archive's members, or bytes."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from tests.saving.test_mutations import cut, flip_a_bit, flip_bytes, move_a_piece, mutate_json

__all__ = ["mutated"]

CONTROLS = "\x1b]0;title\x07\x1b[31mred\u202e\u2028"  # what a terminal would obey
NUMBERS = [0, -1, 1, 2**31, 2**63 - 1, 2**64, 10**400, 1e308, -0.0, 1e-320]
BYTES: list[Callable[[bytes, random.Random], bytes]] = [flip_bytes, flip_a_bit, cut, move_a_piece]


def mutated(kind: str, data: bytes, rng: random.Random) -> bytes:
    """Return a file's bytes with one to three changes, of the file's structure for the most part."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if not data or rng.random() < 0.15:
            change = rng.choice(BYTES)
            data = change(data, rng) if len(data) > 600 else data + b"\0"
            continue
        try:
            data = CHANGES[kind](data, rng)
        except Exception:  # an earlier change took away what this one looks for
            return data
    return data


def text(data: bytes, rng: random.Random) -> bytes:
    """Change one place of a JSON text, or its spelling."""
    action = rng.random()
    if action < 0.1:
        return data.replace(b"{", b'{"class_name": "Dense", ', rng.randrange(1, 4))
    if action < 0.2:
        key = rng.choice([b"null", b"true", b"float32", b"name", b"units"])
        return data.replace(key, json.dumps(rng.choice(NUMBERS)).encode(), rng.randrange(1, 3))
    if action < 0.3:
        name = rng.choice([b'"name": "', b'"class_name": "', b'"'])
        return data.replace(name, name + json.dumps(CONTROLS)[1:-1].encode(), rng.randrange(1, 5))
    if action < 0.35:
        return b"[" * rng.choice([10, 2000, 100_000]) + data
    if action < 0.4:
        return data.replace(b"}", b', "' + b"k" * rng.choice([3, 70_000]) + b'": 1}', 1)
    return json.dumps(mutate_json(json.loads(data), rng)).encode()


def tree(data: bytes, rng: random.Random) -> bytes:
    """Change one object, link or attribute of an HDF5 file."""
    buffer = io.BytesIO(data)
    with h5py.File(buffer, "r+") as root:
        places: list[str] = []
        root.visit(places.append)
        place = rng.choice([*places, "/"])
        thing = root[place]
        if place == "/" or (len(thing.attrs) and rng.random() < 0.4):
            attribute(thing, rng)
        else:
            rng.choice([remove, rename, link, replace, replace])(root, place, rng)
    return buffer.getvalue()


def attribute(thing: Any, rng: random.Random) -> None:
    """Change one attribute: a JSON text inside, or for something else altogether."""
    name = rng.choice(list(thing.attrs) or ["name"])
    old = thing.attrs.get(name)
    action = rng.random()
    if isinstance(old, str) and old.startswith(("{", "[")) and action < 0.7:
        thing.attrs[name] = text(old.encode(), rng).decode(errors="replace").replace("\0", "")
    elif action < 0.8 and name in thing.attrs:
        del thing.attrs[name]
    else:
        thing.attrs[name] = rng.choice(
            [
                0,
                "x",
                CONTROLS,
                np.zeros((3, 0)),
                np.array([b"a/b", b".."]),
                "x" * 60_000,
                np.nan,
                [b"dense"] * 50,
            ]
        )


def remove(root: Any, place: str, rng: random.Random) -> None:
    """Take an object out of its group."""
    del root[place]


def rename(root: Any, place: str, rng: random.Random) -> None:
    """Give an object another name."""
    root.move(
        place, f"{place.rpartition('/')[0]}/{rng.choice(['0', 'vars', 'dense_9', CONTROLS, 'x' * 300])}"
    )


def link(root: Any, place: str, rng: random.Random) -> None:
    """Put a link in an object's place: to nothing, to itself, upwards, to another file, to another object."""
    places: list[str] = []
    root.visit(places.append)
    del root[place]
    target = rng.choice(places)
    root[place] = rng.choice(
        [
            h5py.SoftLink(f"/{place}"),
            h5py.SoftLink("/"),
            h5py.SoftLink(f"/{target}"),
            h5py.ExternalLink("/etc/passwd", "/"),
            root["/"],
        ]
    )


def replace(root: Any, place: str, rng: random.Random) -> None:
    """Put other numbers, another type or an empty promise in a dataset's place."""
    old = root[place]
    values = old[()] if isinstance(old, h5py.Dataset) else np.zeros(3, np.float32)
    del root[place]
    action = rng.randrange(9)
    if action == 0:
        root.create_dataset(place, shape=(2**40,), chunks=(1024,), dtype="f4")  # claims 4 TiB, holds nothing
    elif action == 1:
        root.create_dataset(place, shape=(0,), maxshape=(None,), dtype="f4")
    elif action == 2:
        root.create_dataset(place, data=np.resize(values, (np.size(values) + 1,)))
    elif action == 3:
        root.create_dataset(place, data=np.asarray(values).T, compression="gzip" if np.ndim(values) else None)
    elif action == 4:
        root.create_dataset(
            place, data=np.asarray(values).astype(rng.choice(["f2", "i1", "u8", "c8", "S3", ">f8"]))
        )
    elif action == 5:
        wrong = np.array(values, dtype=np.float32)
        wrong.flat[: 1 + rng.randrange(3)] = rng.choice([np.nan, np.inf, 3e38])
        root.create_dataset(place, data=wrong)
    elif action == 6:
        root.create_dataset(place, data=[rng.choice(["x", CONTROLS])] * 3)
    elif action == 7:
        root[place] = np.dtype("f4")
    else:
        root.create_group(place).attrs["name"] = rng.choice(["dense", CONTROLS])


def archive(data: bytes, rng: random.Random) -> bytes:
    """Change one member of an archive, or the archive itself."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = [(name, packed.read(name)) for name in packed.namelist()]
    at = rng.randrange(len(members))
    name, content = members[at]
    action = rng.random()
    if action < 0.7:
        kind = "hdf5" if name.endswith(".h5") else "json" if name.endswith(".json") else "bytes"
        members[at] = name, mutated(kind, content, rng)
    elif action < 0.75:
        del members[at]
    elif action < 0.8:
        members.append((rng.choice(["../x", "/etc/x", "assets/x", CONTROLS, name.upper(), "x" * 500]), b"x"))
    elif action < 0.85:
        members[at] = name, members[rng.randrange(len(members))][1]
    elif action < 0.9:
        members[at] = name, b"\0" * rng.choice([0, 10, 10_000_000])
    else:
        members[at] = rng.choice(["x", name + " ", name[1:], f"./{name}"]), content
    buffer = io.BytesIO()
    method = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return buffer.getvalue()


def plain(data: bytes, rng: random.Random) -> bytes:
    """Change bytes."""
    return rng.choice(BYTES)(data, rng)


CHANGES = {"json": text, "hdf5": tree, "archive": archive, "bytes": plain}

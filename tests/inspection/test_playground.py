"""The playground's page: which pictures it takes. What happens in the page, tests/programs see."""

import base64
import json
import re
import zlib

import numpy as np
import pytest

from numpy_ann.inspection import write_playground

X = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def test_pictures_are_in_the_page(tmp_path):
    write_playground(tmp_path / "page.html", X, [9, 0])
    facts = re.search(r"\{\"keras\":[^<]*\}", (tmp_path / "page.html").read_text("utf-8"))
    digits = json.loads(facts[0])["digits"]
    assert (digits["rows"], digits["columns"], digits["labels"]) == (3, 4, [9, 0])
    assert zlib.decompress(base64.b64decode(digits["pixels"])) == X.tobytes()


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (X[0], [9, 0], r"two samples at least. Received: uint8 of shape \(3, 4\)"),
        (X[..., np.newaxis], [9, 0], r"uint8 of shape \(2, 3, 4, 1\)"),
        (X.astype(int), [9, 0], r"int64 of shape \(2, 3, 4\)"),
        (X[:1], [9], r"uint8 of shape \(1, 3, 4\)"),
        (X, [9, 0, 1], "x and y hold 2 and 3 samples; they must be the same"),
        (X, [10, 0], "y"),
    ],
)
def test_what_is_no_picture_or_class_is_refused(x, y, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        write_playground(tmp_path / "page.html", x, y)
    assert not any(tmp_path.iterdir())

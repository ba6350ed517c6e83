"""Fashion-MNIST: 70,000 pictures of clothes of 28 x 28 pixels, and which of ten kinds each shows."""

import gzip

from numpy_ann.data.idx import parse_idx
from numpy_ann.data.published import FOLDER, Published, TrainAndTest, load

__all__ = ["load_data"]

FILES = (
    Published("train-images-idx3-ubyte.gz", 30_000_000, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    Published("train-labels-idx1-ubyte.gz", 60_000, "25c81989df183df01b3e8a0aad5dffbe"),
    Published("t10k-images-idx3-ubyte.gz", 5_000_000, "bef4ecab320f06d8554ea6380940ec79"),
    Published("t10k-labels-idx1-ubyte.gz", 20_000, "bb300cfdad3c16e7a12a480ee83cd310"),
)


def load_data() -> TrainAndTest:
    """Return the training and test sets, downloading them the first time.

    Pictures are uint8 of shapes (60000, 28, 28) and (10000, 28, 28); kinds uint8 from 0 to 9: T-shirt,
    trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Raises ``ConnectionError`` if the files are nowhere to be had; the message says how to place them by hand.

    Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST", arXiv:1708.07747 (2017), also of the MD5 sums.
    """
    contents = [gzip.decompress(content) for content in load(FILES, None, FOLDER)]  # 55 MB, by their hashes
    x_train, y_train, x_test, y_test = (
        parse_idx(bytearray(content), file.name) for file, content in zip(FILES, contents, strict=True)
    )
    return (x_train, y_train), (x_test, y_test)

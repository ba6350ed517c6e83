"""The explorer's file, looked at without a browser: what is in it, how large, and what it refuses."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.callbacks import History
from numpy_ann.data import mnist
from numpy_ann.errors import escaped
from numpy_ann.inspection import to_html
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, Layer, ReLU, Softmax
from numpy_ann.models import Sequential
from numpy_ann.plots.colors import contrast
from tests.support import missing

EVIL = "</script></script x<!--<script <img src=x onerror=alert(1)>{{data}}\u2028&quot;<!--"
RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, size=(30, 6, 6), dtype=np.uint8)
LABELS = np.arange(30) % 3


def small_model(*layers, **options):
    layers = layers or (Flatten(), Dense(5, activation="relu"), Dropout(0.3), Dense(3, activation="softmax"))
    return Sequential([Input((6, 6)), *layers], seed=0, **options)


class Page(HTMLParser):
    """The page's elements as a browser's parser finds them."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.texts, self.inside = [], {}, None
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside = dict(attributes).get("id", tag) if tag in ("script", "style", "title") else None

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, text):
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + text

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def data(self):
        return json.loads(self.texts["data"])


@pytest.fixture
def page(tmp_path):
    def write(model, x=PICTURES, y=LABELS, **options):
        to_html(model, tmp_path / "explorer.html", x, y, **options)
        return Page(tmp_path / "explorer.html")

    return write


def test_the_weights_are_the_models(page):
    model = small_model()
    model.set_weights([RNG.normal(size=w.shape) for w in model.get_weights()])
    data = page(model).data
    weights = np.frombuffer(base64.b64decode(data["weights"]), "<f4")
    np.testing.assert_array_equal(weights, np.concatenate([w.ravel() for w in model.get_weights()]))
    assert data["stages"] == [
        {"name": "dense", "inputs": 36, "units": 5, "activations": ["relu"]},
        {"name": "dense_1", "inputs": 5, "units": 3, "activations": ["softmax"]},
    ]
    assert (data["rows"], data["columns"], data["before"]) == (6, 6, [])


def test_activation_layers_join_the_dense_layer_before_them(page):
    model = small_model(
        *(Flatten(), Activation("tanh"), Dense(4, use_bias=False), ReLU(), Activation("sigmoid")),
        *(Dropout(0.5), Dense(3, activation="relu"), Softmax()),
    )
    data = page(model).data
    assert data["before"] == ["tanh"]
    assert [stage["activations"] for stage in data["stages"]] == [["relu", "sigmoid"], ["relu", "softmax"]]
    weights = np.frombuffer(base64.b64decode(data["weights"]), "<f4")
    assert len(weights) == 36 * 4 + 4 + 4 * 3 + 3
    assert not weights[36 * 4 : 36 * 4 + 4].any()  # the bias that isn't there


@pytest.mark.parametrize(
    ("x", "scale"),
    [
        (PICTURES, 1.0),
        (PICTURES / 255.0, 1 / 255),
        ((PICTURES / 255.0).astype(np.float32), 1 / 255),
        (PICTURES.astype(np.float64), 1.0),
    ],
)
def test_the_pictures_are_the_test_sets(page, x, scale):
    sample = page(small_model(), x).data["sample"]
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(sample["pictures"])), np.uint8)
    np.testing.assert_array_equal(pixels.reshape(PICTURES.shape), PICTURES)
    assert sample["scale"] == scale
    assert sample["labels"] == LABELS.tolist()


def test_a_sample_is_spread_over_the_test_set(page):
    model = small_model()
    sample = page(model, y=np.eye(3)[LABELS], samples=4).data["sample"]
    assert sample["indices"] == [0, 10, 19, 29]
    assert sample["labels"] == [0, 1, 1, 2]
    assert sample["of"] == 30
    right = model.predict(PICTURES, verbose=0).argmax(axis=1) == LABELS
    assert sample["accuracy"] == right.mean()  # of all, not of the sample


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 1), (36,)])
def test_shapes_of_pictures(page, shape):
    layers = [] if len(shape) == 1 else [Flatten()]
    model = Sequential([Input(shape), *layers, Dense(3)], seed=0)
    data = page(model, PICTURES.reshape(30, *shape)).data
    assert (data["rows"], data["columns"]) == (6, 6)


def test_history(page):
    model = small_model()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(PICTURES / 255.0, LABELS, epochs=2, validation_split=0.1, verbose=0)
    assert isinstance(history, History)
    assert page(model, history=history).data["history"] == history.history
    gaps = {"loss": [1.0, np.nan, np.float32(0.5), np.inf]}
    assert page(model, history=gaps).data["history"] == {"loss": [1.0, None, 0.5, None]}
    assert page(model).data["history"] == {}


def test_text_from_data_stays_text(page):
    evil_layer = EVIL.replace("/", "")
    model = small_model(Flatten(), Dense(3, name=evil_layer))
    model.name = EVIL  # past the check of names at construction
    found = page(model, history={EVIL: [1.0]})
    assert len(found.all("script")) == 2
    assert not found.all("img")
    assert not set("<>&") & set(found.texts["data"])  # nothing that any parser could take for a tag
    assert found.texts["title"].startswith(escaped(EVIL))
    assert found.data["name"] == escaped(EVIL)
    assert found.data["stages"][0]["name"] == escaped(evil_layer)
    assert found.data["history"] == {escaped(EVIL): [1.0]}


def test_nothing_but_the_two_known_texts_may_run_and_nothing_be_fetched(page):
    found = page(small_model())
    (policy,) = [m["content"] for m in found.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(found.texts[kind].encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert set(rules) == {
        *("default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"),
    }


def test_the_page_names_no_address(page):
    found = page(small_model())
    addresses = set(re.findall(r"https?://[^\s\"')]+", found.source))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, which nobody fetches
    for tag, attributes in found.elements:
        assert not {"src", "action", "srcset"} & set(attributes), tag
        assert attributes.get("href", "data:,") == "data:,", tag
        # The policy wouldn't let these work.
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag


def test_controls_have_names_and_ids_are_unique(page):
    found = page(small_model())
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    referred = re.findall(r'byId\("([\w-]+)"\)', found.texts["script"])
    assert len(referred) > 20
    for _, attributes in found.elements:
        referred += [
            attributes[a] for a in ("aria-labelledby", "aria-controls", "aria-describedby") if a in attributes
        ]
    assert set(referred) <= set(ids)


def hex_color(text):
    return [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme):
    """4.5 to 1 for text, as the Web Content Accessibility Guidelines ask."""
    style = Path(__file__).parents[2] / "numpy_ann/inspection/paper.css"
    blocks = re.findall(r"\{([^{}]*--page: [^{}]*)\}", style.read_text())
    assert len(blocks) == 2
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[theme == "dark"]))
    pairs = [*product(("ink", "soft", "accent"), ("page", "card", "paper")), ("on-accent", "accent")]
    pairs += [("ink", "zero")]
    for text, ground in pairs:
        assert contrast(hex_color(colors[text]), hex_color(colors[ground])) >= 4.5, (text, ground)


def test_the_tutorials_model_takes_less_than_3_mb(tmp_path):
    try:
        _, (x, y) = mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    layers = [Flatten(), Dense(128, activation="relu"), Dropout(0.3), Dense(64, activation="relu")]
    model = Sequential([Input((28, 28)), *layers, Dropout(0.3), Dense(10, activation="softmax")], seed=0)
    to_html(model, tmp_path / "e.html", x / 255.0, y, history={"accuracy": [0.9] * 10, "loss": [0.1] * 10})
    assert 1_000_000 < (tmp_path / "e.html").stat().st_size < 3_000_000


class Doubling(Layer):
    def forward(self, x, *, training=False, out=None):
        return 2 * x

    def backward_input(self, dz, *, out=None):
        return 2 * dz


def infinite_weights():
    model = small_model(Flatten(), Dense(3))
    model.set_weights([np.full((36, 3), np.inf), np.zeros(3)])
    return model


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda: Sequential([Flatten(), Dense(3)]), "isn't built"),
        (lambda: small_model(Flatten(), Doubling(), Dense(3)), r"'doubling' \(Doubling\).*Dense"),
        (lambda: small_model(Dense(4), Flatten(), Dense(3)), r"'dense' works on \(6, 6\).*Flatten\(\)"),
        (lambda: small_model(Softmax(), Flatten(), Dense(3)), r"'softmax' works on \(6, 6\)"),
        (lambda: small_model(Flatten()), "classifiers"),
        (lambda: small_model(Flatten(), Dense(1)), "two at least"),
        (lambda: Sequential([Input((7,)), Dense(3)]), r"grey pictures.*\(7,\)"),
        (lambda: Sequential([Input((2, 2, 3)), Flatten(), Dense(3)]), "grey pictures"),
        (infinite_weights, "NaN or infinite"),
    ],
)
def test_models_that_cannot_be_shown(tmp_path, model, said):
    (tmp_path / "e.html").write_text("old")
    made = model()
    shape = made.input_shape[1:] if made.built else (6, 6)
    with pytest.raises(ValueError, match=said):
        to_html(made, tmp_path / "e.html", np.zeros((3, *shape)), [0, 1, 2])
    assert (tmp_path / "e.html").read_text() == "old"


def test_an_activation_function_of_ones_own(tmp_path):
    ours = ReLU().activation._replace(name="swish")
    with pytest.raises(ValueError, match="'swish'"):
        to_html(small_model(Flatten(), Dense(3, activation=ours)), tmp_path / "e.html", PICTURES, LABELS)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (PICTURES[:5], LABELS, "5 and 30 samples"),
        (PICTURES[:0], LABELS[:0], "0 and 0 samples"),
        (PICTURES / 100.0, LABELS, "8-bit pictures"),
        (PICTURES / 255.0 - 0.5, LABELS, "8-bit pictures"),
        (PICTURES * 2.0, LABELS, "8-bit pictures"),
        (PICTURES.clip(1) + 1.0, LABELS, "from 2 to 256"),
        (PICTURES.clip(1) - 2.0, LABELS, "from -1 to 253"),
        (PICTURES, LABELS + 1, "0 to 2"),
        (PICTURES, LABELS - 1, "0 to 2"),
        (PICTURES, LABELS + 0.5, "0 to 2"),
        (PICTURES, np.zeros((30, 4)), "120 samples|class number"),
        (PICTURES, LABELS.astype(str), "class number"),
        (PICTURES[:, :5], LABELS, "shape"),
    ],
)
def test_data_that_do_not_fit(tmp_path, x, y, said):
    with pytest.raises(ValueError, match=said):
        to_html(small_model(), tmp_path / "e.html", x, y)
    assert not list(tmp_path.iterdir())


def test_other_wrong_uses(tmp_path):
    with pytest.raises(TypeError, match="Sequential"):
        to_html("model.keras", tmp_path / "e.html", PICTURES, LABELS)
    for samples in (0, 2.5, True):
        with pytest.raises(ValueError, match="samples"):
            to_html(small_model(), tmp_path / "e.html", PICTURES, LABELS, samples=samples)
    with pytest.raises(OSError, match="nowhere"):
        to_html(small_model(), tmp_path / "nowhere" / "e.html", PICTURES, LABELS)

"""The built site in a real Chromium: its search leads to the page meant; a phone has room for its tables."""

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SITE = os.environ.get("NUMPY_ANN_SITE", "")
pytestmark = pytest.mark.skipif(not SITE, reason="NUMPY_ANN_SITE names no folder that holds the built site")

# What a newcomer may search for, and the page, among the first three, that answers it.
MEANT = {
    "answers": "epsilon;adam epsilon;dropout derivative;derivative of dense;softmax derivative;one unit;"
    "mean over the batch;gradients of a batch;gradient;learning rate too high;rate too high",
    "howto/resume": "resume;crash;checkpoint",
    "howto/photo": "photo;scan",
    "howto/own_pictures": "png;own pictures;folder",
    "howto/table": "csv;own csv;missing values",
    "howto/deeper": "deeper;compare networks",
    "keras_files": "open a file;h5;.keras file",
    "howto/fine_tune": "fine-tune;fine tune;freeze",
    "howto/from_mlpclassifier": "pipeline;estimator;scikit-learn",
    "howto/web_service": "serve;fastapi;web service",
    "howto/imbalanced": "imbalanced;class weights;class_weight",
    "howto/hand_on": "onnx;export",
    "howto/regression": "regression",
    "howto/cluster": "cluster",
    "distribution": "mpi",
    "own_pieces": "own layer;custom layer;custom loss",
    "command_line": "command line",
    "look_inside": "explorer",
    "playground": "playground",
    "start": "install",
    "reference/layers": "dropout;Dense",
    "reference/inspection": "trace",
    "reference/models": "load_model;predict",
    "reference/wrappers": "sample_weight",
}


@pytest.fixture(scope="module")
def address():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def found(page, address, words):
    """The pages that a search finds, the best first."""
    page.goto(f"{address}/search.html?q={words.replace(' ', '+')}")
    page.wait_for_function("/found|match/.test(document.querySelector('.search-summary')?.textContent)")
    links = page.locator("#search-results ul.search > li > a").all()[:3]
    return [link.get_attribute("href").partition(".html")[0] for link in links]


@pytest.mark.parametrize("meant", MEANT)
def test_a_search_leads_to_the_page_meant(page, address, meant):
    for words in MEANT[meant].split(";"):
        assert meant in found(page, address, words), words


@pytest.mark.parametrize("name", ["keras_files", "howto/from_mlpclassifier", "howto/table", "command_line"])
def test_a_phone_has_room_for_the_tables(page, name):
    page.goto((Path(SITE).resolve() / f"{name}.html").as_uri())
    beyond = (
        "[...document.querySelectorAll('article table.docutils')].map((t) => t.scrollWidth - t.clientWidth)"
    )
    assert max(page.evaluate(beyond), default=0) <= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

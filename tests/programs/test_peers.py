"""The peers that need no heavy library do the work they are timed for: they learn."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.images import write_made_up
from benchmarks.peers import matrix_products, ours, scikit_learn, textbook_numpy
from benchmarks.peers.interface import MappedFile, Network, load_images

LEARNING = [ours, textbook_numpy, scikit_learn]


def name_of(module):
    return module.__name__.rpartition(".")[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_made_up(tmp_path, train=1000, test=200)
    return tmp_path


@pytest.mark.parametrize("module", [*LEARNING, matrix_products], ids=name_of)
def test_train_takes_the_time_of_every_epoch(module, folder):
    x, y = load_images(folder, "train")
    peer = module.make()
    peer.build(x[:300], y[:300], Network(hidden=(8, 4), batch_size=128))  # the last batch has 44
    seconds = peer.train(2)
    assert len(seconds) == 2
    assert min(seconds) > 0


@pytest.mark.parametrize("module", LEARNING, ids=name_of)
def test_peers_learn(module, folder):
    x, y = load_images(folder, "train")
    peer = module.make()
    peer.build(x, y, Network(batch_size=32))
    before = peer.accuracy(x, y)
    peer.train(5)
    assert before < 0.5
    assert peer.accuracy(*load_images(folder, "test")) > 0.9


@pytest.mark.parametrize("module", LEARNING, ids=name_of)
def test_predictions_are_probabilities_in_float32(module, folder):
    x, y = load_images(folder, "train")
    peer = module.make()
    peer.build(x, y, Network())
    p = peer.predict(x[:7])
    assert p.shape == (7, 10)
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("module", LEARNING, ids=name_of)
def test_tutorial_returns_the_test_accuracy(module, folder):
    accuracy = module.make().tutorial(folder, epochs=1)
    assert isinstance(accuracy, float)
    assert 0 <= accuracy <= 1


@pytest.mark.parametrize("module", [ours, textbook_numpy], ids=name_of)
def test_mapped_images_are_trained_on(module, tmp_path):
    images = np.lib.format.open_memmap(tmp_path / "x.npy", mode="w+", dtype=np.uint8, shape=(200, 784))
    images[...] = 1
    mapped = MappedFile(np.load(tmp_path / "x.npy", mmap_mode="r"), np.zeros(200, dtype=np.uint8))
    peer = module.make()
    peer.train_mapped(mapped, Network(hidden=(32,), batch_size=10))
    p = peer.predict(np.ones((1, 784), dtype=np.float32))
    assert p.argmax() == 0  # the one label there was
    assert p.max() > 0.3


def test_textbook_stays_in_float32(folder):
    x, y = load_images(folder, "train")
    peer = textbook_numpy.make()
    peer.build(x, y, Network())
    peer.train(1)
    assert {array.dtype for array in peer._parameters + peer._m + peer._v} == {np.dtype(np.float32)}


def test_matrix_products_are_those_of_a_training_step(folder):
    x, y = load_images(folder, "train")
    peer = matrix_products.make()
    peer.build(x[:16], y[:16], Network(hidden=(8, 4), batch_size=16))
    peer.train(1)
    x = x[:16].reshape(16, -1)
    W1, W2, W3 = peer._W
    dz3 = peer._gradients[-1]
    np.testing.assert_allclose(peer._outputs[-1], x @ W1 @ W2 @ W3, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(peer._dW[2], (x @ W1 @ W2).T @ dz3, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(peer._dW[0], x.T @ (dz3 @ W3.T @ W2.T), rtol=1e-4, atol=1e-4)

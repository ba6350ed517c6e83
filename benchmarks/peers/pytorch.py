"""PyTorch, eager: the data as tensors, a batch by ``index_select``, fused Adam."""

import numpy as np
import torch
from torch import nn

from benchmarks.peers.interface import MappedFile, Network, Peer, seconds_of

__all__ = ["make"]


class PyTorch(Peer):
    """The usual training loop; the loss is summed up without leaving the tensor."""

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Make a new module and optimizer."""
        torch.manual_seed(0)
        self._x = torch.from_numpy(x.reshape(len(x), -1))
        self._y = torch.from_numpy(y.astype(np.int64))
        stack: list[nn.Module] = []
        inputs = self._x.shape[1]
        for units in network.hidden:
            stack += [nn.Linear(inputs, units), nn.ReLU(), nn.Dropout(network.dropout)]
            inputs = units
        self._model = nn.Sequential(*stack, nn.Linear(inputs, network.classes))
        self._optimizer = torch.optim.Adam(self._model.parameters(), fused=True)
        self._loss = nn.CrossEntropyLoss()
        self._batch_size = network.batch_size

    def train(self, epochs: int) -> list[float]:
        """Train on the tensors."""
        self._model.train()
        return seconds_of(self._epoch, epochs)

    def _epoch(self) -> float:
        samples = len(self._x)
        total = torch.zeros(())
        for indices in torch.randperm(samples).split(self._batch_size):
            x, y = self._x.index_select(0, indices), self._y.index_select(0, indices)
            self._optimizer.zero_grad(set_to_none=True)
            loss = self._loss(self._model(x.to(torch.float32)), y)
            loss.backward()
            self._optimizer.step()
            total += loss.detach() * len(indices)
        return total.item() / samples

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, of all samples at once."""
        self._model.eval()
        with torch.inference_mode():
            logits = self._model(torch.from_numpy(x.reshape(len(x), -1)))
            return torch.softmax(logits, dim=1).numpy()

    def train_mapped(self, mapped: MappedFile, network: Network) -> None:
        """Train on a tensor that shares the mapped memory; a batch is cast as it is used."""
        self.build(mapped.images, mapped.labels, network)
        self.train(1)


def make() -> PyTorch:
    """Return the peer."""
    return PyTorch()

"""Lesson 10: a residual block.

The question: a network of forty layers should be able to do what one of four does. Why doesn't it learn, and
how does a sum mend it?

You'll see the gradient on its way back through a chain of forty layers, where each multiplies it by a matrix
and by slopes below 1, so that it shrinks, and what is left of it says little; the same forty layers, each of
which adds to its input what it has to say, y = x + f(x), so that the gradient has a way around: dx = dy, and
beside it what comes through f; and what both have learned after the same number of steps.

Try:
- `BLOCKS = 4`: the chain learns, too.
- `BLOCKS = 80`: the chain's first layers get next to nothing, and the residual network still learns.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.data.toy import spirals
from numpy_ann.inspection import trace
from numpy_ann.layers import Add, Dense, Input
from numpy_ann.models import Model
from numpy_ann.plots import plot_decision_map
from numpy_ann.utils import set_random_seed

BLOCKS, UNITS, EPOCHS, SEED = 40, 16, 60, 1
picture = start(__file__, __doc__)

x, y = spirals(600, seed=0)


def network(residual):
    """Return a network of many layers, each with a way around it or not; both from the same weights."""
    set_random_seed(SEED)
    inputs = Input((2,))
    h = Dense(UNITS, name="first")(inputs)
    for i in range(BLOCKS):
        said = Dense(UNITS, activation="tanh", name=f"block_{i}")(h)
        h = Add(name=f"sum_{i}")([h, said]) if residual else said
    model = Model(inputs, Dense(1, activation="sigmoid", name="last")(h), seed=SEED)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# 1. The gradient of the loss with respect to what each layer makes, before any training.
names = {"a chain": "block_{}", "residual": "sum_{}"}
models = {"a chain": network(residual=False), "residual": network(residual=True)}
seen = {kind: trace(model, x, y) for kind, model in models.items()}
sizes = {}
for kind, name in names.items():
    outputs = [name.format(i) for i in range(BLOCKS)]
    sizes[kind] = [np.abs(seen[kind][f"{output}/output/gradient"]).mean() for output in outputs]
    ends = f"{sizes[kind][-1]:.1e} behind the last block, {sizes[kind][0]:.1e} behind the first"
    print(f"{kind:9} the gradient is {ends}")

# 2. By hand, back through the residual blocks: dz = dy (1 - tanh^2), dx = dy + dz W^T. Without the first term
# it is the chain's, dx = dz W^T, and nothing but a product of forty such is what gets to the first block.
for kind, t in seen.items():
    dy = t[names[kind].format(BLOCKS - 1) + "/output/gradient"]
    for i in reversed(range(1, BLOCKS)):
        said, W = t[f"block_{i}/output"], t[f"block_{i}/kernel"]
        dz = dy * (1 - said**2)
        dy = dz @ W.T + (dy if kind == "residual" else 0)
    difference = np.abs(dy - t[names[kind].format(0) + "/output/gradient"]).max()
    print(f"{kind:9} largest difference of the one by hand from the trace's: {difference:.0e}")

# 3. And so it learns.
losses = {}
for kind, model in models.items():
    history = model.fit(x, y, epochs=EPOCHS, batch_size=32, verbose=0)
    losses[kind] = history.history["loss"]
    right = history.history["accuracy"][-1]
    print(f"{kind:9} after {EPOCHS} epochs: loss {losses[kind][-1]:.3f}, {right:.1%} right")

figure, (left, middle, right) = plt.subplots(
    1, 3, figsize=(8, 3), width_ratios=[3, 3, 4], layout="constrained"
)
for (kind, size), color in zip(sizes.items(), ("C1", "C0"), strict=True):
    left.semilogy(range(1, BLOCKS + 1), size, color=color, label=kind)
    middle.plot(losses[kind], color=color)
left.set(title="The gradient that arrives", xlabel="block", ylabel="mean size of dL/dy")
left.legend()
middle.set(title="What they learn", xlabel="epoch", ylabel="loss", ylim=(0, None))
plot_decision_map(models["residual"], x, y, ax=right)
right.set(title="The residual network's map", xticks=[], yticks=[])
save(figure, picture)

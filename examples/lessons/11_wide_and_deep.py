"""Lesson 11: wide and deep.

The question: a table has words and numbers side by side. How does a network read both, and why do people give
it two ways from the table to the answer?

You'll see a table of flats, whose rent depends on the district, on the size, and on what the two have to do
with each other; how words become numbers, by a vocabulary and a row of a matrix for each word; a wide way, in
which every word has a weight of its own, a deep way through hidden layers, and both added up; and where the
deep way has put the districts, which nobody told it anything about.

Try:
- `FLATS = 150`: with so little to learn from, and so few steps, all are further off, the wide way most.
- `DIMENSIONS = 1`: a district is one number, what a square metre costs there, and the deep way does as well.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.layers import Add, Concatenate, Dense, Embedding, Flatten, Input, Normalization, StringLookup
from numpy_ann.models import Model
from numpy_ann.utils import set_random_seed

FLATS, DIMENSIONS, EPOCHS, SEED = 1500, 2, 60, 3
picture = start(__file__, __doc__)

# 1. The table, drawn from a rule of our own: rent = size * what a square metre costs there + 3 * floor.
prices = {"Harbour": 21, "Old Town": 19, "Park": 17, "Station": 13, "Mill": 12, "North": 9, "Heath": 8}
rng = np.random.default_rng(SEED)
district = rng.choice(list(prices), size=(FLATS + 500, 1))
size, floor = rng.uniform(20, 120, FLATS + 500), rng.integers(0, 6, FLATS + 500)
square_metre = np.array([prices[name] for name in district[:, 0]])
rent = (size * square_metre + 3 * floor + rng.normal(0, 40, FLATS + 500))[:, np.newaxis] / 1000
numbers = np.stack([size, floor], axis=1).astype(float)
learn, check = slice(0, FLATS), slice(FLATS, None)

# 2. What the table has to be looked at for before: its words, the most frequent first, and what is usual of
# the numbers. 0 is for words that nobody has seen.
lookup, normalization = StringLookup(), Normalization()
lookup.adapt(district[learn])
normalization.adapt(numbers[learn])
found, counts = np.unique(district[learn], return_counts=True)
print("the vocabulary:", ", ".join(lookup.get_vocabulary()))
by_hand = found[np.argsort(-counts, kind="stable")].tolist()
print("by hand, by how often they are there:", ", ".join(by_hand))


def network(wide, deep):
    """Return a model of two inputs, with one way from the table to the rent, or with both."""
    set_random_seed(SEED)
    words, figures = Input((1,), dtype="string", name="district"), Input((2,), name="numbers")
    code, z = lookup(words), normalization(figures)
    ways = []
    if wide:  # a weight for each district: a row of a matrix of one column; and one for each number
        ways += [Flatten()(Embedding(len(prices) + 1, 1, name="of_each_district")(code)), Dense(1)(z)]
    if deep:
        place = Flatten()(Embedding(len(prices) + 1, DIMENSIONS, name="places")(code))
        hidden = Dense(32, activation="relu", name="hidden")(Concatenate()([place, z]))
        ways += [Dense(1, name="out")(Dense(16, activation="relu", name="hidden_2")(hidden))]
    model = Model([words, figures], Add(name="rent")(ways) if len(ways) > 1 else ways[0], seed=SEED)
    model.compile("adam", "mse")
    return model


# 3. Three networks, and how far off they are, on flats that they haven't seen, in the currency of rents.
def columns(rows):
    """Return those rows of the table, by the inputs' names."""
    return {"district": district[rows], "numbers": numbers[rows]}


off, models = {}, {}
for kind, ways in {"wide": (True, False), "deep": (False, True), "wide and deep": (True, True)}.items():
    model = models[kind] = network(*ways)
    model.fit(columns(learn), rent[learn], epochs=EPOCHS, batch_size=32, verbose=0)
    off[kind] = 1000 * (model.predict(columns(check), verbose=0) - rent[check])[:, 0]
    print(f"{kind:14} is off by {np.abs(off[kind]).mean():4.0f} on average; chance alone is 40 * 0.8 = 32")

# 4. The deep way by hand: the row of the matrix for the word, beside the numbers; then dense layers.
deep = models["deep"]
E = deep.get_layer("places").get_weights()[0]
code = np.array([1 + by_hand.index(name) for name in district[check][:, 0]])
h = np.concatenate([E[code], (numbers[check] - normalization.mean) / np.sqrt(normalization.variance)], axis=1)
for name in ("hidden", "hidden_2", "out"):
    W, b = deep.get_layer(name).get_weights()
    h = h @ W + b if name == "out" else np.maximum(h @ W + b, 0)
difference = np.abs(h - deep.predict(columns(check), verbose=0)).max()
print(f"Largest difference of the deep way by hand from the network's: {difference:.0e}")

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
costs = [prices[name] for name in by_hand]
across = E[1:, 1] if DIMENSIONS > 1 else np.zeros(len(by_hand))
dots = left.scatter(E[1:, 0], across, c=costs, s=80)
for name, a, b in zip(by_hand, E[1:, 0], across, strict=True):
    left.annotate(name, (a, b), (6, 4), textcoords="offset points", fontsize="small")
left.margins(0.35, 0.15)
left.set(title="Where the deep way puts the districts", xlabel="E[:, 0]", ylabel="E[:, 1]")
figure.colorbar(dots, ax=left, label="a square metre costs")
bins = np.linspace(-600, 600, 61)
for kind, color in zip(("wide", "wide and deep"), ("C1", "C0"), strict=True):
    right.hist(off[kind], bins, histtype="stepfilled", alpha=0.6, color=color, label=kind)
right.set(title="How far off they are", xlabel="predicted minus true rent", ylabel="flats")
right.legend(fontsize=8)
save(figure, picture)

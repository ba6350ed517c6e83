"""Lesson 8: from scratch to Keras and back.

The question: what is in a model's file, and what does it take to go on from it, here or in Keras?

You'll see a `.keras` file opened with a zip reader and an HDF5 reader: some text, some arrays. Two lines of
NumPy on those arrays give the network's predictions. A model that is loaded again learns on as if nothing had
happened. So does Keras, where it is installed: `pip install keras jax`, and set KERAS_BACKEND=jax.

Try:
- `OPTIMIZER = "sgd"`: the file has a third of the numbers, as plain SGD remembers nothing between steps.
- `SHUFFLE = True`: the reloaded model still learns on to the same bits, because the state of the random
  numbers is in the file, too. Keras draws other numbers, so its batches and its losses are others.
"""

import json
import zipfile
from io import BytesIO

import h5py
import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential, load_model

OPTIMIZER, SHUFFLE, EPOCHS = "adam", False, 15
picture = start(__file__, __doc__)

# 1. A small network, trained for a while and saved. It is to tell points within a circle from those outside.
points = np.random.default_rng(0).normal(size=(3000, 2)).astype("float32")
outside = (np.linalg.norm(points, axis=1) > 1.2).astype(int)
(x, x_test), (y, y_test) = np.split(points, [2000]), np.split(outside, [2000])
model = Sequential([Input((2,)), Dense(32, activation="tanh"), Dense(2, activation="softmax")], seed=0)
model.compile(OPTIMIZER, "sparse_categorical_crossentropy", metrics=["accuracy"])
before = model.fit(x, y, epochs=EPOCHS, shuffle=SHUFFLE, verbose=0).history["loss"]
print(f"Right of 1,000 points that it hasn't seen: {model.evaluate(x_test, y_test, verbose=0)[1]:.1%}\n")
file = picture.with_suffix(".keras")
model.save(file)

# 2. The file, by hand: a zip archive of two texts and one HDF5 file of arrays.
with zipfile.ZipFile(file) as archive:
    for member in archive.infolist():
        print(f"{member.filename:<18} {member.file_size:6} bytes")
    config = json.loads(archive.read("config.json"))
    weights = h5py.File(BytesIO(archive.read("model.weights.h5")))
for layer in config["config"]["layers"]:
    options = {name: layer["config"][name] for name in ("units", "activation") if name in layer["config"]}
    print(f"  {layer['class_name']:<11}", options or "")

arrays = {}


def collect(path, item):
    if isinstance(item, h5py.Dataset):
        arrays[path] = item[()]
        print(f"  {path:<24} {item.shape} {item.dtype}")


weights.visititems(collect)

W1, b1, W2, b2 = (arrays[f"layers/{layer}/vars/{i}"] for layer in ("dense", "dense_1") for i in (0, 1))
z = np.tanh(x @ W1 + b1) @ W2 + b2
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
predicted = model.predict(x, verbose=0)
print(f"Largest difference of these predictions by hand from the model's: {np.abs(p - predicted).max():.0e}")

# 3. Back again. The optimizer's arrays are in the file, too, so training goes on where it stopped.
reloaded = load_model(file)
equal = np.array_equal(reloaded.predict(x, verbose=0), predicted)
print(f"\nReloaded: the same predictions to the last bit: {equal}")
here, there = (
    m.fit(x, y, epochs=EPOCHS, shuffle=SHUFFLE, verbose=0).history["loss"] for m in (model, reloaded)
)
print(f"{EPOCHS} more epochs: the same losses to the last bit: {here == there}")
right, reloaded_right = (m.evaluate(x_test, y_test, verbose=0)[1] for m in (model, reloaded))
print(f"Right of the 1,000 points now: {right:.1%}, and {reloaded_right:.1%} reloaded")

# 4. And in Keras.
curves = {"trained on, here": here, "reloaded and trained on": there}
try:
    import keras
except ImportError as error:
    print(f"\nKeras can't be imported here ({error}), so this ends with the file it would read.")
else:
    in_keras = keras.models.load_model(file)
    difference = np.abs(in_keras.predict(x, verbose=0) - predicted).max()
    print(
        f"\nKeras {keras.__version__} reads the file; largest difference of its predictions: {difference:.0e}"
    )
    fitted = in_keras.fit(x, y, epochs=EPOCHS, shuffle=SHUFFLE, verbose=0).history["loss"]
    curves["read by Keras and trained on"] = fitted
    difference = np.abs(np.subtract(fitted, here)).max()
    print(f"{EPOCHS} more epochs in Keras: largest difference of the losses {difference:.0e}")
    print(f"Right of the 1,000 points in Keras: {in_keras.evaluate(x_test, y_test, verbose=0)[1]:.1%}")
    in_keras.save(file)  # and back
    difference = np.abs(load_model(file).predict(x, verbose=0) - in_keras.predict(x, verbose=0)).max()
    print(f"Handed back: largest difference of our predictions from Keras' {difference:.0e}")

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
names = [path.replace("/vars/", " ") for path in arrays]
left.barh(names, [array.size for array in arrays.values()], color="C0")
left.invert_yaxis()
left.set(xlabel="numbers", title="The arrays in the file")
left.tick_params(axis="y", labelsize=8)
right.plot(np.arange(EPOCHS) + 1, before, color="0.5", label="before saving")
for (name, losses), style in zip(curves.items(), ("-", "+", "x"), strict=False):
    right.plot(np.arange(EPOCHS, 2 * EPOCHS) + 1, losses, style, label=name)
right.set(xlabel="epoch", title="The loss")
right.legend(fontsize=8)
save(figure, picture)

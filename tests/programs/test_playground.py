"""The playground in a real Chromium: its steps are the library's, its files Keras', and it asks nobody."""

import json
import re
import zipfile
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest

from numpy_ann import layers, losses, optimizers
from numpy_ann.data import toy
from numpy_ann.inspection import write_playground
from numpy_ann.layers import BatchNormalization, Dense, Dropout, Input, Normalization
from numpy_ann.models import Model, Sequential, load_model
from numpy_ann.regularizers import L1L2

FUNCTIONS = (
    *("linear", "relu", "leaky_relu", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "softplus"),
    "softsign",
)
OPTIMIZERS = [
    *(
        {"name": name}
        for name in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Lion")
    ),
    {"name": "SGD", "momentum": 0.9},
    {"name": "SGD", "momentum": 0.9, "nesterov": True},
    {"name": "AdamW", "weight_decay": 0.1},
    {"name": "RMSprop", "rho": 0.6, "epsilon": 0.03},
    {"name": "Lion", "beta_1": 0.7, "beta_2": 0.6},
    *(
        {"name": name, "beta_1": 0.6, "beta_2": 0.9, "epsilon": 0.02}
        for name in ("Adam", "AdamW", "Adamax", "Nadam")
    ),
]
# The losses, each with what may stand before it.
LOSSES = [
    ("binary_crossentropy", 1, "sigmoid"),
    ("categorical_crossentropy", 3, "softmax"),
    ("mean_squared_error", 1, "linear"),
    ("mean_squared_error", 1, "sigmoid"),
    ("mean_squared_error", 3, "softmax"),
    ("mean_absolute_error", 1, "linear"),
]
# Takes the steps in the page, from weights given, and gives back what they have become.
STEPS = """({spec, weights, batches, masks}) => {
  const network = build({...spec, layers: spec.layers.map((layer) => ({...layer}))}, 1);
  const places = () => network.layers.flatMap((layer) => layer.kind === "BatchNormalization"
    ? [...layer.variables, layer.movingMean, layer.movingVariance] : layer.variables ?? []);
  places().forEach((place, i) => place.value.set(weights[i]));
  for (const [x, y, rows] of batches) {
    network.random.masks = masks.map((mask) => Float64Array.from(mask));
    trainStep(network, Float64Array.from(x), Float64Array.from(y), rows);
  }
  const [x, y, rows] = batches[0];
  const scored = score(network, Float64Array.from(x), Float64Array.from(y), rows);
  return {weights: places().map(({value}) => Array.from(value)), ...scored};
}"""


HELD: list[int] = []  # how many numbers of the page each comparison held against the library's


@pytest.fixture(scope="module", autouse=True)
def counts(request):
    yield
    line = f"playground: {sum(HELD):,} weights of {len(HELD)} networks as the library's after their steps"
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{line}")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page, with 60 pictures of two kinds: an upper or a lower half inked."""
    rng = np.random.default_rng(1)
    y = np.arange(60) % 2
    x = np.zeros((60, 6, 6), np.uint8)
    x[y == 0, :3] = x[y == 1, 3:] = 200
    path = tmp_path_factory.mktemp("playground") / "playground.html"
    write_playground(path, x + rng.integers(0, 40, x.shape, dtype=np.uint8), y)
    return path


@pytest.fixture
def page(visit, address):
    return visit(address)


def dense(units, activation, l1=0.0, l2=0.0):
    options = {"initializer": "glorot_uniform", "l1": l1, "l2": l2}
    return {"kind": "Dense", "units": units, "activation": activation, **options}


def spec(page, end, hidden, optimizer=None):
    """A network for the page, whose optimizer has the page's own options where none are given."""
    loss, units, activation = end
    optimizer = optimizer or {"name": "SGD"}
    own = page.evaluate("(name) => OPTIMIZERS[name].options", optimizer["name"])
    optimizer = {"rate": 0.05, **own, **optimizer}
    return {"inputs": 2, "loss": loss, "layers": [*hidden, dense(units, activation)], "optimizer": optimizer}


def made(spec):
    """The library's model of what the page is told."""
    stack = []
    for layer in spec["layers"]:
        if layer["kind"] == "Dense":
            penalty = L1L2(layer["l1"], layer["l2"])
            stack.append(Dense(layer["units"], activation=layer["activation"], kernel_regularizer=penalty))
        else:
            stack.append(BatchNormalization())
    model = Sequential([Input((2,)), *stack], dtype="float64", seed=3)
    own = {name: value for name, value in spec["optimizer"].items() if name not in ("name", "rate")}
    optimizer = getattr(optimizers, spec["optimizer"]["name"])
    model.compile(optimizer(spec["optimizer"]["rate"], **own), spec["loss"], metrics=["accuracy"])
    return model


def batches_for(activation, steps=4, rows=5):
    rng = np.random.default_rng(7)
    for _ in range(steps):
        x, label = rng.normal(size=(rows, 2)), rng.integers(0, 3, rows)
        y = {"softmax": np.eye(3)[label], "linear": rng.normal(size=(rows, 1))}
        yield x, y.get(activation, (label[:, np.newaxis] > 1).astype(float))


def in_page(page, spec, model, batches, masks=()):
    given = [[x.ravel().tolist(), y.ravel().tolist(), len(x)] for x, y in batches]
    weights = [w.ravel().tolist() for w in model.get_weights()]
    masks = [mask.ravel().tolist() for mask in masks]
    return page.evaluate(STEPS, {"spec": spec, "weights": weights, "batches": given, "masks": masks})


def check_steps(page, spec):
    activation = spec["layers"][-1]["activation"]
    model, batches = made(spec), list(batches_for(activation))
    theirs = in_page(page, spec, model, batches)
    for x, y in batches:
        model.train_on_batch(x, y)
    for ours, value in zip(model.get_weights(), theirs["weights"], strict=True):
        np.testing.assert_allclose(np.reshape(value, ours.shape), ours, rtol=1e-6, atol=1e-6)
    HELD.append(sum(weights.size for weights in model.get_weights()))
    loss, accuracy = model.evaluate(*batches[0], verbose=0)
    assert theirs["loss"] == pytest.approx(loss, abs=1e-5)
    if activation != "linear":
        assert theirs["accuracy"] == pytest.approx(accuracy)


def test_each_optimizer_takes_the_librarys_steps(page):
    for optimizer in OPTIMIZERS:
        rate = {"Adadelta": 1.0, "Lion": 0.01}.get(optimizer["name"], 0.05)
        check_steps(page, spec(page, LOSSES[0], [dense(4, "tanh")], {"rate": rate, **optimizer}))
    assert {each["name"] for each in OPTIMIZERS} == set(page.evaluate("Object.keys(OPTIMIZERS)"))


def test_each_function_loss_and_penalty_gives_the_librarys_steps(page):
    assert set(FUNCTIONS) == set(page.evaluate("Object.keys(FUNCTIONS)"))
    assert {loss for loss, *_ in LOSSES} == set(page.evaluate("Object.keys(LOSSES)"))
    offered = page.evaluate("LOSSES_BY_ACTIVATION")
    assert {(loss, activation) for loss, _, activation in LOSSES} == {
        (loss, activation) for activation, losses in offered.items() for loss in losses
    }
    for name, end in zip(FUNCTIONS, (LOSSES * 4)[: len(FUNCTIONS)], strict=True):
        check_steps(page, spec(page, end, [dense(4, name, l1=0.01, l2=0.02)]))


def test_batch_normalization_and_depth(page):
    hidden = [dense(4, "relu"), {"kind": "BatchNormalization"}, dense(3, "tanh")]
    check_steps(page, spec(page, LOSSES[1], hidden, {"name": "Adam"}))


def test_a_softmax_between_layers(page):
    check_steps(page, spec(page, LOSSES[0], [dense(4, "softmax")]))


def test_dropout_is_a_product_with_its_mask(page):
    # The mask is drawn at random; so the library takes it as a second input, and multiplies.
    mask = np.array([[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0]])
    x, m = Input((2,)), Input((4,))
    y = Dense(1, activation="sigmoid")(layers.Multiply()([Dense(4, activation="tanh")(x), m]))
    model = Model([x, m], y, dtype="float64")
    model.compile(optimizers.SGD(0.05), "binary_crossentropy")
    hidden = [dense(4, "tanh"), {"kind": "Dropout", "rate": 0.25}]
    rows = np.array([[1.0, -2.0], [0.5, 0.3], [-1.0, 0.1]]), np.array([[1.0], [0.0], [1.0]])
    theirs = in_page(page, spec(page, LOSSES[0], hidden), model, [rows], [mask])
    model.train_on_batch([rows[0], mask / 0.75], rows[1])
    for ours, value in zip(model.get_weights(), theirs["weights"], strict=True):
        np.testing.assert_allclose(np.reshape(value, ours.shape), ours, rtol=0, atol=1e-9)


def predictions(page, x):
    given = np.asarray(x, float).ravel().tolist()
    code = "([x, rows]) => Array.from(predict(playground.network, Float64Array.from(x), rows))"
    return np.reshape(page.evaluate(code, [given, len(x)]), (len(x), -1))


def saved(page, tmp_path):
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "playground.keras")
    return load_model(tmp_path / "playground.keras")


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "Nadam", "Adagrad"])
def test_a_network_saved_is_opened_by_the_library_and_trained_on(page, tmp_path, optimizer):
    page.get_by_label("Optimizer").select_option(optimizer)
    page.get_by_label("Add a layer").select_option("BatchNormalization")
    page.click("#one-epoch")
    model = saved(page, tmp_path)
    x = toy.spirals(40)[0]
    np.testing.assert_allclose(model.predict(x, verbose=0), predictions(page, x), rtol=0, atol=1e-6)
    # The next batch in both: the optimizer's state came along.
    assert model.optimizer.iterations == page.evaluate("playground.network.iterations") > 0
    batch = """() => {
      const batch = playground.batchNow();
      const [x, y] = [inputsOf(playground.data, batch), targetsOf(playground.data, batch)];
      playground.train(1);
      return [Array.from(x), Array.from(y)];
    }"""
    x, y = (np.array(numbers) for numbers in page.evaluate(batch))
    model.train_on_batch(x.reshape(-1, 2), y)
    x = toy.spirals(40)[0]
    np.testing.assert_allclose(model.predict(x, verbose=0), predictions(page, x), rtol=0, atol=1e-5)


def test_a_table_and_pictures_are_saved_with_what_prepares_them(page, tmp_path):
    page.click("text=CSV")
    rows = [(i, 100 - 3 * i, "yes" if i % 3 else "no") for i in range(30)]
    page.fill("#table-text", "a, b, kind\n" + "\n".join(f"{a}, {b}, {c}" for a, b, c in rows))
    page.click("text=Use this table")
    page.click("#one-epoch")
    model = saved(page, tmp_path)
    assert isinstance(model.layers[0], Normalization)
    x = np.array([row[:2] for row in rows], float)
    code = "Array.from(predict(playground.network, inputsOf(playground.data, [...Array(30).keys()]), 30))"
    np.testing.assert_allclose(model.predict(x, verbose=0).ravel(), page.evaluate(code), rtol=0, atol=1e-5)

    page.click("text=digits")
    page.click("#one-epoch")
    model = saved(page, tmp_path)
    assert model.input_shape == (None, 6, 6)
    x = np.arange(36.0).reshape(1, 6, 6)
    np.testing.assert_allclose(model.predict(x, verbose=0), predictions(page, x / 255), rtol=0, atol=1e-6)


def a_model(*hidden, outputs=1, activation="sigmoid", inputs=(2,)):
    model = Sequential([Input(inputs), *hidden, Dense(outputs, activation=activation)], seed=2)
    loss = "binary_crossentropy" if outputs == 1 else "categorical_crossentropy"
    model.compile(optimizers.RMSprop(0.003), loss)
    return model


def open_file(page, path):
    page.set_input_files("#file", path)
    page.wait_for_selector("#message:not([hidden])")
    return page.inner_text("#message")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_the_librarys_is_opened(page, tmp_path, packed):
    model = a_model(
        Dense(7, activation="gelu"), BatchNormalization(), Dropout(0.3), Dense(3, activation="elu")
    )
    x, y = toy.spirals(100)
    model.fit(x, y, epochs=2, verbose=0)
    path = tmp_path / "mine.keras"
    model.save(path)
    if packed:  # as other programs pack archives
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    assert open_file(page, path) == "mine.keras is open. Its optimizer begins anew."
    np.testing.assert_allclose(predictions(page, x), model.predict(x, verbose=0), rtol=0, atol=1e-6)
    assert page.get_by_label("Optimizer").input_value() == "RMSprop"
    assert page.locator(".column header strong").all_inner_texts() == [
        "Input", "Dense", "BatchNormalization", "Dropout", "Dense", "Output",
    ]  # fmt: skip


def test_files_that_do_not_fit_say_why_and_change_nothing(page, tmp_path):
    named = (tmp_path / f"{i}.keras" for i in count())
    before = page.evaluate("Array.from(playground.network.layers[0].kernel.value)")

    def complaint(model):
        path = next(named)
        model.save(path)
        return open_file(page, path)

    assert "reads 3 numbers; the data chosen here has 2" in complaint(a_model(inputs=(3,)))
    assert "asks for 1 of sigmoid" in complaint(a_model(outputs=3, activation="softmax"))
    assert "has no layer LayerNormalization" in complaint(a_model(layers.LayerNormalization()))
    assert 'has no activation "mish"' in complaint(a_model(Dense(2, activation="mish")))
    x = Input((2,))
    functional = Model(x, Dense(1)(layers.Add()([x, x])))
    assert "has no models of class Functional" in complaint(functional)

    def complaint_about(content, name="config.json"):
        path = next(named)
        a_model().save(path)
        with zipfile.ZipFile(path) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for each, held in members.items():
                archive.writestr(each, content if each == name else held)
        return open_file(page, path)

    assert "its configuration is no JSON" in complaint_about("{")
    assert "another kind or version of HDF5" in complaint_about(b"no HDF5 at all" * 20, "model.weights.h5")
    whole = next(named)
    a_model(Dense(9)).save(whole)
    with zipfile.ZipFile(whole) as archive:
        content = archive.read("model.weights.h5")
    assert "Layer 1 of this file has weights" in complaint_about(content, "model.weights.h5")
    assert "not as Keras writes them" in complaint_about(content[:3000], "model.weights.h5")
    nothing = next(named)
    nothing.write_bytes(b"no archive")
    assert "it is no zip archive" in open_file(page, nothing)
    assert page.evaluate("Array.from(playground.network.layers[0].kernel.value)") == before


def test_it_learns_while_one_watches(page):
    page.click("text=blobs")
    first = page.evaluate("playground.scores.training.loss")
    page.click("#play")
    page.wait_for_timeout(1500)
    page.click("#play")
    assert page.evaluate("playground.scores.test.accuracy") > 0.9
    assert page.evaluate("playground.scores.training.loss") < first / 2
    assert "Epoch" in page.inner_text("#progress")
    assert page.locator("#curves path").count() == 4  # loss and percent right, of training and test
    page.locator(".unit").nth(2).click()
    assert "Unit 3 of layer 1: f(z) = tanh(z)" in page.inner_text("#answer-note")
    epoch = page.evaluate("playground.epoch")
    page.click("#one-step")
    assert page.evaluate("[playground.epoch, playground.at]") == [epoch, 32]
    page.get_by_label("One unit more").first.click()
    assert page.evaluate("[playground.epoch, playground.network.layers[0].units]") == [0, 9]


def test_the_step_opened_is_the_next_one(page):
    page.get_by_label("Batch size").select_option("4")
    page.get_by_label("Optimizer").select_option("SGD")
    opened = page.evaluate("""() => {
      const p = playground;
      const { after } = openStep(p.network, p.data, p.batchNow());
      p.train(1);
      return [after, p.network].map(({ layers }) => layers.map(({ kernel }) => Array.from(kernel.value)));
    }""")
    assert opened[0] == opened[1]
    text = page.inner_text("#opened")
    assert "dz = (p − y) / n, n = 4" in text
    assert "w = w − α g" in text
    assert "α = 0.1" in text
    assert "ε" not in text  # plain SGD has none, and counts no steps
    assert "t =" not in text


SHOWN = """() => {
  const { network, data, sample, weight } = playground;
  const opened = openStep(network, data, playground.batchNow(), sample);
  const numbersOf = (part) => {
    const { value, slots } = part.layers[0].kernel;
    return [value[weight], ...Object.values(slots).map((values) => values[weight])];
  };
  const columns = [...lastOf([...document.querySelectorAll(".stage")]).querySelectorAll("dl")];
  const words = columns.map((column) => column.innerText.split("\\n").map((word) => word.trim()));
  const mean = opened.own.after.layers.map(({ movingMean }) => movingMean && Array.from(movingMean.value));
  return { before: numbersOf(opened.before), after: numbersOf(opened.after), weight, sample, words, mean };
}"""


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Nadam", "Adadelta"])
def test_each_step_opened_goes_on_from_the_one_before_with_the_same_dropout(page, optimizer):
    page.get_by_label("Batch size").select_option("64")
    page.get_by_label("Optimizer").select_option(optimizer)
    for kind in ("BatchNormalization", "Dropout"):
        page.get_by_label("Add a layer").select_option(kind)
    shown = [page.evaluate(SHOWN)]
    start = page.evaluate("Object.values(OPTIMIZERS[playground.optimizer.name].slots(playground.optimizer))")
    assert shown[0]["before"][1:] == start
    for _ in range(6):  # over the end of an epoch, whose last batch has fewer samples
        page.click("#one-step")
        shown.append(page.evaluate(SHOWN))
    assert page.evaluate("playground.epoch") == 1
    for first, second in pairwise(shown):
        assert second["weight"] == first["weight"]
        assert second["before"] == first["after"]
        after, following = first["words"][1], second["words"][0]
        names = [name for name in following[::2] if name != "g"]
        assert [name for name in after[::2] if name != "change"] == names
        texts = [dict(zip(words[::2], words[1::2], strict=True)) for words in (after, following)]
        assert all(texts[0][name] == texts[1][name] for name in names)
    assert len({each["sample"] for each in shown}) > 3  # each batch has its own first sample
    moved = page.evaluate("Array.from(playground.network.layers[2].movingMean.value)")
    assert moved != shown[-1]["mean"][2]  # the step opened isn't taken


def test_the_sample_opened_is_of_the_next_batch_until_another_is_chosen(page):
    batch = "playground.batchNow()"
    note = "#opened-note"
    for place in (1, 2, 3):
        sample = page.evaluate(batch)[place - 1]
        assert page.evaluate("playground.sample") == sample
        assert f"sample {sample + 1}, number {place} of the next batch" in page.inner_text(note)
        page.click("#other-sample")
    other = page.evaluate(f"playground.data.test.find((i) => !{batch}.includes(i))")
    after = """() => {
      const { network, data, sample } = playground;
      return Array.from(openStep(network, data, playground.batchNow(), sample).after.layers[0].kernel.grad);
    }"""
    gradient = page.evaluate(after)
    page.evaluate("(i) => playground.choose(i)", other)
    assert page.evaluate(after) == gradient  # a sample of the test is looked at, not learnt from
    assert f"sample {other + 1}. It isn't in the next batch" in page.inner_text(note)
    z = page.evaluate("(i) => (predict(playground.network, inputsOf(playground.data, [i]), 1), "
                      "Array.from(playground.network.layers[0].memory.z))", other)  # fmt: skip
    assert f"{abs(z[0]):.3f}" in page.locator(".stage").first.inner_text()
    page.click("#one-step")
    assert page.evaluate("playground.sample") == other
    page.click("#other-sample")
    assert page.evaluate(f"{batch}[0] === playground.sample")


def test_the_letters_of_a_step_are_its_formulas(page):
    for name, letters in {
        "SGD": "",
        "RMSprop": "v: velocity",
        "Adagrad": "s: accumulator",
        "Adadelta": "s: accumulated grad, u: accumulated delta var",
        "Adam": "m: momentum, v: velocity",
        "Adamax": "m: momentum, u: norm",
        "Lion": "m: momentum",
    }.items():
        page.get_by_label("Optimizer").select_option(name)
        words = page.locator(".stage").last.inner_text()
        assert letters in words
        for letter in re.findall(r"(\w): ", letters):
            assert f"{letter} = " in words or f"{letter} + " in words
        assert ("ε" in words) == ("ε = 1e−7" in words) == (name not in ("SGD", "Lion"))
        assert ("t = 1, the number of this step" in words) == (name in ("Adam", "Adamax"))
    page.get_by_label("Optimizer").select_option("SGD")
    page.get_by_label("Momentum").select_option("0.9")
    assert "α = 0.1, μ = 0.9" in page.inner_text("#opened")


def test_the_loss_of_a_sample_and_of_its_batch_are_told_apart(page):
    page.get_by_label("L2 penalty").select_option("0.01")
    words = page.locator(".stage").nth(3).inner_text()
    assert "l = −(y log p + (1 − y) log(1 − p))" in words
    assert "L = Σ l / n + the penalties, over the batch" in words
    p, y = page.evaluate("""() => {
      const { network, data } = playground;
      const batch = playground.batchNow();
      return [Array.from(predict(network, inputsOf(data, batch), batch.length)), batch.map((i) => data.y[i])];
    }""")
    each = -np.log(np.where(np.array(y) == 1, p, 1 - np.array(p)))
    penalty = page.evaluate("penaltyOf(playground.network)")
    assert f"{each[0]:.3f}" == re.search(r"\bl\s+(\S+)\s", words.split("forward")[1])[1]
    assert f"{each.mean() + penalty:.3f}" == re.search(r"\bL\s+(\S+)\s", words.split("forward")[1])[1]


def test_the_weight_followed_has_the_largest_gradient(page):
    page.click("text=digits")
    gradients = """() => {
      const { after } = openStep(playground.network, playground.data, playground.batchNow());
      return Array.from(after.layers[0].kernel.grad);
    }"""
    size = np.abs(page.evaluate(gradients))
    weight = page.evaluate("playground.weight")
    assert size[weight] == size.max() > 0
    pixel, unit = divmod(weight, 32)
    words = f"from the pixel in row {pixel // 6 + 1}, column {pixel % 6 + 1}, to unit {unit + 1}"
    assert words in page.inner_text("#opened")


def test_an_output_has_the_colours_of_the_map(page):
    page.evaluate("playground.train(Infinity, 5)")
    same = """() => {
      const { network, grid, data, view } = playground;
      const p = predict(network, grid, GRID * GRID);
      const drawn = (canvas) => Array.from(canvas.getContext("2d").getImageData(0, 0, GRID, GRID).data);
      const map = paintAnswers(document.createElement("canvas"), data, p);
      const outputs = view.units.filter(({ at }) => at === network.layers.length - 1);
      return [drawn(map), outputs.map(({ canvas }) => drawn(canvas)), Array.from(p)];
    }"""
    map_colors, (output,), _ = page.evaluate(same)
    assert output == map_colors
    page.click("text=blobs")
    page.evaluate("playground.train(Infinity, 5)")
    map_colors, outputs, p = page.evaluate(same)
    likeliest = np.reshape(p, (-1, 3)).argmax(1)
    colors = np.reshape(outputs, (3, -1, 4))[likeliest, np.arange(len(likeliest))]
    np.testing.assert_array_equal(colors, np.reshape(map_colors, (-1, 4)))  # where its class is the likeliest

    page.click(
        "text=CSV"
    )  # a number: the points have the colours that the map has where they are answered right
    page.fill("#table-text", "\n".join(f"{i % 7},{i % 11},{i % 7 + (i % 11) / 2}" for i in range(77)))
    page.click("text=Use this table")
    map_colors, (output,), p = page.evaluate(same)
    assert output == map_colors
    expected = """(p) => {
      const { data } = playground;
      const most = Math.max(...data.y.map((y) => Math.abs(y - data.target.offset))) / data.target.scale;
      return Array.from(p, (v) => [...diverging(v / most), 255]);
    }"""
    np.testing.assert_array_equal(page.evaluate(expected, p), np.reshape(map_colors, (-1, 4)))
    filled = """() => {
      const { plot, data } = playground;
      const side = byId("map").width;
      const { data: colors } = byId("map").getContext("2d").getImageData(0, 0, side, side);
      return data.training.slice(1, 9).map((i) => {
        const [column, row] = plot.place(i).map((share) => Math.floor(share * side));
        return [Array.from(colors.subarray(4 * (row * side + column)).subarray(0, 4)), data.y[i]];
      });
    }"""
    points = page.evaluate(filled)
    offset, scale = page.evaluate("[playground.data.target.offset, playground.data.target.scale]")
    scaled = [(y - offset) / scale for _, y in points]
    assert [color for color, _ in points] == page.evaluate(expected, scaled)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_training_and_test_are_drawn_in_colours_of_no_class(visit, address, theme):
    page = visit(address, color_scheme=theme)
    page.evaluate("playground.train(Infinity, 2)")
    strokes = page.evaluate(
        "['training', 'test'].map((kind) => getComputedStyle(document.querySelector(`.line.${kind}`)).stroke)"
    )
    colors = [np.array([int(part) for part in re.findall(r"\d+", stroke)]) for stroke in strokes]
    others = page.evaluate("[palette.negative, palette.positive]")
    for color in colors:
        for other in (*others, *(each for each in colors if each is not color)):
            assert np.abs(color - other).max() > 60


@pytest.mark.parametrize("width", [400, 1300])
def test_the_box_that_adds_a_layer_lies_on_no_line(visit, address, width):
    page = visit(address, viewport={"width": width, "height": 800})
    for data in ("spirals", "digits"):
        page.click(f"text={data}")
        tops = page.evaluate("playground.view.lines.map(({ path }) => path.getBoundingClientRect().top)")
        assert page.evaluate("byId('add-layer').getBoundingClientRect().bottom") < min(tops)


def test_by_heart_goes_as_the_documentation_says(page):
    text = " ".join((Path(__file__).parents[2] / "docs/playground.md").read_text("utf-8").split())
    page.click("text=moons")
    training, test, right, guess = page.evaluate("""() => {
      const p = playground;
      Object.assign(p.options, { samples: 200, noise: 0.35, share: 50 });
      p.hidden = [dense(32, "relu"), dense(32, "relu")];
      p.newData();
      p.train(Infinity, 200);
      const { training, test } = p.scores;
      return [training.loss, test.loss, 100 * test.accuracy, p.guess.loss];
    }""")
    assert f"falls to {training:.2f}, on the test it rises to {test:.2f}" in text
    assert f"(a guess costs {guess:.2f}), with {right:.0f} % right" in text


def test_a_rate_too_high_is_named(page):
    page.get_by_label("Optimizer").select_option("SGD")
    page.evaluate("playground.optimizer.rate = 1e9")
    page.click("#one-epoch")
    assert "the learning rate is too high" in page.inner_text("#progress")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1", "Paste a table"),
        ("a,b\n1,2\n3", "Line 3 has 1 columns; the first has 2"),
        ("a,b\n1,2\n,3\n" + "1,2\n" * 9, 'Line 3: "" in a is no number'),
        ("a,b\n" + "1,2\n" * 9, "the same everywhere"),
        ("a,b\n1,2\n2,3", "2 samples are too few"),
        ("a,b\n" + "".join(f"{i},w{i}\n" for i in range(30)), "20 classes apart at most"),
    ],
)
def test_a_table_that_is_none_says_what_is_wrong(page, text, words):
    page.click("text=CSV")
    page.fill("#table-text", text)
    page.click("text=Use this table")
    assert words in page.inner_text("#table-message")
    assert marked(page) == "spirals"  # what is learnt still
    page.click("#one-epoch")
    assert page.evaluate("[playground.data.name, playground.epoch]") == ["spirals", 1]


def marked(page):
    return page.inner_text("#problems [aria-checked=true]")


def test_words_in_a_table_lead_to_the_command_that_learns_them(page):
    page.click("text=CSV")
    page.fill("#table-text", "district,area,rent\n" + "old town,50,900\n" * 9)
    page.click("text=Use this table")
    words = page.inner_text("#table-message")
    assert "numpy_ann train TABLE.csv --target rent" in words
    assert "howto/table" in words
    assert (Path(__file__).parents[2] / "docs/howto/table.md").exists()
    page.fill("#table-text", "area,rent\n" + "\n".join(f"{a},{9.5 * a}" for a in range(20)))
    page.click("text=Use this table")
    assert (page.is_visible("#table-message"), marked(page)) == (False, "CSV")


def use_rents(page, seed=0):
    """A table of flats, learnt by the page; what stands in it."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(1, 6, 120), rng.uniform(25, 140, 120), rng.integers(1900, 2024, 120)])
    y = 150 * x[:, 0] + 6 * x[:, 1] + 0.8 * (x[:, 2] - 1900) + rng.normal(0, 30, 120)
    x, y = np.round(x, 1), np.round(y, 2)
    lines = [f"{a:g},{b:g},{c:g},{d:g}" for (a, b, c), d in zip(x, y, strict=True)]
    page.click("text=CSV")
    page.fill("#table-text", "\n".join(["rooms,area,year,rent", *lines]))
    page.click("text=Use this table")
    return x, y


def in_units(page):
    """What the page answers to its whole table, in the target's unit."""
    return np.array(
        page.evaluate("""() => {
          const { data, network } = playground;
          const p = predict(network, inputsOf(data, data.y.map((_, i) => i)), data.y.length);
          return Array.from(p, (v) => v * data.target.scale + data.target.offset);
        }""")
    )


def test_a_regression_soon_beats_the_mean(page):
    _, y = use_rents(page)
    page.evaluate("playground.train(Infinity, 30)")
    assert page.evaluate("playground.network.loss") == "mean_squared_error"
    words = page.inner_text("#progress")
    assert "right" not in words
    assert "R² 0.9" in words
    training, test = page.evaluate("[playground.data.training, playground.data.test]")
    scaled = (y - y[training].mean()) / y[training].std()
    guess = np.square(scaled[test]).mean()
    assert page.evaluate("playground.guess.loss") == pytest.approx(guess)
    assert f"Always the training data's mean: loss {guess:.3g} on the test." in words
    assert page.locator("#curves .line.guess").count() == 1
    answers = in_units(page)[test]
    assert page.evaluate("playground.explained(playground.scores.test, 'test')") == pytest.approx(
        1 - np.square(answers - y[test]).sum() / np.square(y[test] - y[test].mean()).sum()
    )


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "RMSprop", "Adadelta", "Nadam"])
def test_a_regression_saved_answers_in_the_targets_unit_and_goes_on_alike(page, tmp_path, optimizer):
    x, y = use_rents(page)
    page.get_by_label("Optimizer").select_option(optimizer)
    if optimizer == "SGD":
        page.get_by_label("Momentum").select_option("0.5")
        page.get_by_label("Learning rate").select_option("0.03")
    page.get_by_label("L2 penalty").select_option("0.001")
    page.evaluate("playground.train(Infinity, 3)")
    model = saved(page, tmp_path)
    assert isinstance(model.layers[-1], layers.Rescaling)
    np.testing.assert_allclose(model.predict(x, verbose=0).ravel(), in_units(page), rtol=2e-5)
    scale = page.evaluate("playground.data.target.scale")
    rows = page.evaluate("playground.data.training")
    loss = page.evaluate("playground.scores.training.loss")
    assert model.evaluate(x[rows], y[rows], verbose=0)[0] == pytest.approx(loss * scale**2, rel=1e-4)
    for _ in range(3):
        batch = page.evaluate("() => { const b = playground.batchNow(); playground.train(1); return b; }")
        model.train_on_batch(x[batch], y[batch])
    np.testing.assert_allclose(model.predict(x, verbose=0).ravel(), in_units(page), rtol=1e-4)


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "RMSprop"])
def test_a_large_epsilon_and_the_absolute_error_are_saved_and_go_on_alike(page, tmp_path, optimizer):
    x, y = use_rents(page)
    page.get_by_label("Loss", exact=True).select_option("mean_absolute_error")
    assert "Always the training data's median: loss" in page.inner_text("#progress")
    training, test = page.evaluate("[playground.data.training, playground.data.test]")
    off = np.abs(y[test] - np.median(y[training])).mean() / y[training].std()
    assert page.evaluate("playground.guess.loss") == pytest.approx(off)
    page.get_by_label("Optimizer").select_option(optimizer)
    if optimizer != "SGD":
        page.get_by_label("Epsilon").select_option("0.1")
    if optimizer == "Adam":
        page.get_by_label("Beta 1").select_option("0.5")
        page.get_by_label("Beta 2").select_option("0.9")
    page.evaluate("playground.train(Infinity, 3)")
    model = saved(page, tmp_path)
    scale = page.evaluate("playground.data.target.scale")
    if optimizer == "Adam":
        assert (model.optimizer.beta_1, model.optimizer.beta_2) == (0.5, 0.9)
        assert model.optimizer.epsilon == pytest.approx(0.1 * scale)  # as gradients are that much larger
    loss = page.evaluate("playground.scores.training.loss")
    assert model.evaluate(x[training], y[training], verbose=0)[0] == pytest.approx(loss * scale, rel=1e-4)
    for _ in range(3):
        batch = page.evaluate("() => { const b = playground.batchNow(); playground.train(1); return b; }")
        model.train_on_batch(x[batch], y[batch])
    np.testing.assert_allclose(model.predict(x, verbose=0).ravel(), in_units(page), rtol=1e-4)
    model.save(tmp_path / "again.keras")
    assert "again.keras is open" in open_file(page, tmp_path / "again.keras")
    assert page.get_by_label("Loss", exact=True).input_value() == "mean_absolute_error"
    if optimizer != "SGD":
        assert float(page.get_by_label("Epsilon").input_value()) == pytest.approx(0.1, rel=1e-5)


@pytest.mark.parametrize(
    "loss", ["mse", "mean_squared_error", losses.MeanSquaredError(), losses.BinaryCrossentropy(), None]
)
def test_a_files_loss_is_taken_where_the_page_has_it(page, tmp_path, loss):
    model = a_model(Dense(3, activation="tanh"))
    if loss is not None:
        model.compile("adam", loss)
    model.save(tmp_path / "mine.keras")
    open_file(page, tmp_path / "mine.keras")
    other = loss is None or isinstance(loss, losses.BinaryCrossentropy)
    expected = "binary_crossentropy" if other else "mean_squared_error"
    assert page.get_by_label("Loss", exact=True).input_value() == expected
    assert saved(page, tmp_path).configuration.loss_argument == expected


def test_a_row_of_ones_own_is_answered_as_the_library_answers_it(page, tmp_path):
    use_rents(page)
    page.evaluate("playground.train(Infinity, 5)")
    model = saved(page, tmp_path)
    field = page.get_by_label("rooms, area, year")
    for text in ("3, 70, 1990", "3;70;1990", "3 70 1990"):
        field.fill(text)
        expected = model.predict(np.array([[3.0, 70.0, 1990.0]]), verbose=0).item()
        assert float(page.inner_text("#own-answer").removeprefix("rent: ")) == pytest.approx(
            expected, rel=1e-5
        )
    before = page.inner_text("#own-answer")
    page.click("#one-epoch")  # it learns on, and so does the answer
    assert page.inner_text("#own-answer") != before
    for text, words in (
        ("3, 70", "3 numbers are wanted; these are 2."),
        ("3, 70, old", '"old" is no number.'),
        ("", ""),
    ):
        field.fill(text)
        assert page.inner_text("#own-answer") == words
    field.press("Enter")  # sends nothing
    assert page.evaluate("playground.epoch") == 6


def test_a_point_of_ones_own_has_its_place_on_the_map(page):
    page.click("text=blobs")
    page.evaluate("playground.train(Infinity, 20)")
    pixels = "byId('map').toDataURL()"
    before = page.evaluate(pixels)
    page.get_by_label("x₁, x₂").fill("4, 0")  # the middle of class 0
    assert page.evaluate(pixels) != before
    p = predictions(page, [[4.0, 0.0]]).ravel()
    assert p.argmax() == 0
    shown = page.locator("#own-answer .bars span").all_inner_texts()
    assert shown[::2] == ["0", "1", "2"]
    assert shown[3] == f"{100 * p[1]:.1f}\xa0%"
    page.click("text=moons")  # other data: begin again
    assert page.get_by_label("x₁, x₂").input_value() == ""


def test_a_digit_of_ones_own_is_read(page):
    page.click("text=digits")
    page.evaluate("playground.train(Infinity, 10)")
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=5)
    page.mouse.up()
    own = page.evaluate("Array.from(playground.own.read())")
    assert len(own) == 36
    assert 0 < max(own) <= 255
    p = predictions(page, np.array([own]) / 255).ravel()
    likely = page.locator("#own-answer .bars span").all_inner_texts()[1::2]
    assert likely[p.argmax()] == (">\xa099.9\xa0%" if p.max() > 0.9995 else f"{100 * p.max():.1f}\xa0%")
    page.click("#own >> text=Clear")
    assert page.inner_text("#own-answer") == ""


def test_percent_right_is_drawn_beside_the_loss(page):
    page.evaluate("playground.train(Infinity, 4)")
    assert page.locator("#curves h3").all_inner_texts() == ["The loss", "Percent right"]
    history, scores = page.evaluate("[playground.history, playground.scores]")
    assert [point["epoch"] for point in history] == [0, 1, 2, 3, 4]
    assert history[-1]["good"] == {name: part["accuracy"] for name, part in scores.items()}
    assert history[-1]["loss"] == {name: part["loss"] for name, part in scores.items()}
    use_rents(page)
    page.evaluate("playground.train(Infinity, 4)")
    assert page.locator("#curves h3").all_inner_texts()[1].startswith("R²")
    expected = page.evaluate("playground.explained(playground.scores.test, 'test')")
    assert page.evaluate("lastOf(playground.history).good.test") == expected


def test_the_squared_error_of_classes_is_opened_with_its_own_way_back(page):
    page.get_by_label("Loss", exact=True).select_option("mean_squared_error")
    words = page.inner_text("#opened")
    assert "dy = 2 (p − y) / n, n = 32" in words
    assert "dz = dy f′(z), f′ = p (1 − p)" in words
    page.click("text=blobs")  # it goes with these, too
    words = page.inner_text("#opened")
    assert "dy = 2 (p − y) / (n k), n = 32, k = 3" in words
    assert "dz = p (dy − Σ p dy)" in words


def test_every_option_says_what_it_does(page):
    for name in page.evaluate("Object.keys(OPTIMIZERS)"):
        page.get_by_label("Optimizer").select_option(name)
        for option in page.locator(".option").all():
            assert option.get_attribute("title"), option.inner_text()
        own = page.evaluate("(name) => Object.keys(OPTIMIZERS[name].options)", name)
        for option in own:
            label = page.evaluate("(option) => OPTIONS[option].label", option)
            assert page.get_by_label(label, exact=True).count() == (option != "nesterov")
    page.get_by_label("Optimizer").select_option("Adam")
    page.get_by_label("Epsilon").select_option("0.1")
    page.get_by_label("Beta 1").select_option("0.5")
    words = page.inner_text("#opened")
    assert "m = 0.5 m + 0.5 g" in words
    assert "ε = 0.1" in words


def test_a_regression_of_the_librarys_answers_alike_in_the_page(page, tmp_path):
    x, y = use_rents(page)
    prepare = Normalization()
    prepare.adapt(x[:50])  # other rows than the page would take
    last = layers.Rescaling(200.0, 700.0)
    model = Sequential([Input((3,)), prepare, Dense(5, activation="tanh"), Dense(1), last], seed=1)
    model.compile(optimizers.SGD(1e-6), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    model.save(tmp_path / "mine.keras")
    assert "mine.keras is open" in open_file(page, tmp_path / "mine.keras")
    np.testing.assert_allclose(in_units(page), model.predict(x, verbose=0).ravel(), rtol=1e-5)
    assert page.get_by_label("Learning rate").input_value() == "0.04"  # of a loss 200² times smaller
    again = saved(page, tmp_path)
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5)
    page.click("#again")  # and a new network gets the table's own scaling
    assert page.evaluate("playground.data.target.scale") == pytest.approx(
        y[page.evaluate("playground.data.training")].std()
    )


def test_layers_before_and_after_that_the_page_has_not_are_named(page, tmp_path):
    use_rents(page)
    for stack, words in (
        ([layers.Rescaling(2.0, 1.0), Dense(1)], "no such layers before the first Dense"),
        ([Dense(1), layers.Rescaling(-2.0)], "no Rescaling with such options"),
        ([Dense(2), layers.Rescaling(2.0), Dense(1)], "no layer Dense after a last Rescaling"),
        ([Dense(1, activation="sigmoid"), layers.Rescaling(2.0)], "no networks that end in anything but"),
    ):
        Sequential([Input((3,)), *stack]).save(tmp_path / "mine.keras")
        assert words in open_file(page, tmp_path / "mine.keras")


def test_a_unit_shows_its_weights_and_its_sum(page):
    page.click("#one-epoch")
    page.evaluate("playground.network.layers[0].bias.value[1] = 0.25")
    page.locator(".unit").nth(1).click()
    w, b, x, i = page.evaluate("""() => {
      const { network, data, sample } = playground;
      const { kernel, bias, units } = network.layers[0];
      const x = Array.from(inputsOf(data, [sample]));
      return [[kernel.value[1], kernel.value[units + 1]], bias.value[1], x, sample];
    }""")
    words = page.inner_text("#unit-sum").replace("−", "-").replace("- ", "-").replace("+ ", "")
    assert f"z = w · x b = {w[0]:.3f} x₁ {w[1]:.3f} x₂ {b:.3f}" in words
    z = np.dot(w, x) + b
    assert f"Sample {i + 1}: z = " in words
    assert f"= {z:.3f}, f(z) = {np.tanh(z):.3f}." in words
    page.locator(".unit").nth(1).click()
    assert page.inner_text("#unit-sum") == ""


def test_dropout_comes_and_goes_without_new_weights(page):
    page.click("#one-epoch")
    kernels = "trainables(playground.network).map(({ value }) => Array.from(value))"
    before = page.evaluate(kernels)
    page.get_by_label("Add a layer").select_option("Dropout")
    page.get_by_label("Rate: the probability to drop").select_option("0.5")
    kinds = "playground.network.layers.map(({ kind, rate }) => rate ?? kind)"
    assert page.evaluate(kinds) == ["Dense", "Dense", 0.5, "Dense"]
    assert page.evaluate(kernels) == before
    assert page.evaluate("playground.epoch") == 1
    page.click("#one-epoch")
    page.get_by_label("One unit more").first.click()  # a new network has it, too
    assert page.evaluate(kinds) == ["Dense", "Dense", 0.5, "Dense"]
    page.locator(".column", has_text="Dropout").get_by_text("remove").click()
    assert page.evaluate(kinds) == ["Dense", "Dense", "Dense"]


def test_training_stops_where_it_is_told_to_and_a_seed_repeats_it(page):
    page.get_by_label("Stop after epochs").fill("3")
    runs = []
    for seed in "575":
        page.get_by_label("Seed").fill(seed)
        page.get_by_label("Seed").press("Enter")
        page.click("#play")
        page.wait_for_function("() => !playground.playing && playground.epoch === 3")
        runs.append(page.evaluate("[playground.scores.training.loss, playground.data.x[0]]"))
    assert runs[0] == runs[2]
    assert runs[0][0] != runs[1][0]
    assert runs[0][1] == runs[1][1]  # the points stay
    assert page.inner_text("#play") == "Train"
    page.click("#play")  # as many again
    page.wait_for_function("() => !playground.playing && playground.epoch === 6")


def test_a_rate_that_gets_nowhere_is_named_and_a_good_one_is_not(page):
    for rate, words in (("3", "the learning rate of 3 is too high"), ("0.03", "")):
        page.get_by_label("Learning rate").select_option(rate)
        page.click("#again")
        page.evaluate("playground.train(Infinity, 40)")
        assert words in page.inner_text("#progress")
        assert page.locator("#stuck").count() == bool(words)


def test_the_most_frequent_class_is_what_to_beat(page):
    page.click("text=CSV")
    rows = [f"{i % 7},{i % 3},{'yes' if i % 4 else 'no'}" for i in range(100)]
    page.fill("#table-text", "a,b,kind\n" + "\n".join(rows))
    page.click("text=Use this table")
    training, test = page.evaluate("[playground.data.training, playground.data.test]")
    p, held = (np.mean([i % 4 > 0 for i in part]) for part in (training, test))
    entropy = -held * np.log(p) - (1 - held) * np.log(1 - p)
    square = held * (1 - p) ** 2 + (1 - held) * p**2
    for loss, cost in (("binary_crossentropy", entropy), ("mean_squared_error", square)):
        page.get_by_label("Loss", exact=True).select_option(loss)
        guess = {"loss": pytest.approx(cost), "accuracy": pytest.approx(held), "most": 1}
        assert page.evaluate("playground.guess") == guess
    words = "Always yes, the most frequent class of the training data: "
    assert f"{words}{100 * held:.1f}\xa0% right on the test." in page.inner_text("#progress")
    page.get_by_role("slider", name="Held back as a test").fill("0")
    assert f"{words}75.0\xa0% right." in page.inner_text("#progress")


def test_labels_of_any_size_stand_beside_the_loss_curve(page):
    for size in (7.5e-5, 0.7, 70.0, 99999.0, 7.5e5, 1e12):
        page.evaluate(
            """(size) => {
              const history = [size, size / 2].map((training, epoch) => ({ epoch, loss: { training } }));
              const [guess, range] = [{ at: size, name: "guess" }, (_, most) => [0, most]];
              byId("curves").replaceChildren(lineChart(history, "loss", { title: "The loss", range, guess }));
            }""",
            size,
        )
        lefts = "[...document.querySelectorAll('#curves text')].map((text) => text.getBBox().x)"
        assert min(page.evaluate(lefts)) >= 0


@pytest.mark.parametrize("width", [620, 740, 860])
def test_a_frame_shows_controls_and_answer_together(visit, address, width):
    page = visit(address, viewport={"width": width, "height": 960})
    for place in ("#problems", "#data-options", "#training-options", "#map", "#curves", "#network"):
        box = page.locator(place).bounding_box()
        assert box["y"] + box["height"] <= 960, place


@pytest.mark.parametrize("data", ["spirals", "blobs", "digits"])
def test_nothing_is_wider_than_the_window(page, data):
    page.click(f"text={data}")
    page.evaluate("playground.train(Infinity, 2)")
    for width in (*range(320, 1401, 40), 1366, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        room = page.evaluate("byId('progress').getBoundingClientRect().width")
        assert room >= min(250, width - 20)  # words side by side


@pytest.mark.parametrize("width", [390, 702, 800, 1280])
def test_the_whole_network_and_the_words_of_the_chart_can_be_seen(visit, address, width):
    page = visit(address, viewport={"width": width, "height": 800})
    hidden = page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(byId('network-frame'))"
    )
    assert hidden < 8  # pixels, of room around it
    height = page.evaluate("document.querySelector('#curves text').getBoundingClientRect().height")
    assert height > 9
    map_width = page.evaluate("byId('map').getBoundingClientRect().width")
    assert map_width < 400  # the network beside it or below is in sight


def test_wrong_pictures_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"uint8 numbers of shape \(samples, rows, columns\)"):
        write_playground(tmp_path / "page.html", np.zeros((3, 4, 4)), [0, 1, 2])
    with pytest.raises(ValueError, match="x and y hold 3 and 2 samples"):
        write_playground(tmp_path / "page.html", np.zeros((3, 4, 4), np.uint8), [0, 1])
    write_playground(tmp_path / "page.html")
    assert json.dumps("digits") not in (tmp_path / "page.html").read_text().split('id="data">')[1][:40]

"""The explorer in a real Chromium: what it reads, computes, shows, and that it asks nobody for anything."""

import math
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from numpy_ann.data import mnist
from numpy_ann.data.pictures import mnist_like, save_img
from numpy_ann.inspection import to_html
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, ReLU, Softmax
from numpy_ann.models import Sequential
from tests.support import missing


@pytest.fixture(scope="module")
def test_set():
    try:
        return mnist.load_data()
    except ConnectionError as error:
        missing(str(error))


@pytest.fixture(scope="module")
def trained(test_set):
    (x, y), _ = test_set
    layers = [Flatten(), Dense(128, activation="relu"), Dropout(0.3), Dense(64, activation="relu")]
    model = Sequential([Input((28, 28)), *layers, Dropout(0.3), Dense(10, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.history = model.fit(x / 255.0, y, epochs=4, batch_size=128, validation_split=0.1, verbose=0)
    return model


@pytest.fixture(scope="module")
def explorer(trained, test_set, tmp_path_factory):
    """The page of the trained model with 1,000 test pictures, and these."""
    _, (x, y) = test_set
    x, y = x[:1000] / 255.0, y[:1000]
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    to_html(trained, path, x, y, history=trained.history)
    return path, x, y


def arc(x, y, rx, ry, start, end, steps=16):
    """Points on an ellipse, from one angle to another: 0 is right, 90 is up."""
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * math.cos(a), y - ry * math.sin(a)) for a in angles]


# How a person writes them: strokes of points, 0 to 1 across the pad.
DIGITS = {
    0: [arc(0.5, 0.5, 0.2, 0.32, 90, 450)],
    1: [[(0.55, 0.18), (0.46, 0.82)]],
    2: [[*arc(0.48, 0.36, 0.19, 0.18, 160, -40), (0.28, 0.8), (0.74, 0.79)]],
    3: [[*arc(0.47, 0.34, 0.18, 0.16, 150, -80), *arc(0.48, 0.66, 0.21, 0.17, 80, -150)]],
    4: [[(0.32, 0.2), (0.29, 0.52), (0.7, 0.52)], [(0.66, 0.22), (0.62, 0.84)]],
    5: [[(0.7, 0.2), (0.38, 0.2), (0.35, 0.47), *arc(0.48, 0.62, 0.2, 0.18, 110, -150)]],
    6: [[(0.6, 0.17), (0.44, 0.32), (0.35, 0.55), *arc(0.5, 0.66, 0.16, 0.15, 180, 540)]],
    7: [[(0.27, 0.22), (0.72, 0.22), (0.44, 0.84)]],
    8: [[(0.5 + 0.17 * math.sin(2 * t), 0.5 - 0.32 * math.cos(t)) for t in np.linspace(0, 2 * math.pi, 40)]],
    9: [[*arc(0.5, 0.36, 0.16, 0.16, 0, 360), (0.62, 0.82)]],
}


def draw(page, strokes, size=1.0, shift=(0.0, 0.0)):
    """Draw with the mouse, as large as the pad times ``size``, off its middle by ``shift``."""
    box = page.locator("#pad").bounding_box()

    def place(point):
        x, y = (0.5 + size * (v - 0.5) + s for v, s in zip(point, shift, strict=True))
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    for stroke in strokes:
        page.mouse.move(*place(stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*place(point))
        page.mouse.up()
    next_frame(page)


def next_frame(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def verdict(page):
    return page.inner_text("#verdict-digit")


def change(page, action):
    """Do something that changes the network, and wait for the test pictures to be read anew."""
    before = int(page.get_attribute("html", "data-scored"))
    action()
    page.wait_for_function("before => +document.documentElement.dataset.scored > before", arg=before)


def shown_accuracy(page):
    return page.evaluate("explorer.state.scored.accuracy")


def accuracy(model, x, y):
    return (model.predict(x, verbose=0).argmax(axis=1) == y).mean()


def with_weights(model, weights):
    copy = Sequential(
        [
            *(Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dense(64, activation="relu")),
            Dense(10, activation="softmax"),
        ]
    )
    copy.set_weights(weights)
    return copy


def slide(page, name, value):
    page.locator(name).evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')) }", value
    )


def test_digits_drawn_with_the_mouse_are_read_right(visit, explorer):
    """Small or large, in the middle or in a corner: MNIST's form makes them alike."""
    page = visit(explorer[0])
    everywhere = [(digit, 1.0, (0, 0)) for digit in DIGITS]
    everywhere += [(digit, 0.5, (0.2, -0.2)) for digit in (2, 4, 7)]
    everywhere += [(digit, 0.35, (-0.25, 0.25)) for digit in (0, 3, 5, 9)]
    read = []
    for digit, size, shift in everywhere:
        page.click("#clear")
        draw(page, DIGITS[digit], size, shift)
        read.append((int(verdict(page)), size, shift))
    assert read == everywhere
    assert page.inner_text("#verdict-text").startswith("It reads a 9, ")


def test_a_drawing_takes_mnists_form(visit, explorer):
    """20 x 20 pixels of ink, the centre of mass in the middle of 28 x 28."""
    page = visit(explorer[0])
    for digit, size in [(4, 1.0), (1, 0.4), (2, 0.7)]:
        page.click("#clear")
        draw(page, DIGITS[digit], size)
        ink = np.array(page.evaluate("Array.from(explorer.pixels())"), dtype=float).reshape(28, 28)
        rows, columns = np.nonzero(ink)
        assert 20 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22  # the faint edge takes a pixel more
        centre = [(ink.sum(axis=axis) * (np.arange(28) + 0.5)).sum() / ink.sum() for axis in (0, 1)]
        np.testing.assert_allclose(centre, [14, 14], atol=0.15)


def test_touch_and_pen_draw_too(visit, explorer):
    page = visit(explorer[0], has_touch=True)
    devtools = page.context.new_cdp_session(page)
    box = page.locator("#pad").bounding_box()
    (points,) = DIGITS[7]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.click("#clear")
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    next_frame(page)
    assert verdict(page) == "7"
    page.click("#clear")
    next_frame(page)
    assert verdict(page) == "–"
    for number, (x, y) in enumerate([places[0], *places, places[-1]]):
        kind = "mousePressed" if not number else "mouseReleased" if number > len(places) else "mouseMoved"
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "pointerType": "pen"}
        devtools.send("Input.dispatchMouseEvent", {**event, "clickCount": 1})
    next_frame(page)
    assert verdict(page) == "7"


def test_drawing_with_the_keyboard(visit, explorer):
    page = visit(explorer[0])
    page.focus("#pad")
    page.keyboard.press("Delete")
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    next_frame(page)
    assert verdict(page) == "1"
    page.keyboard.press("Backspace")
    next_frame(page)
    assert verdict(page) == "–"


def test_undo_and_clear(visit, explorer):
    page = visit(explorer[0])
    start = page.inner_text("#source")
    first, second = DIGITS[4]
    draw(page, [first])
    one = page.evaluate("Array.from(explorer.pixels())")
    draw(page, [second])
    assert page.evaluate("Array.from(explorer.pixels())") != one
    page.click("#undo")
    assert page.evaluate("Array.from(explorer.pixels())") == one
    page.click("#clear")
    assert not any(page.evaluate("Array.from(explorer.pixels())"))
    page.click("#undo")
    assert page.evaluate("Array.from(explorer.pixels())") == one
    page.click("#undo")
    next_frame(page)
    assert page.inner_text("#source") == start
    assert page.is_disabled("#undo")
    page.hover("#pad")
    page.mouse.down()
    page.keyboard.press("Backspace")  # in the middle of a stroke, which ends it
    page.mouse.move(150, 150)
    page.mouse.up()
    next_frame(page)
    assert page.inner_text("#source") == start


def test_predictions_equal_numpys_on_1000_test_pictures(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    computed = page.evaluate(
        "Array.from({length: 1000}, (_, i) => explorer.predict(explorer.sample.picture(i)))"
    )
    expected = trained.predict(x, verbose=0)
    np.testing.assert_allclose(computed, expected, rtol=0, atol=1e-5)
    assert shown_accuracy(page) == pytest.approx(accuracy(trained, x, y), abs=1e-12)


ARCHITECTURES = {
    "sigmoid, tanh": lambda: [
        Flatten(),
        Dense(7, activation="sigmoid"),
        Dense(6, "tanh"),
        Dense(4, "softmax"),
    ],
    "layers of their own": lambda: [
        *(Flatten(), Activation("tanh"), Dense(9), ReLU(), Dropout(0.5), Dense(5, use_bias=False)),
        *(Softmax(), Dense(4, activation="sigmoid")),
    ],
    "scores": lambda: [Flatten(), Dense(20, activation="relu"), Dense(4)],
    "wide": lambda: [Flatten(), Dense(1100, activation="relu"), Dense(4, activation="softmax")],
    "one layer": lambda: [ReLU(), Flatten(), Dense(4, activation="softmax")],
}


@pytest.mark.parametrize(
    ("name", "dtype"), [*((name, "float32") for name in ARCHITECTURES), ("sigmoid, tanh", "float64")]
)
def test_predictions_of_other_networks(visit, tmp_path, name, dtype):
    rng = np.random.default_rng(3)
    model = Sequential([Input((8, 8)), *ARCHITECTURES[name]()], dtype=dtype)
    model.set_weights([rng.normal(0, 0.3, size=w.shape) for w in model.get_weights()])
    x, y = rng.integers(0, 256, size=(40, 8, 8)) / 255.0, rng.integers(0, 4, size=40)
    to_html(model, tmp_path / "e.html", x, y)
    page = visit(tmp_path / "e.html")
    computed = page.evaluate(
        "Array.from({length: 40}, (_, i) => explorer.predict(explorer.sample.picture(i)))"
    )
    np.testing.assert_allclose(computed, model.predict(x, verbose=0), rtol=0, atol=1e-5)
    assert shown_accuracy(page) == accuracy(model, x, y)


def test_a_unit_says_what_it_computes(visit, explorer, trained):
    path, x, _ = explorer
    page = visit(path)
    page.evaluate("document.querySelectorAll('#gallery button')[0].click()")
    next_frame(page)
    shown = int(page.inner_text("#source").split()[2].strip(",").replace(",", ""))
    W, b, W1, b1 = trained.get_weights()[:4]
    h = np.maximum(x[shown].ravel() @ W + b, 0)
    z = h @ W1 + b1
    unit = int(z.argmax())
    page.get_by_role("button", name=f"dense_1 unit {unit}:").click()
    next_frame(page)
    assert page.inner_text("#unit-title") == f"Unit {unit} of dense_1"
    rows = [row.split("\t") for row in page.inner_text("#unit .sum table").splitlines()]
    numbers = {row[0]: float(row[-1].replace("−", "-")) for row in rows}
    strongest = np.abs(h * W1[:, unit]).argsort()[::-1][:5]
    assert [row[0] for row in rows[:5]] == [f"unit {i}" for i in strongest]
    for i in strongest:
        assert numbers[f"unit {i}"] == pytest.approx(h[i] * W1[i, unit], abs=0.006)
    assert numbers["bias b"] == pytest.approx(b1[unit], abs=0.006)
    assert numbers["z = x W + b"] == pytest.approx(z[unit], abs=0.006)
    assert numbers["y = relu(z)"] == pytest.approx(z[unit], abs=0.006)
    terms = [value for name, value in numbers.items() if not name.startswith(("z", "y"))]
    assert sum(terms) == pytest.approx(z[unit], abs=0.05)
    following = trained.get_weights()[4][unit]
    assert f"Excites answer {following.argmax()} +" in page.inner_text("#unit .effects")
    assert f"Holds back answer {following.argmin()} −" in page.inner_text("#unit .effects")
    page.click(f"#unit .sum button:has-text('unit {strongest[0]}')")
    next_frame(page)
    assert page.inner_text("#unit-title") == f"Unit {strongest[0]} of dense"


def test_a_unit_that_is_switched_off(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    weights = trained.get_weights()
    units = [int(u) for u in np.abs(weights[4]).sum(axis=1).argsort()[-12:]]  # those that say most
    for unit in units:
        page.get_by_role("button", name=f"dense_1 unit {unit}:").click()
        next_frame(page)
        change(page, lambda: page.click("#unit-off"))
    weights[4][units] = 0  # as if nobody heard them
    broken = with_weights(trained, weights)
    assert shown_accuracy(page) == accuracy(broken, x, y) != accuracy(trained, x, y)
    computed = page.evaluate(
        "Array.from({length: 50}, (_, i) => explorer.predict(explorer.sample.picture(i)))"
    )
    np.testing.assert_allclose(computed, broken.predict(x[:50], verbose=0), atol=1e-5)
    page.click("#tab-break")
    assert page.inner_text("#accuracy") == f"{100 * accuracy(broken, x, y):.1f}\N{NO-BREAK SPACE}%"
    change(page, lambda: page.click("#mend"))
    assert shown_accuracy(page) == accuracy(trained, x, y)


def test_an_answer_that_is_switched_off_leaves_the_others_the_whole(visit, explorer, trained):
    """Its logit is taken out, as if it were far below all others."""
    path, x, _ = explorer
    page = visit(path)
    weights = trained.get_weights()
    weights[5][7] = -1e9
    page.get_by_role("button", name="dense_2 unit 7:").click()
    next_frame(page)
    change(page, lambda: page.click("#unit-off"))
    code = "Array.from({length: 20}, (_, i) => explorer.predict(explorer.sample.picture(i)))"
    expected = with_weights(trained, weights).predict(x[:20], verbose=0)
    np.testing.assert_allclose(page.evaluate(code), expected, atol=1e-5)


def test_an_answer_of_scores_that_is_switched_off(visit, tmp_path):
    """Even where all the others are below 0, it isn't what is read."""
    model = Sequential([Input((4, 4)), Flatten(), Dense(3)])
    model.set_weights([np.zeros((16, 3)), np.array([2.0, -1.0, -2.0])])
    to_html(model, tmp_path / "e.html", np.zeros((2, 4, 4)), [1, 1])
    page = visit(tmp_path / "e.html")
    page.get_by_role("button", name="dense unit 0:").click()
    next_frame(page)
    change(page, lambda: page.click("#unit-off"))
    assert shown_accuracy(page) == 1
    assert page.inner_text("#bars").split("\n")[1] == "0.0\N{NO-BREAK SPACE}%"


def test_a_photo_takes_the_form_that_python_gives_it(visit, explorer, tmp_path, test_set):
    """To a pixel's rounding, dark on a shaded sheet, grainy, light on black, by the button and dropped."""
    digit = np.kron(test_set[1][0][0], np.ones((7, 7))) / 255
    sheet = np.full((280, 340), 215.0) - 0.1 * np.arange(340)
    sheet[40:236, 90:286] -= 150 * digit
    page = visit(explorer[0])
    grainy = np.clip(sheet + np.random.default_rng(0).normal(0, 16, sheet.shape), 0, 255)
    for name, picture in ("dark", sheet), ("grainy", grainy), ("light", 255 * digit):
        path = tmp_path / f"{name}.png"
        save_img(path, picture[..., np.newaxis], scale=False)
        page.set_input_files("#file", path)
        page.wait_for_function(
            "() => document.querySelector('#source').textContent.startsWith('Your picture')"
        )
        seen = np.array(page.evaluate("Array.from(explorer.pixels())")).reshape(28, 28)
        assert np.abs(seen - mnist_like(path).astype(int)).max() <= 1
        assert verdict(page) == str(test_set[1][1][0])
        page.click("#clear")
        next_frame(page)
    dropped = """async (bytes) => {
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(bytes)], "dropped.png"));
        const event = new DragEvent("drop", { dataTransfer: files, cancelable: true });
        document.querySelector("#pad").dispatchEvent(event);
    }"""
    page.evaluate(dropped, list((tmp_path / "dark.png").read_bytes()))
    page.wait_for_function("() => document.querySelector('#source').textContent.startsWith('Your picture')")
    page.click("#undo")
    next_frame(page)
    assert verdict(page) == "–"
    page.evaluate(dropped, [1, 2, 3])
    page.wait_for_function(
        "() => document.querySelector('#source').textContent.startsWith('That file is no')"
    )


def test_pixels_are_named_and_marked(visit, explorer):
    page = visit(explorer[0])
    row = page.locator("#unit .sum tr").first
    down, across = map(int, re.match(r"row (\d+), column (\d+)", row.inner_text()).groups())
    row.hover()
    picture, mark = (page.locator(name).bounding_box() for name in (".picture", "#mark"))
    assert mark["x"] == pytest.approx(picture["x"] + across / 28 * picture["width"], abs=1)
    assert mark["y"] == pytest.approx(picture["y"] + down / 28 * picture["height"], abs=1)
    page.hover("h1")
    assert page.is_hidden("#mark")
    page.hover(".picture", position={"x": 75, "y": 5})
    assert re.fullmatch(r"row \d+, column 1\d: \d+ of 255", page.get_attribute(".picture", "title"))
    titles = page.eval_on_selector_all(".cell, #matrix td button, #bars li", "all => all.map((e) => e.title)")
    assert all(titles)


def test_a_silent_unit_says_that_it_adds_nothing(visit, explorer):
    page = visit(explorer[0])
    page.get_by_role("button", name=re.compile(r"dense_1 unit \d+: 0\.00")).first.click()
    next_frame(page)
    said = page.inner_text("#unit .effects")
    assert "It gives 0, so it adds nothing in dense_2" in said
    assert "It would excite answer" in said


@pytest.mark.parametrize("width", [768, 860, 955, 1190, 1260, 1330])
def test_no_text_runs_over_other_text(visit, explorer, width):
    page = visit(explorer[0], viewport={"width": width, "height": 900})
    wide = (
        "all => all.filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML)"
    )
    parts = "#unit-body > *, #unit-body td, #unit-body th, .title-row *, header *, #draw button"
    assert page.eval_on_selector_all(parts, wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_biases_that_are_switched_off(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    page.click("#tab-break")
    change(page, lambda: page.get_by_label("dense_1", exact=True).uncheck())
    change(page, lambda: page.get_by_label("dense", exact=True).uncheck())
    weights = trained.get_weights()
    weights[1][:], weights[3][:] = 0, 0
    broken = with_weights(trained, weights)
    assert shown_accuracy(page) == accuracy(broken, x, y)
    computed = page.evaluate(
        "Array.from({length: 50}, (_, i) => explorer.predict(explorer.sample.picture(i)))"
    )
    np.testing.assert_allclose(computed, broken.predict(x[:50], verbose=0), atol=1e-5)


def test_noise_on_the_weights(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    page.click("#tab-break")
    change(page, lambda: slide(page, "#weight-noise", 1.5))
    noisy = page.evaluate("explorer.state.network.stages.map((stage) => Array.from(stage.kernel))")
    weights = trained.get_weights()
    for number, kernel in enumerate(noisy):
        before = weights[2 * number]
        added = np.array(kernel).reshape(before.shape) - before
        assert added.std() == pytest.approx(1.5 * before.std(), rel=0.08)
        assert abs(added.mean()) < 0.08 * added.std()
        weights[2 * number] = np.array(kernel, dtype=np.float32).reshape(before.shape)
    worse = accuracy(with_weights(trained, weights), x, y)
    assert shown_accuracy(page) == worse < accuracy(trained, x, y)
    seed = page.evaluate("explorer.state.network.stages[0].kernel[0]")
    change(page, lambda: page.click("#reroll"))
    assert page.evaluate("explorer.state.network.stages[0].kernel[0]") != seed


def test_noise_on_the_picture(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    page.click("#tab-break")
    change(page, lambda: slide(page, "#picture-noise", 0.4))
    noisy = page.evaluate(
        "Array.from({length: 200}, (_, i) =>"
        " Array.from(modelInput(explorer.sample.picture(i), explorer.sample.scale, 0.4, 1001 + i)))"
    )
    noisy, x = np.array(noisy).reshape(200, 28, 28), x[:200]
    assert (noisy.min(), noisy.max()) == (0, 1)
    grey = (x > 0.3) & (x < 0.7)
    assert (noisy - x)[grey].mean() == pytest.approx(0, abs=0.03)
    read = page.evaluate("Array.from(explorer.state.scored.predictions)")
    np.testing.assert_array_equal(read[:200], trained.predict(noisy, verbose=0).argmax(axis=1))
    assert shown_accuracy(page) == (read == y).mean()
    assert shown_accuracy(page) < accuracy(trained, explorer[1], y)


def test_units_switched_off_at_random(visit, explorer):
    page = visit(explorer[0])
    page.click("#tab-break")
    whole = shown_accuracy(page)
    change(page, lambda: slide(page, "#share-off", 50))
    assert page.locator(".cell.off").count() == 64 + 32  # of 128 and 64; never an answer
    assert shown_accuracy(page) < whole


def test_mistakes_and_the_confusion_matrix(visit, explorer, trained):
    path, x, y = explorer
    page = visit(path)
    read = trained.predict(x, verbose=0).argmax(axis=1)
    counts = page.eval_on_selector_all("#matrix td button", "all => all.map((b) => +b.textContent || 0)")
    expected = np.zeros((10, 10), dtype=int)
    np.add.at(expected, (y, read), 1)
    np.testing.assert_array_equal(np.reshape(counts, (10, 10)), expected)
    page.get_by_role("button", name=f"3 read right: {expected[3, 3]}").click()
    assert page.inner_text("#gallery-title").startswith(f"3 read right: {expected[3, 3]}")
    wrong = np.argwhere((expected > 0) & ~np.eye(10, dtype=bool))[0]
    page.locator("#matrix td button").nth(int(wrong[0] * 10 + wrong[1])).click()
    assert page.locator("#gallery button").count() == expected[tuple(wrong)]
    page.locator("#gallery button").first.click()
    next_frame(page)
    assert page.inner_text("#source").endswith(f"labelled {wrong[0]}.")
    assert verdict(page) == str(wrong[1])
    for _ in range(5):
        page.click("#mistake")
        next_frame(page)
        assert page.inner_text("#source")[-2] != verdict(page)
    page.click("#from-test")
    next_frame(page)
    shown = int(page.inner_text("#source").split()[2].strip(","))
    assert verdict(page) == str(read[shown])


def test_training_curves(visit, explorer, tmp_path):
    page = visit(explorer[0])
    page.click("#tab-training")
    assert page.locator("#training svg").count() == 2
    assert page.locator("#training path.validation").count() == 2
    assert "After 4 epochs" in page.inner_text("#training")
    model = Sequential([Input((4, 4)), Flatten(), Dense(2)], seed=0)
    to_html(model, tmp_path / "e.html", np.zeros((2, 4, 4)), [0, 1], history={"loss": [math.nan, 1.0]})
    page = visit(tmp_path / "e.html")
    page.click("#tab-training")
    assert page.locator("#training circle").count() == 1


def test_everything_is_reached_by_keyboard_and_has_a_name(visit, explorer):
    page = visit(explorer[0])
    page.click("#clear")
    page.focus("#theme")
    reached = []
    while "theme" not in reached and len(reached) < 100:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.closest('[id]')?.id ?? 'browser'"))
    wanted = {"pad", "undo", "from-test", "mistake", "layers", "unit-off", "tab-mistakes", "matrix"}
    assert wanted <= set(reached)
    assert reached.count("layers") == 3  # once a layer: arrow keys go on from there
    assert reached.count("matrix") == 1
    page.get_by_role("button", name="dense unit 0:").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    next_frame(page)
    assert page.inner_text("#unit-title") == "Unit 8 of dense"  # eight units side by side
    page.focus("#tab-mistakes")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#training")
    assert page.is_hidden("#mistakes")
    for tab in ("mistakes", "training", "break"):
        page.click(f"#tab-{tab}")
        nameless = page.eval_on_selector_all(
            "button, input, canvas:not([aria-hidden]), svg:not([aria-hidden])",
            "all => all.filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).length",
        )
        assert nameless == 0


@pytest.mark.parametrize(
    ("size", "scheme"),
    [((1366, 768), "light"), ((1366, 768), "dark"), ((390, 844), "dark"), ((320, 640), "light")],
)
def test_the_page_fits(visit, explorer, size, scheme):
    width, height = size
    page = visit(explorer[0], viewport={"width": width, "height": height}, color_scheme=scheme)
    for tab in ("mistakes", "training", "break"):
        page.click(f"#tab-{tab}")
        wide, high = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= width
        assert high <= height or width < 1000  # one screen on a laptop, scrolling on a phone
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 245, 242)"
    assert light == (scheme == "light")
    page.click("#theme")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 23)"


def test_text_from_data_stays_text(visit, tmp_path):
    evil = "<img src=x onerror=alert(1)><script>alert(2)<script>"
    name = f"{evil}</script></script x<!--<script>"
    model = Sequential([Input((4, 4)), Flatten(), Dense(3, name=evil), Dense(2)], seed=0)
    model.name = name  # past the check of names at construction
    to_html(model, tmp_path / "e.html", np.zeros((2, 4, 4)), [0, 1], history={evil: [1.0, 2.0]})
    page = visit(tmp_path / "e.html")
    page.click("#tab-training")
    assert page.locator("img").count() == 0
    assert page.inner_text("#name") == name
    assert page.inner_text("#unit-title") == f"Unit {page.evaluate('explorer.state.selected.unit')} of {evil}"
    assert evil[1:] in page.inner_text("#training")


def test_no_request_leaves_the_page_and_none_could(visit, explorer):
    """Served by a real server, which sees the page fetched and nothing after it."""
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    folder = str(explorer[0].parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Handler(*a, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        page = visit(f"{address}/explorer.html")
        draw(page, DIGITS[3])
        for button in ("#from-test", "#mistake", "#unit-off", "#tab-training", "#tab-break", "#reroll"):
            page.click(button)
        assert asked == ["/explorer.html"]
        assert visit.complaints == []
        refused = page.evaluate(f"fetch('{address}/secret').then(() => 'sent', (error) => error.name)")
        assert refused == "TypeError"
        assert all("Content Security Policy" in said or "Fetch API" in said for said in visit.complaints)
        assert visit.complaints
        visit.complaints.clear()
        visit.requests[:] = [url for url in visit.requests if not url.endswith("/secret")]
        assert asked == ["/explorer.html"]
        server.shutdown()

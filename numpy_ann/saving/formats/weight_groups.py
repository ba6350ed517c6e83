"""Weights in HDF5: the two layouts that Keras has, and their checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy_ann._typing import Array, Shape
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.layers.traced import tracked
from numpy_ann.lookup import snake_case
from numpy_ann.saving.containers.hdf5 import Group
from numpy_ann.saving.formats.model_contents import Architecture, WeightFormat

_MOST_NAMES = 1024  # of layers in a file, and of weights in a layer, where not all need to be the model's


@dataclass(frozen=True)
class Partly:
    """How weights are taken that may fit a model only in part."""

    current: Sequence[Sequence[Array]]  # what each layer has, and keeps where the file has none for it
    by_name: bool = False  # match layers by name, not by order; pass over those that only one side has
    skip_mismatch: bool = False  # pass over other shapes, and by name other numbers of weights; else raise
    skipped: list[str] = field(default_factory=list)  # where what was passed over is told


def formats_of(layer: Layer) -> list[WeightFormat]:
    """Return what files have for each parameter of a layer."""
    trained, parameters = set(map(id, layer.trainable_parameters)), layer.parameters
    return [WeightFormat(p.value.shape, id(p) in trained, "i" if p.integer else "f") for p in parameters]


def own_architecture(model: Any, body: Layer, input_shape: Shape) -> Architecture:
    """Return the architecture of a model by a class of somebody's own."""
    names = (model.name, str(model.dtype), input_shape, "input_layer")
    return Architecture(*names, [body], [body], [formats_of(body)], own=model)


def weights_by_part(architecture: Architecture) -> list[list[tuple[int, int]]]:
    """Return each part's weights in ``.h5`` files, (layer, weight); a model's begin with the trained ones."""
    first, found, formats = 0, [], architecture.weight_formats
    for part in architecture.parts:
        inner = isinstance(part, Architecture) or getattr(part, "by_call", False)
        count = len(part.layers) if isinstance(part, Architecture) else not isinstance(part, InputLayer)
        weights = [(i, k) for i in range(first, first + count) for k in range(len(formats[i]))]
        if inner:
            weights.sort(key=lambda at: not formats[at[0]][at[1]].trained)
        found.append(weights)
        first += count
    return found


def read_named_weights(
    group: Group, architecture: Architecture, *, allow_nonfinite: bool = False, partly: Partly | None = None
) -> list[list[Array]]:
    """Read the layout of ``.h5`` files: lists of names, in attributes, say which arrays a layer has.

    ::

        @layer_names = ["flatten", "dense", ...]
        dense/  @weight_names = ["dense/kernel:0", "dense/bias:0"]
        dense/dense/kernel:0        dense/dense/bias:0

    Layers are matched by order, those without weights left out; a model in the model has one group.
    """
    parts, places, formats = architecture.parts, weights_by_part(architecture), architecture.weight_formats
    by_name = partly is not None and partly.by_name
    most = _MOST_NAMES if by_name else 2 * len(parts) + 16  # a functional model's list has its input layer
    names = group.texts("layer_names", most)
    if len(set(names)) < len(names):
        raise group.error("a layer's name stands twice in 'layer_names'")
    if by_name:
        numbers = {part.name: i for i, part in enumerate(parts)}
        matched = [(group.group(name), numbers[name]) for name in names if name in numbers]
    else:
        expected = [i for i, own in enumerate(places) if own]
        found = [layer for layer in map(group.group, names) if layer.texts("weight_names", _MOST_NAMES)]
        if len(found) != len(expected):
            raise group.error(f"{len(found)} layers with weights, but the configuration has {len(expected)}")
        matched = list(zip(found, expected, strict=True))
    current = partly.current if partly else [[None] * len(weights) for weights in formats]
    result: list[list[Any]] = [list(arrays) for arrays in current]
    for layer, i in matched:
        weight_names, own = layer.texts("weight_names", _MOST_NAMES), places[i]
        if len(weight_names) != len(own):
            problem = f"{len(weight_names)} weights, but the configuration makes it {len(own)}"
            if partly is None or not (by_name and partly.skip_mismatch):
                raise layer.error(problem)
            partly.skipped.append(f"layer {parts[i].name!r}: {problem}")
            continue
        for name, (which, number) in zip(weight_names, own, strict=True):
            weight = formats[which][number]
            if partly and partly.skip_mismatch and (problem := _mismatch(layer, name, weight)):
                partly.skipped.append(f"layer {parts[i].name!r}: {problem}")
            else:
                shape, _, kind = weight
                result[which][number] = layer.array(name, shape, kind, architecture.dtype, allow_nonfinite)
    return result


def read_numbered_weights(
    root: Group, architecture: Architecture, *, allow_nonfinite: bool = False, partly: Partly | None = None,
    first: int = 0,
) -> list[list[Array]]:  # fmt: skip
    """Read the layout of ``.keras`` and ``.weights.h5`` files: groups of the classes' names, numbered.

    ::

        layers/dense/vars/0         layers/dense/vars/1
        layers/dense_1/vars/0       layers/sequential/layers/dense/vars/0

    A layer of which anything is passed over is so whole; ``first`` layers are before those of an inner model.
    """
    container, names = _numbered_groups(root, architecture)
    result: list[list[Array]] = []
    for part, name in zip(architecture.parts, names, strict=True):
        i = len(result)
        if isinstance(part, Architecture):
            if not any(part.weight_formats):
                result += [[] for _ in part.layers]
                continue
            options: Any = {"allow_nonfinite": allow_nonfinite, "partly": partly, "first": first + i}
            result += read_numbered_weights(container.group(name), part, **options)
            continue
        if isinstance(part, InputLayer):
            continue
        weights = architecture.weight_formats[i]
        skipping = partly if partly and partly.skip_mismatch else None
        found: list[tuple[int, Group, str]] = []  # which weight, and where it is
        missing = weights and skipping and name and name not in container
        problem = f"there is no group {name!r}" if missing else ""
        spots = places(part) if part.by_call else [("vars", range(len(weights)))]
        for path, own in spots if weights and not missing else ():
            group = container.group(f"{name}/{path}".strip("/"))
            if len(group) != len(own):
                problem = f"{len(group)} weights, but the configuration makes it {len(own)}"
                if not skipping:
                    raise group.error(problem)
            elif skipping:
                problems = [_mismatch(group, str(k), weights[number]) for k, number in enumerate(own)]
                problem = problem or next(filter(None, problems), "")
            found += [(number, group, str(k)) for k, number in enumerate(own)]
        if not problem:
            arrays: list[Any] = [None] * len(weights)
            for number, group, key in found:
                shape, _, kind = weights[number]
                arrays[number] = group.array(key, shape, kind, architecture.dtype, allow_nonfinite)
            result.append(arrays)
        elif skipping:
            skipping.skipped.append(f"layer {part.name!r}: {problem}")
            result.append(list(skipping.current[first + i]))
    return result


def places(part: Any) -> list[tuple[str, Sequence[int]]]:
    """Return the groups of the weights of a layer of one's own, named by attributes; which are in each."""
    numbers = {id(p): i for i, p in enumerate(part.parameters)}
    found: list[tuple[str, Sequence[int]]] = []

    def visit(path: str, thing: Any) -> None:
        if thing.by_call:
            holder = thing if isinstance(thing, Layer) else thing._layers[0]
            inside = sorted(tracked(holder), key=lambda one: one[0])
        elif isinstance(thing, Layer):
            inside = []
        else:
            groups = [f"layers/{name}" for name in class_group_names(thing.layers)]
            inside = list(zip(groups, thing.layers, strict=True))
        deeper = {id(p) for _, one in inside for p in one.parameters}
        own = [p for p in thing.parameters if id(p) not in deeper] if isinstance(thing, Layer) else []
        own.sort(key=lambda p: not p.trainable)
        # A layer in two places is in the first.
        if left := [numbers.pop(id(p)) for p in own if id(p) in numbers]:
            found.append((f"{path}vars", left))
        for name, one in inside:
            visit(f"{path}{name}/", one)

    visit("", part)
    return found


def _numbered_groups(root: Group, architecture: Architecture) -> tuple[Group, list[str]]:
    r"""Return the group in which the layers' groups are, and their names.

    Keras 2.12 to 2.14 have ``_layer_checkpoint_dependencies`` for ``layers``, and until 2.13 a layer with
    weights counts twice there. On Windows, Keras 2.13 to 2.15 name a group of the root ``layers\dense``.
    """
    if architecture.own is not None:
        return root, [""]
    formats = dict(zip(map(id, architecture.layers), architecture.weight_formats, strict=True))
    weighty = [
        any(part.weight_formats) if isinstance(part, Architecture) else bool(formats.get(id(part)))
        for part in architecture.parts
    ]
    once = class_group_names(architecture.parts)
    twice = class_group_names(architecture.parts, [1 + own for own in weighty])
    with_weights = [i for i, own in enumerate(weighty) if own]
    candidates = []
    older = "_layer_checkpoint_dependencies"
    for name, counted in [("layers", once), (older, once), *([(older, twice)] if once != twice else [])]:
        if name in root:
            candidates.append((root.group(name), counted))
        flat = [f"{name}\\{layer}" for layer in counted]
        if any(flat[i] in root for i in with_weights):
            candidates.append((root, flat))
    if not candidates and with_weights:
        raise root.error("the group 'layers' is missing")
    whole = [(group, names) for group, names in candidates if all(names[i] in group for i in with_weights)]
    if len(whole) > 1 and with_weights:
        raise root.error("the layers' groups stand there twice, under names of several Keras versions")
    return [*whole, *candidates, (root, once)][0]


def class_group_names(parts: Sequence[Layer | Architecture], steps: Sequence[int] = ()) -> list[str]:
    """Return each layer's group: its class in snake case, from the second on numbered: ``dense_1``."""
    counts: dict[str, int] = {}
    names = []
    for part, step in zip(parts, steps or [1] * len(parts), strict=True):
        kind = part.kind if isinstance(part, Architecture) else type(part).__name__
        name = snake_case(getattr(part, "_kind", kind))
        number = counts.get(name, 0)
        names.append(f"{name}_{number}" if number else name)
        counts[name] = number + step
    return names


def _mismatch(group: Group, name: str, weight: WeightFormat) -> str:
    shape, made = group.shape(name), weight.shape
    return "" if shape == made else f"{name!r} has the shape {shape}, but the configuration makes it {made}"

"""Files made to harm: each is refused with ModelFormatError, soon, and without filling the memory."""

import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.models import load_model
from numpy_ann.saving.containers.hdf5 import open_hdf5
from tests.saving.files import (
    X,
    dense,
    edit_config,
    edit_layer,
    edit_weights,
    good,
    kernel_path,
    members,
    read_config,
    repack,
    replace_kernel,
    write_config,
)

MEGABYTE = 1 << 20
HOSTILE = {}
BOTH = (".keras", ".h5")


def hostile(match, *suffixes):
    """Enter a function that spoils a good file; ``match`` is what the error must say."""

    def enter(spoil):
        for suffix in suffixes or BOTH:
            HOSTILE[f"{spoil.__name__}{suffix}"] = (spoil, suffix, match)
        return spoil

    return enter


def resident_peak() -> int | None:
    """Return the largest resident memory since the last reset in bytes; None where unknown."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def reset_resident_peak() -> None:
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")


# ------------------------------------------------------------------------------------------------ JSON


@hostile("not valid JSON: NaN")
def nan_number(path):
    write_config(path, read_config(path).replace('"rate": 0.25', '"rate": NaN'))


@hostile("not valid JSON: -Infinity")
def infinite_number(path):
    write_config(path, read_config(path).replace('"rate": 0.25', '"rate": -Infinity'))


@hostile("the number 1e999 is too large")
def overflowing_number(path):
    write_config(path, read_config(path).replace('"rate": 0.25', '"rate": 1e999'))


@hostile("'units' stands twice")
def key_twice(path):
    write_config(path, read_config(path).replace('"units": 5', '"units": 5, "units": 6'))


@hostile("integer of 3000 digits")
def endless_integer(path):
    write_config(path, read_config(path).replace('"units": 5', '"units": 5' + 2999 * "0"))


@hostile("bytes of JSON|bytes, where at most|longer than 1,048,576 bytes")
def oversized_configuration(path):
    write_config(path, read_config(path) + 2 * MEGABYTE * " ")


@hostile("nested too deeply")
def bottomless_nesting(path):
    write_config(path, 200_000 * "[")


@hostile("nested deeper than 64")
def deep_nesting(path):
    write_config(path, 70 * "[" + 70 * "]")


@hostile("not valid JSON")
def half_a_configuration(path):
    write_config(path, read_config(path)[:500])


@hostile("not valid JSON: 'utf-8'|not UTF-8")
def not_utf8(path):
    write_config(path, read_config(path).encode().replace(b"softmax", b"soft\xff\xfe"))


@hostile("expected an object, found an array")
def configuration_is_a_list(path):
    write_config(path, "[1, 2, 3]")


@hostile("expected an object, found null")
def configuration_is_null(path):
    write_config(path, "null")


# ------------------------------------------------------------------------------------- a Sequential as a list


def put_list(path, layers):
    edit_config(path, lambda config: config.update(config=layers))


@hostile("2000 entries; at most 1001 are read")
def endless_list_of_layers(path):
    put_list(path, 2000 * [{"class_name": "Flatten", "config": {}}])


@hostile("the model has no layers")
def empty_list_of_layers(path):
    put_list(path, [])


@hostile("expected an object, found 1")
def list_of_numbers(path):
    put_list(path, [1, 2, 3])


@hostile("expected an object, found an array")
def list_of_lists(path):
    put_list(path, [[[]]])


@hostile("numbers; at most 16,777,216 are read")
def list_with_a_huge_input(path):
    put_list(path, [{"class_name": "Flatten", "config": {"batch_input_shape": [None, 2**30, 2**30]}}])


@hostile("an option stands there twice")
def one_option_under_two_names(path):
    edit_layer(path, output_dim=5)


@hostile("expected a string, found an object")
def class_beside_its_options_that_is_none(path):
    edit_layer(path, kernel_regularizer={"name": {"class_name": "L2"}, "l2": 0.5})


@hostile("weights, but the configuration has|has the shape", ".h5")
def no_shape_but_in_hostile_weights(path):
    """The first weights claim an input of 2^23 features, which the layer then can't have."""
    put_list(path, [{"class_name": "Dense", "config": {"units": 5, "name": "dense"}}])
    replace_kernel(path, lambda group, name: group.create_dataset(name, (2**23, 5), "f4"))


# ---------------------------------------------------------------------------------- values out of range


@hostile("units: expected an integer, found true")
def bool_for_an_integer(path):
    edit_layer(path, units=True)


@hostile("units: expected an integer, found 5.0")
def float_for_an_integer(path):
    edit_layer(path, units=5.0)


@hostile("units: -5 is not between")
def negative_units(path):
    edit_layer(path, units=-5)


@hostile("1,099,511,627,776 is not between|1099511627776 is not between")
def too_many_units(path):
    edit_layer(path, units=2**40)


@hostile("numbers a sample; at most|parameters up to here")
def shape_bomb(path):
    edit_layer(path, units=2**31 - 1)


@hostile("parameters up to here; at most")
def parameter_bomb(path):
    def change(config):
        for entry in config["config"]["layers"]:
            if entry["class_name"] == "Dense":
                entry["config"]["units"] = 2**24

    edit_config(path, change)


@hostile("entries; at most 1001 are read")
def too_many_layers(path):
    def change(config):
        config["config"]["layers"] += 2000 * [{"class_name": "Flatten", "config": {}}]

    edit_config(path, change)


@hostile("numbers; at most 16,777,216 are read")
def huge_input(path):
    def change(config):
        key = "batch_shape" if path.suffix == ".keras" else "batch_input_shape"
        config["config"]["layers"][0]["config"][key] = [None, 2**30, 2**30]

    edit_config(path, change)


@hostile("makes a weight of shape")
def open_input(path):
    def change(config):
        key = "batch_shape" if path.suffix == ".keras" else "batch_input_shape"
        config["config"]["layers"][0]["config"][key] = [None, 4, None]

    edit_config(path, change)


@hostile("rate: 1.5 is not between 0 and 1")
def rate_above_one(path):
    write_config(path, read_config(path).replace('"rate": 0.25', '"rate": 1.5'))


@hostile("expected a number, found '0.25'")
def text_for_a_number(path):
    write_config(path, read_config(path).replace('"rate": 0.25', '"rate": "0.25"'))


@hostile("learning_rate: -1 is not between", ".keras")
def negative_learning_rate(path):
    edit_config(path, lambda c: c["compile_config"]["optimizer"]["config"].update(learning_rate=-1))


@hostile("`beta_2` must be a number from 0 to below 1", ".keras")
def beta_of_one(path):
    edit_config(path, lambda c: c["compile_config"]["optimizer"]["config"].update(beta_2=1))


# ------------------------------------------------------------------------------------- code and strangers


@hostile("is the function of a .Lambda.")
def lambda_layer(path):
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}
    entry = {"class_name": "Lambda", "config": {"name": "evil", "function": code}}
    edit_config(path, lambda config: config["config"]["layers"].append(entry))


@hostile("the layer 'system' is not supported")
def class_of_any_module(path):
    entry = {"module": "os", "class_name": "system", "config": {"command": "id"}, "registered_name": "system"}
    edit_config(path, lambda config: config["config"]["layers"].append(entry))


@hostile("Could not interpret activation function identifier: 'eval'")
def function_of_any_module(path):
    function = {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "eval"}
    edit_layer(path, activation=function)


@hostile("the model class 'TFSMLayer' is not supported")
def model_of_another_class(path):
    edit_config(path, lambda config: config.update(class_name="TFSMLayer"))


@hostile("the initializer 'Lambda' is not supported")
def initializer_with_code(path):
    edit_layer(path, kernel_initializer={"class_name": "Lambda", "config": {}})


@hostile("expected a number")
def initializer_with_objects(path):
    inner = {"class_name": "VarianceScaling", "config": {"scale": {"class_name": "Lambda", "config": {}}}}
    edit_layer(path, kernel_initializer=inner)


@hostile("could mean something")
def unknown_option(path):
    edit_layer(path, post_hook="import os")


@hostile("could mean something")
def unknown_key_of_an_entry(path):
    edit_config(path, lambda config: config["config"]["layers"][1].update(custom_objects={}))


@hostile("the loss 'FileLoss' is not supported", ".keras")
def unknown_loss(path):
    edit_config(path, lambda c: c["compile_config"].update(loss={"class_name": "FileLoss", "config": {}}))


@hostile("the schedule|learning rate schedule 'Evil' is not supported", ".keras")
def schedule_with_code(path):
    schedule = {"class_name": "Evil", "config": {"code": "..."}}
    edit_config(path, lambda c: c["compile_config"]["optimizer"]["config"].update(learning_rate=schedule))


@hostile("without '/'")
def name_with_a_path(path):
    edit_layer(path, name="../../../../tmp/evil")


@hostile("without '/'")
def input_name_with_a_path(path):
    edit_config(path, lambda config: config["config"]["layers"][0]["config"].update(name="../evil"))


@hostile("a second layer named 'dense_1'")
def two_layers_of_one_name(path):
    edit_layer(path, name="dense_1")


@hostile("'class_name' is missing")
def no_class(path):
    edit_config(path, lambda config: config["config"]["layers"][1].pop("class_name"))


@hostile("'config' is missing")
def no_options(path):
    edit_config(path, lambda config: config["config"]["layers"][1].pop("config"))


@hostile("the model has no layers")
def no_layers(path):
    edit_config(path, lambda config: config["config"].update(layers=[]))


@hostile("missing a required argument|required positional argument|missing 1 required")
def no_units(path):
    edit_config(path, lambda config: dense(config).pop("units"))


# ------------------------------------------------------------------------------------------------ HDF5


@hostile("is a link to elsewhere")
def soft_link(path):
    def make(group, name):
        group[name] = h5py.SoftLink("/layers/dense_1/vars/0")

    replace_kernel(path, make)


@hostile("is a link to elsewhere")
def external_link(path):
    def make(group, name):
        group[name] = h5py.ExternalLink("/etc/passwd", "/x")

    replace_kernel(path, make)


@hostile("is a link to elsewhere")
def linked_group(path):
    def change(root):
        name = "layers" if path.suffix == ".keras" else "model_weights"
        root.move(name, "elsewhere")
        root[name] = h5py.SoftLink("/elsewhere")

    edit_weights(path, change)


@hostile("stored in another file", ".h5")
def external_storage(path):
    secret = path.with_name("secret")
    secret.write_bytes(bytes(320))

    def make(group, name):
        group.create_dataset(name, (16, 5), "f4", external=[(str(secret), 0, 320)])

    replace_kernel(path, make)


@hostile("virtual")
def virtual_dataset(path):
    other = path.with_name("other.h5")
    with h5py.File(other, "w") as root:
        root["x"] = np.zeros((16, 5), "f4")

    def make(group, name):
        layout = h5py.VirtualLayout((16, 5), "f4")
        layout[:] = h5py.VirtualSource(str(other), "x", (16, 5))
        group.create_virtual_dataset(name, layout)

    replace_kernel(path, make)


@hostile("is empty")
def empty_dataset(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=h5py.Empty("f4")))


@hostile("not a float")
def references(path):
    def make(group, name):
        group.create_dataset(name, (16, 5), h5py.ref_dtype)

    replace_kernel(path, make)


@hostile("not a float")
def strings_for_weights(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, (16, 5), "S8"))


@hostile("not a float")
def integers_for_weights(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=np.zeros((16, 5), "i4")))


@hostile("not a float")
def complex_weights(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=np.zeros((16, 5), "c8")))


@hostile("has the shape")
def another_shape(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=np.zeros((5, 16), "f4")))


@hostile("has the shape")
def claimed_terabytes(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, (2**20, 2**20), "f4"))


@hostile("isn't read .HDF5's filter 32000.")
def compressed_in_an_unusual_way(path):
    def make(group, name):
        group.create_dataset(name, data=np.zeros((16, 5), "f4"), compression="lzf")

    replace_kernel(path, make)


@hostile("filtered twice in one way")
def compressed_twice(path):
    def make(group, name):
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((16, 5))
        properties.set_deflate(9)
        properties.set_deflate(9)
        space = h5py.h5s.create_simple((16, 5))
        data = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, properties)
        data.write(h5py.h5s.ALL, h5py.h5s.ALL, np.zeros((16, 5), "f4"))

    replace_kernel(path, make)


@hostile("does not hold as many bytes")
def chunks_never_written(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, (16, 5), "f4", chunks=(16, 5)))


@hostile("chunks of 16,777,216 bytes")
def chunks_larger_than_the_array(path):
    def make(group, name):
        group.create_dataset(
            name, data=np.ones((16, 5), "f4"), chunks=(2048, 2048), maxshape=(None, None), compression="gzip"
        )

    replace_kernel(path, make)


@cache
def compressed_zeros(size):
    """Return what zlib makes of so many zeros."""
    return zlib.compress(bytes(size), 1)


def put_chunk(group, name, data, shape=(16, 5), **options):
    """Put one chunk's bytes there as they are."""
    dataset = group.create_dataset(name, shape, "f4", chunks=shape, **options)
    dataset.id.write_direct_chunk((0, 0), data)


@hostile("it inflates to more than it may")
def bomb_in_a_chunk(path):
    """600 kB that the HDF5 library would make 128 MB of."""
    edit_config(path, lambda config: dense(config).update(units=2**14))
    bomb = compressed_zeros(128 * MEGABYTE)
    replace_kernel(path, lambda group, name: put_chunk(group, name, bomb, (16, 2**14), compression="gzip"))


@hostile("compressed more than 100 to 1")
def consistent_bomb_in_a_chunk(path):
    """A configuration that allows for 128 MB of weights, and that many zeros, compressed."""
    edit_config(path, lambda config: dense(config).update(units=2**21))
    zeros = compressed_zeros(128 * MEGABYTE)
    replace_kernel(path, lambda group, name: put_chunk(group, name, zeros, (16, 2**21), compression="gzip"))


@hostile("larger than what it holds|incorrect header check")
def garbage_for_a_chunk(path):
    replace_kernel(path, lambda group, name: put_chunk(group, name, 99 * b"garbage", compression="gzip"))


@hostile("a chunk is damaged: buffer|a chunk is damaged: cannot reshape")
def half_of_a_chunk(path):
    half = zlib.compress(bytes(160))
    replace_kernel(path, lambda group, name: put_chunk(group, name, half, compression="gzip"))


@hostile("its end is missing")
def chunk_cut_off(path):
    data = zlib.compress(np.random.default_rng(0).bytes(320))[:-9]
    replace_kernel(path, lambda group, name: put_chunk(group, name, data, compression="gzip"))


@hostile("its checksum is wrong")
def wrong_checksum_of_a_chunk(path):
    data = bytes(320) + b"1234"
    replace_kernel(path, lambda group, name: put_chunk(group, name, data, fletcher32=True))


@hostile("is cut into 131,072 chunks")
def hundred_thousand_chunks(path):
    edit_config(path, lambda config: dense(config).update(units=2**13))

    def make(group, name):
        group.create_dataset(name, (16, 2**13), "f4", chunks=(1, 1))

    replace_kernel(path, make)


@hostile("the table of its chunks is damaged")
def table_of_chunks_in_a_circle(path):
    """A node of the B-tree that finds the chunks has itself for its child."""

    def make(group, name):
        group.create_dataset(name, data=np.ones((16, 5), "f4"), chunks=(1, 1))

    replace_kernel(path, make)
    content = members(path) if path.suffix == ".keras" else {}
    data = bytearray(content.get("model.weights.h5") or path.read_bytes())
    node = node_above_leaves(data, b"TREE\x01")
    key = 8 + 8 * 3  # size, filter mask, offsets in two axes and in the number itself
    data[node + 24 + key : node + 32 + key] = struct.pack("<Q", node)
    put_bytes(path, data)


def put_table(path, change, chunks=(1, 1), **options):
    """Put a kernel there whose chunks HDF5 1.10 lists in a fixed array, and change the file's bytes."""

    def rebuilt(root):
        name = kernel_path(path)
        del root[name]
        root.create_dataset(name, data=np.ones((16, 5), "f4"), chunks=chunks, **options)

    edit_weights(path, rebuilt, libver="v110")
    content = members(path) if path.suffix == ".keras" else {}
    data = bytearray(content.get("model.weights.h5") or path.read_bytes())
    change(data)
    put_bytes(path, data)


@hostile("the table of its chunks is damaged")
def fixed_array_that_is_none(path):
    put_table(
        path, lambda data: data.__setitem__(slice(data.index(b"FAHD"), data.index(b"FAHD") + 4), b"TREE")
    )


@hostile("the table of its chunks is damaged")
def fixed_array_of_other_entries(path):
    put_table(path, lambda data: struct.pack_into("<Q", data, data.index(b"FAHD") + 8, 2**60))


@hostile("the table of its chunks is damaged")
def fixed_array_of_wide_entries(path):
    put_table(path, lambda data: struct.pack_into("<B", data, data.index(b"FAHD") + 6, 255))


@hostile("beyond the end of the file")
def fixed_array_elsewhere(path):
    put_table(path, lambda data: struct.pack_into("<Q", data, data.index(b"FAHD") + 16, 2**62))


@hostile("the table of its chunks is damaged")
def fixed_array_without_its_block(path):
    put_table(path, lambda data: struct.pack_into("<Q", data, data.index(b"FAHD") + 16, 0))


@hostile("beyond the end of the file")
def chunk_of_a_fixed_array_elsewhere(path):
    put_table(path, lambda data: struct.pack_into("<Q", data, data.index(b"FADB") + 14, 2**62))


@hostile("does not hold as many bytes")
def chunk_of_a_fixed_array_nowhere(path):
    put_table(path, lambda data: struct.pack_into("<Q", data, data.index(b"FADB") + 14, 0))


@hostile("a chunk is damaged|bytes|beyond the end")
def longest_chunk_of_a_fixed_array(path):
    put_table(
        path,
        lambda data: data.__setitem__(slice(data.index(b"FADB") + 22, data.index(b"FADB") + 24), b"\xff\xff"),
        chunks=(8, 5),
        compression=9,
    )


@hostile("has its chunks in a table that isn't read")
def chunks_in_an_extensible_array(path):
    put_table(path, lambda data: None, maxshape=(None, 5))


@hostile("has its chunks in a table that isn't read")
def chunks_in_a_tree_of_version_2(path):
    put_table(path, lambda data: None, maxshape=(None, None))


def node_above_leaves(data, start):
    """Return where a B-tree's node of level 1 is."""
    position = data.find(start)
    while not data[position + 5]:
        position = data.index(start, position + 1)
    return position


def put_bytes(path, data):
    """Put the HDF5 file's bytes back."""
    if path.suffix == ".h5":
        path.write_bytes(data)
    else:
        repack(path, {**members(path), "model.weights.h5": bytes(data)})


@hostile("cyclic|circle|not a readable HDF5 file|is missing")
def table_of_names_in_a_circle(path):
    """A node of the B-tree that finds the layers has itself for its child."""
    outer = "layers" if path.suffix == ".keras" else "model_weights"

    def change(root):
        for i in range(600):
            root[outer].create_group(f"junk{i}")

    edit_weights(path, change)
    content = members(path) if path.suffix == ".keras" else {}
    data = bytearray(content.get("model.weights.h5") or path.read_bytes())
    node = node_above_leaves(data, b"TREE\x00")
    for i in range(int.from_bytes(data[node + 6 : node + 8], "little")):
        data[node + 32 + 16 * i : node + 40 + 16 * i] = struct.pack("<Q", node)
    put_bytes(path, data)


@hostile("does not hold as many bytes")
def bytes_never_written(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, (16, 5), "f4"))


@hostile("does not hold as many bytes")
def consistent_shape_bomb(path):
    """Claim 2^27 weights, half a gigabyte, in the configuration and in the dataset alike."""
    edit_config(path, lambda config: dense(config).update(units=2**23))

    def make(group, name):
        group.create_dataset(name, (16, 2**23), "f4")

    replace_kernel(path, make)


@hostile("NaN or infinity")
def nan_weights(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=np.full((16, 5), np.nan, "f4")))


@hostile("NaN or infinity")
def weights_beyond_float32(path):
    replace_kernel(path, lambda group, name: group.create_dataset(name, data=np.full((16, 5), 1e300)))


@hostile("is not a dataset")
def group_for_a_dataset(path):
    replace_kernel(path, lambda group, name: group.create_group(name))


@hostile("is not a dataset")
def type_for_a_dataset(path):
    def make(group, name):
        group[name] = np.dtype("f4")

    replace_kernel(path, make)


@hostile("is not a group")
def dataset_for_a_group(path):
    def change(root):
        name = "layers" if path.suffix == ".keras" else "model_weights"
        del root[name]
        root[name] = np.zeros(3, "f4")

    edit_weights(path, change)


@hostile("weights, but|is missing")
def missing_weights(path):
    edit_weights(path, lambda root: root.pop(kernel_path(path)))


@hostile("3 weights, but the configuration makes it 2", ".keras")
def additional_weights(path):
    def change(root):
        root["layers/dense/vars/2"] = np.zeros(3, "f4")

    edit_weights(path, change)


@hostile("stand there twice, under names of several", ".keras")
def groups_of_two_kerases(path):
    edit_weights(path, lambda root: root.copy("layers", "_layer_checkpoint_dependencies"))


@hostile("stand there twice, under names of several", ".keras")
def groups_of_linux_and_of_windows(path):
    def change(root):
        for name in list(root["layers"]):
            root.copy(f"layers/{name}", root, f"layers\\{name}")

    edit_weights(path, change)


@hostile("stand there twice, under names of several", ".keras")
def groups_counted_once_and_twice(path):
    def change(root):
        root.move("layers", "_layer_checkpoint_dependencies")
        group = root["_layer_checkpoint_dependencies"]
        group.copy("dense_1", group, "dense_2")

    edit_weights(path, change)


@hostile("is a link to elsewhere", ".keras")
def linked_group_of_windows(path):
    def change(root):
        root.move("layers", "elsewhere")
        root["layers\\dense"] = h5py.SoftLink("/elsewhere/dense")
        root["layers\\dense_1"] = h5py.ExternalLink("/etc/passwd", "/x")

    edit_weights(path, change)


@hostile("has the shape", ".keras")
def groups_in_a_circle(path):
    """Every name leads back to the first layer."""

    def change(root):
        root["layers"].pop("dense_1")
        root["layers/dense_1"] = root["layers/dense"]

    edit_weights(path, change)


@hostile("stands twice in 'layer_names'", ".h5")
def one_layer_twice(path):
    def change(root):
        root["model_weights"].attrs["layer_names"] = ["flatten", "dense", "dropout", "dense"]

    edit_weights(path, change)


@hostile("is not a path of names", ".h5")
def weight_name_with_a_path(path):
    def change(root):
        root["model_weights/dense"].attrs["weight_names"] = ["../../optimizer_weights/x", "dense/bias:0"]

    edit_weights(path, change)


@hostile("holds 50000 names; at most", ".h5")
def endless_list_of_names(path):
    def change(root):
        del root["model_weights"].attrs["layer_names"]
        root["model_weights"].attrs["layer_names0"] = np.full(1000, b"x" * 8)
        root.attrs["x"] = 1
        root["model_weights"].attrs.create("layer_names", np.full(50_000, b"x"))

    edit_weights(path, change)


@hostile("is not text", ".h5")
def number_for_the_configuration(path):
    def change(root):
        root.attrs["model_config"] = 7

    edit_weights(path, change)


@hostile("the attribute 'model_config' is empty", ".h5")
def empty_configuration(path):
    def change(root):
        root.attrs["model_config"] = h5py.Empty("S10")

    edit_weights(path, change)


@hostile("'model_config' is not text", ".h5")
def reference_for_the_configuration(path):
    def change(root):
        root.attrs["model_config"] = root["model_weights"].ref

    edit_weights(path, change)


@hostile("has the shape", ".h5")
def list_of_configurations(path):
    def change(root):
        root.attrs["model_config"] = ["{}", "{}"]

    edit_weights(path, change)


@hostile("longer than 1,048,576 bytes", ".h5")
def attribute_of_16_megabytes(path):
    write_config(path, 16 * MEGABYTE * " ")


def references_of_names(path):
    """Return where the file keeps its references to the names of layers, each of 16 bytes, and the file."""
    data = bytearray(path.read_bytes())
    position = data.index(struct.pack("<I", len("flatten")), data.index(b"layer_names"))
    return position, data


@hostile("longer than 1,048,576 bytes", ".h5")
def many_names_that_are_one_large_string(path):
    """Four references to a configuration of 600 kB; a list of thousands would work as well."""
    write_config(path, read_config(path) + 600_000 * " ")
    position, data = references_of_names(path)
    attribute = data.index(b"model_config\0")
    reference = next(
        data[i : i + 16]
        for i in range(attribute, attribute + 200)
        if int.from_bytes(data[i : i + 4], "little") > 600_000 and data[i + 12 : i + 16] == b"\1\0\0\0"
    )
    data[position : position + 64] = 4 * reference
    path.write_bytes(data)


@hostile("outside of the HDF5 file's heaps|refers to a string that isn't there|beyond the end", ".h5")
def names_from_anywhere_in_the_file(path):
    position, data = references_of_names(path)
    data[position + 4 : position + 12] = struct.pack("<Q", 100)
    path.write_bytes(data)


@hostile("refers to a string that isn't there|bytes at once|beyond the end", ".h5")
def heaps_without_an_end(path):
    """Every object of every heap claims to be free space of no size: the HDF5 library never comes out."""
    data = bytearray(path.read_bytes())
    position = data.find(b"GCOL")
    while position >= 0:
        data[position + 16 : position + 4096] = bytes(4080)
        position = data.find(b"GCOL", position + 1)
    path.write_bytes(data)


@hostile("no model configuration", ".h5")
def no_configuration(path):
    edit_weights(path, lambda root: root.attrs.pop("model_config"))


# ----------------------------------------------------------------------------------- optimizer's state


def first_moment(path):
    return "optimizer/vars/2" if path.suffix == ".keras" else "optimizer_weights/Adam/dense/kernel/m:0"


def second_moment(path):
    return "optimizer/vars/3" if path.suffix == ".keras" else "optimizer_weights/Adam/dense/kernel/v:0"


def iteration(path):
    return "optimizer/vars/0" if path.suffix == ".keras" else "optimizer_weights/Adam/iter:0"


def put(path, name, value):
    def change(root):
        del root[name]
        root[name] = value

    edit_weights(path, change)


@hostile("is not a number of iterations")
def negative_iterations(path):
    put(path, iteration(path), np.int64(-1))


@hostile("1.5 is not a number of iterations|not an integer")
def fractional_iterations(path):
    put(path, iteration(path), np.float32(1.5))


@hostile("NaN or infinity")
def infinite_momentum(path):
    put(path, first_moment(path), np.full((16, 5), np.inf, "f4"))


@hostile("numbers below 0")
def negative_mean_of_squares(path):
    put(path, second_moment(path), np.full((16, 5), -1, "f4"))


@hostile("has the shape")
def momentum_of_another_shape(path):
    put(path, first_moment(path), np.zeros((64, 64), "f4"))


@hostile("NaN or infinity", ".keras")
def learning_rate_of_nan(path):
    put(path, "optimizer/vars/1", np.float32(np.nan))


@hostile("arrays of state, but Adam has 2", ".keras")
def half_of_the_state(path):
    edit_weights(path, lambda root: root.pop("optimizer/vars/9"))


@hostile("expected a hexadecimal number|not JSON|expected an object", ".keras")
def random_stream_of_another_kind(path):
    content = members(path)
    metadata = json.loads(content["metadata.json"])
    metadata["numpy_ann"]["seed"] = "__import__('os')"
    repack(path, {**content, "metadata.json": json.dumps(metadata).encode()})


# ------------------------------------------------------------------------ optimizers of older Kerases


def age(path, names=None, config=None, **arrays):
    """Give the optimizer the form of Keras 2.0: options of that time, and arrays whose order counts.

    ``names`` and ``config`` change the list of names and the options; ``arrays`` take the place of others.
    """

    def change(root):
        training = json.loads(root.attrs["training_config"])
        options = {
            "lr": 0.003,
            "beta_1": 0.8,
            "beta_2": 0.99,
            "epsilon": 1e-8,
            "decay": 0.1,
            **(config or {}),
        }
        training["optimizer_config"]["config"] = options
        root.attrs["training_config"] = json.dumps(training)
        state = root["optimizer_weights"]
        values = [state[name][()] for name in state.attrs["weight_names"]]
        del root["optimizer_weights"]
        state = root.create_group("optimizer_weights")
        found = {f"param_{i}": value for i, value in enumerate(values)} | arrays
        state.attrs["weight_names"] = (names or list)(list(found))
        for name, value in found.items():
            state[name] = value

    edit_weights(path, change)


@hostile("1.5 is not a number of iterations", ".h5")
def fraction_for_old_iterations(path):
    age(path, param_0=np.float32(1.5))


@hostile("nan is not a number of iterations", ".h5")
def nan_for_old_iterations(path):
    age(path, param_0=np.float32(np.nan))


@hostile("is not a number of iterations", ".h5")
def endless_old_iterations(path):
    age(path, param_0=np.float32(1e38))


@hostile("has the shape", ".h5")
def array_for_old_iterations(path):
    age(path, param_0=np.zeros(2**16, "f4"))


@hostile("not an integer|holds complex64", ".h5")
def complex_old_iterations(path):
    age(path, param_0=np.complex64(1))


@hostile("NaN or infinity", ".h5")
def infinite_old_momentum(path):
    age(path, param_1=np.full((16, 5), np.inf, "f4"))


@hostile("numbers below 0", ".h5")
def negative_old_mean_of_squares(path):
    age(path, param_5=np.full((16, 5), -1, "f4"))


@hostile("arrays of state, but Adam has 2", ".h5")
def old_state_too_long(path):
    age(path, param_9=np.zeros(1, "f4"))


@hostile("has the shape", ".h5")
def old_state_in_another_order(path):
    age(path, lambda names: [names[0], *names[:0:-1]])


@hostile("is not a path of names|is missing", ".h5")
def old_state_from_elsewhere(path):
    age(path, lambda names: [*names[:-1], "../model_weights/dense/dense/kernel:0"])


@hostile("is missing", ".h5")
def old_state_that_is_not_there(path):
    age(path, lambda names: [*names[:-1], "param_10"])


@hostile("names; at most", ".h5")
def endless_list_of_old_state(path):
    age(path, lambda names: np.array([*names, *("x" for _ in range(5000))], "S8"))


@hostile("lr: expected a number", ".h5")
def code_for_an_old_learning_rate(path):
    age(path, config={"lr": {"class_name": "Lambda", "config": {}}})


@hostile("decay: -0.1 is not between", ".h5")
def negative_decay(path):
    age(path, config={"decay": -0.1})


@hostile("schedule_decay: this option is not supported", ".h5")
def old_option_of_another_optimizer(path):
    age(path, config={"schedule_decay": 0.1})


@hostile("both lr and learning_rate", ".h5")
def two_old_learning_rates(path):
    age(path, config={"learning_rate": 0.1})


# ------------------------------------------------------------------------------------------- containers


@hostile("empty")
def empty_file(path):
    path.write_bytes(b"")


@hostile("neither a .keras")
def another_kind_of_file(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))


@hostile("not a readable")
def first_half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


@hostile("not a readable HDF5 file|damaged")
def zeros_in_the_middle(path):
    data = bytearray(path.read_bytes())
    data[200 : len(data) - 400] = bytes(len(data) - 600)
    path.write_bytes(data)


@hostile("a folder")
def folder(path):
    path.unlink()
    path.mkdir()


@hostile("2 members of this name", ".keras")
@pytest.mark.filterwarnings("ignore:Duplicate name")
def member_twice(path):
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("config.json", "{}")


@hostile("lies outside of the archive", ".keras")
def member_outside(path):
    repack(path, {**members(path), "../../evil.py": b"import os"})


@hostile("lies outside of the archive", ".keras")
def member_outside_on_windows(path):
    repack(path, {**members(path), "assets\\..\\..\\evil.py": b"import os"})


@hostile("lies outside of the archive", ".keras")
def member_at_the_root(path):
    repack(path, {**members(path), "/etc/evil": b"x"})


@hostile("it holds model.weights.npz, which isn't read", ".keras")
def weights_without_hdf5(path):
    content = members(path)
    content["model.weights.npz"] = content.pop("model.weights.h5")
    repack(path, content)


@hostile("config.json: missing", ".keras")
def no_config_member(path):
    content = members(path)
    del content["config.json"]
    repack(path, content)


@hostile("model.weights.h5: missing", ".keras")
def no_weights_member(path):
    content = members(path)
    del content["model.weights.h5"]
    repack(path, content)


@hostile("compressed by method", ".keras")
def unusual_compression(path):
    repack(path, members(path), zipfile.ZIP_BZIP2)


@hostile("encrypted", ".keras")
def encrypted(path):
    data = bytearray(path.read_bytes())
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 4)
    path.write_bytes(data)


@hostile("where at most", ".keras")
def zip_bomb_of_weights(path):
    repack(path, {**members(path), "model.weights.h5": bytes(128 * MEGABYTE)}, zipfile.ZIP_DEFLATED)


@hostile("where at most", ".keras")
def zip_bomb_of_configuration(path):
    repack(path, {**members(path), "config.json": 16 * MEGABYTE * b" "}, zipfile.ZIP_DEFLATED)


@hostile("compressed more than 100 to 1", ".keras")
def consistent_zip_bomb(path):
    """A configuration that allows for 128 MB of weights, and 128 MB of zeros in its place."""
    edit_config(path, lambda config: dense(config).update(units=2**21))
    repack(path, {**members(path), "model.weights.h5": bytes(128 * MEGABYTE)}, zipfile.ZIP_DEFLATED)


@hostile("more than|damaged|compressed more", ".keras")
def zip_bomb_that_lies(path):
    """The archive claims that 50 MB of configuration are 1000 bytes."""
    repack(path, {**members(path), "config.json": 50 * MEGABYTE * b" "}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    true, lie = struct.pack("<I", 50 * MEGABYTE), struct.pack("<I", 1000)
    assert data.count(true) == 2
    path.write_bytes(data.replace(true, lie))


@hostile("damaged", ".keras")
def wrong_checksum(path):
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"units": 5', b'"units": 6'))


@hostile("bytes at once", ".keras")
def five_thousand_members_of_long_names(path):
    repack(path, {f"{i}{'x' * 1000}": b"" for i in range(5_000)})


@hostile("not a readable zip", ".keras")
def table_of_contents_elsewhere(path):
    data = bytearray(path.read_bytes())
    data[-10:-6] = struct.pack("<I", 0xFFFFFF00)  # where the table of contents would begin
    path.write_bytes(data)


@hostile("not a readable HDF5 file", ".keras")
def half_of_the_weights(path):
    content = members(path)
    repack(path, {**content, "model.weights.h5": content["model.weights.h5"][:9000]})


# ------------------------------------------------------------------------------------------------ tests


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_it_is_refused(name, tmp_path):
    spoil, suffix, match = HOSTILE[name]
    path = good(tmp_path / f"model{suffix}")
    spoil(path)

    reset_resident_peak()
    before = resident_peak()
    started = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(ModelFormatError, match=match) as caught:
            load_model(path)
        _, allocated = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)
    assert allocated < 100 * MEGABYTE
    assert time.process_time() - started < 2
    if before is not None:
        assert resident_peak() - before < 100 * MEGABYTE


def test_there_are_more_than_forty():
    assert len({spoil for spoil, _, _ in HOSTILE.values()}) > 40


@pytest.mark.parametrize("suffix", BOTH)
def test_what_a_file_says_of_modules_decides_nothing(suffix, tmp_path):
    path = good(tmp_path / f"model{suffix}")

    def change(config):
        for entry in config["config"]["layers"]:
            entry.update(
                module="os", registered_name="evil>system", shared_object_id=1, build_config={"x": 1}
            )

    edit_config(path, change)
    assert load_model(path).count_params() == 16 * 5 + 5 + 5 * 3 + 3


@pytest.mark.parametrize(
    "junk", ["assets/vocabulary.txt", "assets/", "__MACOSX/._config.json", "config.json~"]
)
def test_members_that_keras_passes_over_are_not_looked_at(junk, tmp_path):
    path = good(tmp_path / "model.keras")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(junk, 5 * MEGABYTE * b" ")
    assert load_model(path).count_params() == 103


@pytest.mark.parametrize("suffix", BOTH)
def test_groups_and_attributes_that_keras_passes_over_are_not_looked_at(suffix, tmp_path):
    path = good(tmp_path / f"model{suffix}")

    def change(root):
        root["mine/x"] = np.zeros(3)
        root.attrs["author"] = 7
        root[kernel_path(path)].attrs["unit"] = h5py.Empty("f4")
        root[kernel_path(path).partition("/")[0]].create_group("training/notes")

    edit_weights(path, change)
    assert load_model(path).count_params() == 103


@cache
def predictions(suffix):
    """Return what the good model predicts."""
    with TemporaryDirectory() as folder:
        return load_model(good(Path(folder) / f"model{suffix}")).predict(X, verbose=0)


@pytest.mark.parametrize("suffix", BOTH)
@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (7, 3)},
        {"compression": 9},
        {"compression": 9, "shuffle": True, "fletcher32": True},
        {"chunks": (16, 5)},
        {"chunks": (16, 5), "compression": 9},
    ],
    ids=["chunks", "gzip", "all", "one chunk", "one chunk, gzip"],
)
@pytest.mark.parametrize("libver", ["earliest", "v110", "latest"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
def test_compressed_weights_are_read(suffix, options, libver, dtype, tmp_path):
    path = good(tmp_path / f"model{suffix}")

    def change(root):
        stored = root[kernel_path(path)][()].astype(dtype)
        del root[kernel_path(path)]
        root.create_dataset(kernel_path(path), data=stored, **options)

    edit_weights(path, change, libver=libver)
    np.testing.assert_array_equal(load_model(path, compile=False).predict(X, verbose=0), predictions(suffix))


@pytest.mark.parametrize("libver", ["v110", "latest"])
@pytest.mark.parametrize("options", [{}, {"compression": 1}, {"maxshape": (88, 60)}], ids=str)
def test_a_table_of_many_chunks_is_read(options, libver):
    """HDF5 1.10 puts one place for each chunk in a row; of more than a thousand, into pages."""
    values = np.random.default_rng(1).random((44, 50))
    for early in (False, True):
        with h5py.File(file := io.BytesIO(), "w", libver=libver) as root:
            if early and not options:  # then they lie one behind the other, and no table says where
                properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                properties.set_chunk((2, 1))
                properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
                space = h5py.h5s.create_simple(values.shape)
                h5py.h5d.create(root.id, b"x", h5py.h5t.IEEE_F64LE, space, properties)
                root["x"][...] = values
            else:
                root.create_dataset("x", data=values, chunks=(2, 1), **options)
        with open_hdf5(file, "") as root:
            np.testing.assert_array_equal(root.array("x", values.shape), values)


@pytest.mark.parametrize("suffix", BOTH)
def test_groups_in_a_circle_are_not_walked(suffix, tmp_path):
    path = good(tmp_path / f"model{suffix}")

    def change(root):
        root["again"] = root["/"]
        root["away"] = h5py.ExternalLink("/etc/passwd", "/x")

    edit_weights(path, change)
    load_model(path)

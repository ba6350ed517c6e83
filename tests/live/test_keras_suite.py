"""Keras' own unit tests, run against this package by ``keras_suite/keras_suite.py``: what passed still does.

``keras_suite/failing.txt`` lists those that are known to fail, below a line that says why. After a change
that makes more of them pass, ``python tests/live/test_keras_suite.py`` writes it anew.
"""

# ruff: noqa: E501  (a reason a line)

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent / "keras_suite"
KNOWN = HERE / "failing.txt"
FILES = """
    activations/* callbacks/* constraints/* initializers/* layers/activations/* layers/core/dense*
    layers/core/embedding* layers/core/identity* layers/core/input_layer* layers/core/lambda* layers/layer*
    layers/merging/* layers/normalization/batch* layers/normalization/layer* layers/preprocessing/category*
    layers/preprocessing/discretization* layers/preprocessing/integer* layers/preprocessing/normalization*
    layers/preprocessing/rescaling* layers/preprocessing/string_lookup* layers/regularization/*
    layers/reshaping/flatten* layers/reshaping/permute* layers/reshaping/repeat_vector*
    layers/reshaping/reshape* legacy/saving/* losses/* metrics/* models/cloning* models/functional*
    models/model* models/sequential* optimizers/* optimizers/schedules/* regularizers/* saving/*
    trainers/trainer* utils/numerical* utils/sequence* utils/summary_utils* wrappers/*
"""
# Why a test fails: the first whose expression is found in its name and error. What is left out on purpose
# comes first; then what is about Keras' inside; then differences, each argued; the rest waits to be read.
REASONS = {
    "left out: quantized weights and LoRA": r"uantiz|lora|int4|int8|float8|awq|gptq",
    "left out: half precision, and dtypes of single layers, losses and metrics": r"float16|bfloat16|mixed_|"
    r"'dtype'|computes in float64, but|`dtype` must be one of|dtype_policy|[Aa]utocast|LossScale|loss_scaling",
    "left out: masks": r"[Mm]ask",
    "left out: layers of convolution, attention, recurrence and text; applications": r"MISSING (Conv|Multi|"
    r"TimeDist|SpatialDropout[23]|Efficient|Wrapper|LSTM|EinsumDense|STFT)|Dense.*einsum",
    "left out: optimizers, losses and metrics for other networks": r"MISSING (Muon|ScheduleFree|Circle|CTC|circle"
    r"|Multi|OptimizerMap)|MultiOptimizer|PRGAIN|farmhash|sensitivity_bin",
    "left out: files and callbacks of other kinds (Orbax, sharded weights, KerasFileEditor)": r"Orbax|orbax|"
    r"shard|KerasFileEditor|RemoteMonitor|objects_to_skip|save_weights_only",
    "left out: inputs that may be missing, ragged or sparse; open axes": r"optional|'ragged'|'sparse'|sparse|"
    r"positive integers|Only the batch axis|input_tensor|dynamic_dim",
    "left out: options that mean nothing here, or that few use; each is refused by name": r"renorm|rms_scaling|"
    r"synchronized|from_sorted_ids|ignore_class|input_axes|taken along the last axis|call_function|recursive|"
    r"num_oov_indices|unexpected keyword|has no option|SeedGenerator",
    "left out: own training steps, which would be ignored: refused when the class is made": r"overrides `|"
    r"compute_loss|custom_train|custom_test|my_custom_metric|RematScope|remat",
    "Keras' inside: private names, stores, contexts and its own helpers": r"has no attribute '_|MISSING|"
    r"call_context|variables|true_positives|add_variable|_layers|compute_output_spec|load_own|auto_naming|"
    r"KeyError: 'numpy_ann'|monitor_op|GLOBAL_CUSTOM|safe_mode|set_max_epochs|No module named|getters",
    "argued: losses of nested structures are given flat, or by output name": r"`loss` holds one|struct|"
    r"`loss` is a dict|`metrics` is a dict|inhomogeneous|dictionary with the names",
    "argued: abstract classes say at once which method is missing, not when they are called": r"instantiate abs",
    "argued: a layer that makes one row of a sample takes the shape (batch, categories) alone": r"makes one row",
    "argued: a name, a shape or a number that can't be is refused, where Keras waits or takes it": r"must be|"
    r"expects|takes |is a name|isn't built|Received|can't be|can't hold|holds|already|no moment|no arguments",
    "argued: refused or warned of in other words or classes; a few of Keras' checks aren't made": r"not raised|"
    r"NOT WARN|does not match|RegularizerTest|RegularizersTest|TypeError|AttributeError",
    "argued: drawn numbers, and means of them, differ by chance": r"dropout_rescaling",
    "argued: nothing is compiled, so a step is traced, and its Python run, at each batch": r"test_retracing",
    "argued: epochs end where `steps_per_epoch` says, also within `steps_per_execution` batches, so there are more "
    "callbacks": r"steps_per_execution_steps_per_epoch",
    "argued: a backup that is broken or of the run's last epoch is looked at when training begins, not when the "
    "callback is made": r"BackupAndRestoreCallbackTest",
    "argued: training ends at the first loss that isn't finite, with an error, before a row of NaN is written": r"test_stop_training_csv",
    "argued: a configuration holds all arguments, also those at their defaults, and shared_axes as Keras writes "
    "them into files": r"test_prelu|HuberLossTest::test_config",
    "argued: a number beyond input_dim is refused, where Keras on JAX gives NaN": r"test_embedding_basics",
    "argued: an empty batch has no mean, for a penalty": r"batch_size_0",
    "argued: penalties that call() adds are those of the layer's last call, which a model's own call doesn't change": r"LayerTest::test_add_loss",
    "argued: lookups and bins are int64, as the data are, in a model too": r"test_model_call_vs_predict",
    "argued: a vocabulary read from a file is saved with the layer, which then needs the file no more": r"test_vocabulary_file",
    "argued: losses.get() returns a loss, not a function; each is callable, and equal in its numbers": r"LossTest::test_(get_method|pickle)",
    "argued: a loss of float64 arrays is computed, and returned, in float64": r"LossTest::test_reduction",
    "argued: a metric within a metric, and what it counts with, is its own": r"MetricTest::test_(sub|variable)",
    "argued: several outputs are a list, also those of a tuple": r"test_restored_multi_output_type_tuple",
    "argued: a chain takes one array, also out of a list of one": r"test_list_inputs",
    "argued: there is no optimizer None": r"OptimizerTest::test_get_method|test_print_model_summary1",
    "left out: parameters that are overwritten by their gradient (of float8)": r"overwrite_with_gradient",
    "argued: a file that isn't there is said to be missing, before its ending is looked at": r"test_load_(keras_not_zip|unsupported_format|weights_invalid)",
    "argued: .h5 is an equal format here, and is written without a warning": r"test_save_h5_format",
    "left out: Keras' own stored files, which its package lacks; the tests' imports of TensorFlow's inside": r"pre_pr22362|<collect>",
    "argued: weights are found by where the layers stand, not by attributes made twice": r"test_redefinition_of",
    "Keras' inside: names of files within a .keras file": r"test_saved_module_paths",
    "argued: a configuration that isn't one is a ModelFormatError with its place, whatever it lacks": r"test_deserialize_invalid",
    "argued: classes and functions are registered by what they are called in files; none is found by Keras' modules": r"test_functional_subclass|custom_function_reloading|test_registered_name_matching",
    "argued: a layer as an activation becomes the function that it is": r"test_layer_instance_as_activation",
    "argued: a model is trained with a loss, not by penalties alone": r"test_internal_only_loss",
    "argued: model.metrics is filled by training, and holds the compiled metrics of this model alone": r"TestTrainer::test_(metric_tracking|multiple_compiles|nested_trainer_metrics)",
    "argued: call() returns a row for each sample, in one array": r"nested_input_predict|summary_dict_output",
    "argued: an op in a summary is called by its name, without the brackets of a shape": r"op_as_layer",
    "argued: scikit-learn's check doesn't take float32 for floating-point; what the model predicts is float32": r"check_regressor_multioutput",
    "differs: numbers, texts, counts or dtypes": r"AssertionError|Not equal",
    "differs: an error of another kind": r"",
}


def run(processes=2):
    """Return the outcome and the error of each test, by name; each process runs its share of the files."""
    source = Path(str(metadata.distribution("keras").locate_file("keras/src")))
    files = sorted({file for pattern in FILES.split() for file in source.glob(f"{pattern}_test.py")})
    assert files, f"no tests of Keras' in {source}"
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join([str(HERE), str(Path(__file__).parents[2])])
        options = ["-q", "-p", "no:cacheprovider", "-p", "keras_suite", "-W", "ignore"]
        command = [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors", "."]
        running = []
        for number in range(processes):
            tests, out = Path(folder, str(number)), Path(folder, f"{number}.jsonl")
            tests.mkdir()
            (tests / "pytest.ini").write_text("[pytest]\n")
            for file in files[number::processes]:
                shutil.copy(file, tests / file.relative_to(source).as_posix().replace("/", "__"))
            environment = os.environ | {"KERAS_SUITE_OUT": str(out), "PYTHONPATH": path, "MPLBACKEND": "Agg"}
            for variable in "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER":
                environment.pop(variable, None)
            with Path(folder, f"{number}.txt").open("w") as said:
                running.append(
                    subprocess.Popen(command, cwd=tests, env=environment, stdout=said, stderr=said)
                )
        records = []
        for number, process in enumerate(running):
            status = process.wait()
            said = Path(folder, f"{number}.txt").read_text(encoding="utf-8")[-2000:]
            assert status in (0, 1, 2), said  # passed, failed, files that can't be read
            lines = Path(folder, f"{number}.jsonl").read_text(encoding="utf-8").splitlines()
            records += [json.loads(line) for line in lines]
    return {name: (outcome, error) for name, outcome, error in records}


def known():
    """Return the names of the tests that are known to fail."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.startswith(" ")}


def count(outcomes):
    """Return how many passed of those that weren't skipped."""
    ran = [outcome for outcome, _ in outcomes.values() if outcome != "skipped"]
    return f"{ran.count('passed'):,} of {len(ran):,}"


def store(outcomes):
    """Write which fail, and why."""
    by_reason = {reason: [] for reason in REASONS}
    for name, (outcome, error) in sorted(outcomes.items()):
        if outcome == "failed":
            reason = next(why for why, said in REASONS.items() if re.search(said, f"{name} {error}"))
            by_reason[reason].append(name)
    lines = [f"Keras {metadata.version('keras')}: {count(outcomes)} pass."]
    for reason, failing in by_reason.items():
        lines += [f"{reason}: {len(failing)}", *(f"    {name}" for name in failing)]
    KNOWN.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_passed_of_keras_tests_still_does():
    outcomes = run()
    failing = {name for name, (outcome, _) in outcomes.items() if outcome == "failed"}
    new = sorted(failing - known())
    assert not new, f"{len(new)} of Keras' tests fail that passed: {[(n, outcomes[n][1]) for n in new[:10]]}"


def test_the_count_is_said():
    said = KNOWN.read_text(encoding="utf-8").splitlines()[0].partition(": ")[2].rstrip(".")
    assert said in Path(__file__).parents[2].joinpath("docs/parts.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    found = run()
    store(found)
    print(count(found))

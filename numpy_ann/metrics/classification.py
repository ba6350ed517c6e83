"""Which classes are taken for which, how far two labellings agree beyond chance, and the report of it all."""

import math
import warnings
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics import inputs
from numpy_ann.metrics.inputs import ZeroDivision
from numpy_ann.metrics.precision_recall import Average, count_labels, score
from numpy_ann.validation import is_integer, is_number

HEADERS = ("precision", "recall", "f1-score", "support")


def confusion_matrix(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None, normalize: Literal["true", "pred", "all"] | None = None,
) -> Array:  # fmt: skip
    """Count how often each true class was predicted as each class.

        C[i, j] = number (or total weight) of samples of class i that were predicted as class j

    It is int64; float64 if the weights are floats or ``normalize`` is given.
    Raises ``ValueError`` if the arrays are empty, differ in length, or do not hold one label a sample;
    ``labels`` is empty or none of it occurs in ``y_true``; ``normalize`` is none of the above.
    Warns with ``UserWarning`` if the matrix is 1 by 1, because only one label occurs.
    Source: ``sklearn.metrics.confusion_matrix``, which it equals.

    Parameters
    ----------
    y_true, y_pred : labels of shape (samples,)
        Whole numbers, bools or strings; no one-hot rows.
    labels : labels of shape (classes,), optional
        The classes and their order; samples whose true or predicted label is not among them are left out.
        Without it: all that occur, sorted.
    sample_weight : numbers of shape (samples,), 1 each if not given
    normalize : "true", "pred", "all" or None
        Divide by the row's sum (recall on the diagonal), by the column's sum (precision on the diagonal)
        or by the total. 0 / 0 is 0.

    >>> confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])
    array([[2, 0, 0],
           [0, 0, 1],
           [1, 0, 2]])
    """
    weight = inputs.checked_weight(confusion_matrix, locals())
    _, true, predicted = inputs.check_targets(y_true, y_pred, weight)
    classes = inputs.classes_of(true, predicted, labels)
    if classes.size == 0:
        raise ValueError("'labels' should contain at least one label.")
    row, column = inputs.encode(true, classes), inputs.encode(predicted, classes)
    if (row < 0).all():
        raise ValueError("At least one label specified must be in y_true")

    listed = (row >= 0) & (column >= 0)
    weights = None if weight is None else weight[listed]
    cells = np.bincount((row * classes.size + column)[listed], weights, minlength=classes.size**2)
    # bincount's own dtype is float64 for all weights, and int64 where there is nothing to count.
    whole = weight is None or weight.dtype.kind in "biu"
    matrix = cells.astype(np.int64 if whole else np.float64).reshape(classes.size, classes.size)
    if normalize is not None:
        sums = matrix.sum(axis={"true": 1, "pred": 0, "all": None}[normalize], keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            matrix = np.nan_to_num(matrix / sums)  # a class without samples stays 0
    if classes.size == 1:
        warnings.warn(
            "A single label was found in 'y_true' and 'y_pred'. For the confusion matrix to have the correct "
            "shape, use the 'labels' parameter to pass all known labels.",
            stacklevel=2,
        )
    return matrix


def cohen_kappa_score(
    y1: npt.ArrayLike, y2: npt.ArrayLike, *, labels: npt.ArrayLike | None = None,
    weights: Literal["linear", "quadratic"] | None = None, sample_weight: npt.ArrayLike | None = None,
    replace_undefined_by: float = math.nan,
) -> float:  # fmt: skip
    """Return the agreement of two labellings, less what chance would give: 1 for all, 0 for chance.

    With ``C`` the confusion matrix, ``E`` the one that its row and column sums would give by chance, and
    ``W`` how much it matters to take class i for class j::

        kappa = 1 - sum(W C) / sum(W E)         E_ij = row_i column_j / sum(C)

    where ``W`` is 1 off the diagonal, ``|i - j|`` for ``weights="linear"``, or ``(i - j)^2`` for "quadratic".
    The result of 0 / 0, which warns, is ``replace_undefined_by``: from -1 to 1, or nan. The two labellings
    may be exchanged; the other parameters, and errors: see ``confusion_matrix``.
    Source: Cohen, "A Coefficient of Agreement for Nominal Scales" (1960), equation 1, as
    ``sklearn.metrics.cohen_kappa_score``, which it equals.

    >>> round(cohen_kappa_score([0, 0, 1, 1], [0, 1, 1, 1]), 4)
    0.5
    """
    fits = is_number(replace_undefined_by) and not abs(replace_undefined_by) > 1
    inputs.checked_weight(
        cohen_kappa_score, locals(), replace_undefined_by=(fits, "a float in the range [-1.0, 1.0] or nan")
    )
    try:
        C = confusion_matrix(y1, y2, labels=labels, sample_weight=sample_weight).astype(np.float64)
    except ValueError as error:
        if "At least one label specified must be in y_true" in str(error):
            raise ValueError(
                "At least one label in `labels` must be present in `y1` (even though `cohen_kappa_score` is "
                "otherwise agnostic to the order of `y1` and `y2`)."
            ) from error
        raise
    put = f"`replace_undefined_by` param, which is set to {replace_undefined_by}."
    total = C.sum()
    if total == 0:
        inputs.undefined(
            "`y2` contains no labels that are present in both `y1` and `labels`."
            f"`cohen_kappa_score` is undefined and set to the value defined by the {put}"
        )
        return replace_undefined_by
    apart = np.abs(np.subtract.outer(np.arange(len(C)), np.arange(len(C)))).astype(np.float64)
    W = {None: np.sign(apart), "linear": apart, "quadratic": apart**2}[weights]
    by_chance = np.sum(W * (np.outer(C.sum(axis=0), C.sum(axis=1)) / total))
    if by_chance == 0:
        inputs.undefined(
            "`y1`, `y2` and `labels` have only one label in common. "
            f"`cohen_kappa_score` is undefined and set to the value defined by the the {put}"
        )
        return replace_undefined_by
    return float(1 - np.sum(W * C) / by_chance)


def matthews_corrcoef(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Return the correlation of two labellings: 1 for all right, 0 for chance, -1 at least.

    With ``n`` samples, ``c`` of them right, and ``t_k`` true and ``p_k`` predicted ones of class k::

        MCC = (c n - sum t_k p_k) / sqrt((n^2 - sum p_k^2) (n^2 - sum t_k^2))

    and 0 for 0 / 0. Parameters and errors: see ``confusion_matrix``.
    Source: Gorodkin, "Comparing Two K-category Assignments by a K-category Correlation Coefficient" (2004),
    equation 8, as ``sklearn.metrics.matthews_corrcoef``, which it equals.

    >>> round(matthews_corrcoef([1, 1, 1, 0], [1, 0, 1, 1]), 4)
    -0.3333
    """
    weight = inputs.checked_weight(matthews_corrcoef, locals())
    _, true, predicted = inputs.check_targets(y_true, y_pred, weight)
    C = confusion_matrix(true, predicted, sample_weight=weight).astype(np.float64)
    t, p = C.sum(axis=1), C.sum(axis=0)
    n = p.sum()
    variances = (n**2 - p @ p) * (n**2 - t @ t)
    return float((np.trace(C) * n - t @ p) / math.sqrt(variances)) if variances != 0 else 0.0


@overload
def classification_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, labels: npt.ArrayLike | None = ...,
    target_names: npt.ArrayLike | None = ..., sample_weight: npt.ArrayLike | None = ..., digits: int = ...,
    output_dict: Literal[False] = ..., zero_division: ZeroDivision = ...,
) -> str: ...  # fmt: skip
@overload
def classification_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, labels: npt.ArrayLike | None = ...,
    target_names: npt.ArrayLike | None = ..., sample_weight: npt.ArrayLike | None = ..., digits: int = ...,
    output_dict: Literal[True], zero_division: ZeroDivision = ...,
) -> dict[str, Any]: ...  # fmt: skip
def classification_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, labels: npt.ArrayLike | None = None,
    target_names: npt.ArrayLike | None = None, sample_weight: npt.ArrayLike | None = None, digits: int = 2,
    output_dict: bool = False, zero_division: ZeroDivision = "warn",
) -> str | dict[str, Any]:  # fmt: skip
    """Return precision, recall, F1 and support of each class and on average, as text or as a dictionary.

    The line "accuracy" stands for the micro average, which equals it whenever all classes are listed; where
    ``labels`` leaves some out, the micro average is shown instead.
    Source: ``sklearn.metrics.classification_report``, equal to the character. Errors: ``confusion_matrix``'s.

    Parameters
    ----------
    y_true, y_pred, labels, sample_weight, zero_division
        As for ``precision_recall_fscore_support``.
    target_names : strings of shape (classes,), optional
        What to call the classes, in the order of ``labels``. If they are fewer or more, a warning says so,
        and the shorter list ends the other.
    digits : int, 0 or more
        Decimals in the text; the dictionary's numbers are not rounded.
    output_dict : bool
        Return ``{name: {"precision": ..., "recall": ..., "f1-score": ..., "support": ...}, ...}``.

    >>> print(classification_report([0, 1, 2, 2, 2, 1], [0, 0, 2, 2, 1, 1], target_names=["a", "b", "c"]))
                  precision    recall  f1-score   support
    <BLANKLINE>
               a       0.50      1.00      0.67         1
               b       0.50      0.50      0.50         2
               c       1.00      0.67      0.80         3
    <BLANKLINE>
        accuracy                           0.67         6
       macro avg       0.67      0.72      0.66         6
    weighted avg       0.75      0.67      0.68         6
    <BLANKLINE>
    """
    whole = is_integer(digits) and digits >= 0, "an int in the range [0, inf)"
    weight = inputs.checked_weight(classification_report, locals(), digits=whole)
    _, true, predicted = inputs.check_targets(y_true, y_pred, weight)
    classes = inputs.classes_of(true, predicted, labels)
    if classes.size == 0:
        raise ValueError("'labels' should contain at least one label.")
    names = _names(classes, target_names, labels_given=labels is not None)
    counts = count_labels(true, predicted, classes, weight)

    def scores(average: Average) -> list[Any]:
        return list(score(counts, average, zero_division=zero_division))

    columns = scores(None)
    support = np.sum(columns[3])
    rows = list(zip(names, *columns, strict=False))  # fewer names than labels end the list, with a warning
    complete = bool(np.isin(inputs.unique_labels(true, predicted), classes).all())
    averages = [
        ("accuracy" if complete else "micro avg", *scores("micro")[:3], support),
        ("macro avg", *scores("macro")[:3], support),
        ("weighted avg", *scores("weighted")[:3], support),
    ]
    if not output_dict:
        return _as_text(rows, averages, complete, digits)
    rows += averages
    report: dict[str, Any] = {name: dict(zip(HEADERS, map(float, v), strict=True)) for name, *v in rows}
    if complete:  # its three scores are equal
        report["accuracy"] = report["accuracy"]["precision"]
    return report


def _names(classes: npt.NDArray[Any], target_names: Any, *, labels_given: bool) -> list[Any]:
    """Return what to call each class, and complain where the numbers of names and classes differ."""
    if target_names is None:
        return [str(label) for label in classes]
    names = list(target_names)
    if len(names) != len(classes):
        if not labels_given:
            raise ValueError(
                f"Number of classes, {len(classes)}, does not match size of target_names, {len(names)}. "
                "Try specifying the labels parameter"
            )
        differ = f"labels size, {len(classes)}, does not match size of target_names, {len(names)}"
        warnings.warn(differ, stacklevel=3)
    return names


def _as_text(rows: list[Any], averages: list[Any], complete: bool, digits: int) -> str:
    """Return the rows as a table: names to the right, numbers with ``digits`` decimals in 9 columns."""
    width = max(*(len(name) for name, *_ in rows), len("weighted avg"), digits)

    def line(name: str, *numbers: Any) -> str:
        cells = [n if isinstance(n, str) else f"{n:.{digits}f}" for n in numbers[:-1]]
        return f"{name:>{width}} " + "".join(f" {cell:>9}" for cell in (*cells, numbers[-1])) + "\n"

    if complete:  # accuracy: the columns of precision and recall stay empty
        averages = [(averages[0][0], "", "", *averages[0][3:]), *averages[1:]]
    blocks = ([("", *HEADERS)], rows, averages)
    return "\n".join("".join(line(*row) for row in block) for block in blocks)

"""The classification report: one line of scores a class, and the averages below."""

import warnings
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from numpy_ann.metrics.inputs import ZeroDivision, check_targets, checked_weight, classes_of, unique_labels
from numpy_ann.metrics.precision_recall import Average, count_labels, score
from numpy_ann.validation import is_integer

__all__ = ["classification_report"]

HEADERS = ("precision", "recall", "f1-score", "support")


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

    Source: ``sklearn.metrics.classification_report``, which it equals, character for character. Errors: see
    ``confusion_matrix``.

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
    fits = is_integer(digits) and digits >= 0
    weight = checked_weight(classification_report, locals(), digits=(fits, "an int in the range [0, inf)"))
    _, true, predicted = check_targets(y_true, y_pred, weight)

    classes = classes_of(true, predicted, labels)
    if classes.size == 0:
        raise ValueError("'labels' should contain at least one label.")
    names = _names(classes, target_names, labels_given=labels is not None)
    counts = count_labels(true, predicted, classes, weight)

    def scores(average: Average) -> list[Any]:
        return list(score(counts, average, zero_division=zero_division))

    columns = scores(None)
    support = np.sum(columns[3])
    rows = list(zip(names, *columns, strict=False))  # fewer names than labels end the list, with a warning
    complete = bool(np.isin(unique_labels(true, predicted), classes).all())
    averages = [
        ("accuracy" if complete else "micro avg", *scores("micro")[:3], support),
        ("macro avg", *scores("macro")[:3], support),
        ("weighted avg", *scores("weighted")[:3], support),
    ]
    return _as_dict(rows + averages, complete) if output_dict else _as_text(rows, averages, complete, digits)


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
        warnings.warn(
            f"labels size, {len(classes)}, does not match size of target_names, {len(names)}",
            UserWarning,
            stacklevel=3,
        )
    return names


def _as_dict(rows: list[tuple[Any, ...]], complete: bool) -> dict[str, Any]:
    """Return the rows by name; accuracy, whose three scores are equal, is one number."""
    report: dict[str, Any] = {name: dict(zip(HEADERS, map(float, v), strict=True)) for name, *v in rows}
    if complete:
        report["accuracy"] = report["accuracy"]["precision"]
    return report


def _as_text(
    rows: list[tuple[Any, ...]], averages: list[tuple[Any, ...]], complete: bool, digits: int
) -> str:
    """Return the rows as a table: names to the right, numbers with ``digits`` decimals in 9 columns."""
    width = max(*(len(name) for name, *_ in rows), len("weighted avg"), digits)

    def line(name: str, *values: Any) -> str:
        *numbers, support = values
        return f"{name:>{width}} " + "".join(f" {n:>9.{digits}f}" for n in numbers) + f" {support:>9}\n"

    header = " " * width + " " + "".join(f" {title:>9}" for title in HEADERS) + "\n"
    first, *others = averages
    if complete:  # accuracy: the columns of precision and recall stay empty
        name, _, _, accuracy, support = first
        overall = f"{name:>{width}} {'':>10}{'':>10} {accuracy:>9.{digits}f} {support:>9}\n"
    else:
        overall = line(*first)
    body = "".join(line(*row) for row in rows)
    return f"{header}\n{body}\n{overall}" + "".join(line(*row) for row in others)

"""The network as a thing to look at, ask and play with."""

from numpy_ann.inspection.explain import explain
from numpy_ann.inspection.explanation import Explanation
from numpy_ann.inspection.explorer import to_html
from numpy_ann.inspection.tracing import LayerTrace, Trace, trace

__all__ = ["Explanation", "LayerTrace", "Trace", "explain", "to_html", "trace"]

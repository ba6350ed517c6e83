"""The network as a thing to look at, ask and play with."""

from numpy_ann.inspection.explorer import to_html
from numpy_ann.inspection.tracing import LayerTrace, Trace, trace

__all__ = ["LayerTrace", "Trace", "to_html", "trace"]

"""One pass forward and back, with every number kept."""

from numpy_ann.inspection.tracing.recording_plan import LayerTrace
from numpy_ann.inspection.tracing.result import Trace
from numpy_ann.inspection.tracing.trace import trace

__all__ = ["LayerTrace", "Trace", "trace"]

"""One pass forward and back, with every number kept.

``recording.py`` keeps what passes through each layer; ``trace.py`` runs the pass on a copy of the model;
``result.py`` is what comes of it, and how it is shown.
"""

from numpy_ann.inspection.tracing.recording import LayerTrace
from numpy_ann.inspection.tracing.result import Trace
from numpy_ann.inspection.tracing.trace import trace

__all__ = ["LayerTrace", "Trace", "trace"]

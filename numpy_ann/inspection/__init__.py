"""The network as a thing to look at, ask and play with."""

from numpy_ann.inspection.confused_pairs import most_confused
from numpy_ann.inspection.decision_map_recorder import DecisionMapRecorder
from numpy_ann.inspection.explain import explain
from numpy_ann.inspection.explanation import Explanation
from numpy_ann.inspection.explorer import to_html
from numpy_ann.inspection.mistakes import worst_mistakes
from numpy_ann.inspection.occlusion import occlusion
from numpy_ann.inspection.saliency import saliency
from numpy_ann.inspection.tracing import LayerTrace, Trace, trace
from numpy_ann.inspection.weights import weight_images

__all__ = [
    "DecisionMapRecorder",
    "Explanation",
    "LayerTrace",
    "Trace",
    "explain",
    "most_confused",
    "occlusion",
    "saliency",
    "to_html",
    "trace",
    "weight_images",
    "worst_mistakes",
]

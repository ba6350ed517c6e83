"""The network as a thing to look at, ask and play with."""

from numpy_ann.inspection.attribution import occlusion, saliency
from numpy_ann.inspection.decision_map_recorder import DecisionMapRecorder
from numpy_ann.inspection.explaining import Explanation, explain
from numpy_ann.inspection.explorer import to_html
from numpy_ann.inspection.mistakes import most_confused, worst_mistakes
from numpy_ann.inspection.picture_inputs import weight_images
from numpy_ann.inspection.playground import write_playground
from numpy_ann.inspection.tracing import LayerTrace, Trace, trace

__all__ = [
    "DecisionMapRecorder", "Explanation", "LayerTrace", "Trace", "explain", "most_confused", "occlusion",
    "saliency", "to_html", "trace", "weight_images", "worst_mistakes", "write_playground",
]  # fmt: skip

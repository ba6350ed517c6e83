"""Figures of data, training and results.

Every function here has the same manners. Given ``ax=`` (or ``axes=``), it draws there and touches nothing
else; given none, it makes a figure through pyplot, so that ``plt.show()`` and notebooks show it. Either way
it returns the axes, for titles and sizes of your own and for saving:
``plot_history(history).figure.savefig("accuracy.png")``. Style settings are never changed. Colours can be
told apart by colour-blind readers and in grey print.

matplotlib is imported at the first figure, not with this package.
"""

from numpy_ann.plots.attribution import plot_occlusion, plot_saliency
from numpy_ann.plots.confusion_matrix import plot_confusion_matrix
from numpy_ann.plots.decision_map import plot_decision_map
from numpy_ann.plots.history import plot_diagnostics, plot_history
from numpy_ann.plots.images import plot_images, plot_mistakes
from numpy_ann.plots.tape_graph import plot_tape
from numpy_ann.plots.trace import plot_trace
from numpy_ann.plots.weights import plot_weights

__all__ = [
    "plot_confusion_matrix", "plot_decision_map", "plot_diagnostics", "plot_history", "plot_images",
    "plot_mistakes", "plot_occlusion", "plot_saliency", "plot_tape", "plot_trace", "plot_weights",
]  # fmt: skip

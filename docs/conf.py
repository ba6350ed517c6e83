"""How the site is built: ``python -m pip install -e ".[docs]" && sphinx-build -W docs site``."""

import inspect
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generated
import numpy as np

import numpy_ann

project, author, copyright = "numpy_ann", "The numpy_ann maintainers", "the numpy_ann maintainers; MIT"  # noqa: A001
release = version = numpy_ann.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx.ext.viewcode", "sphinx_copybutton"]

html_theme = "furo"
html_title = "numpy_ann"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c8f", "color-brand-content": "#0b5c8f"},
    "dark_css_variables": {"color-brand-primary": "#8cc8ee", "color-brand-content": "#8cc8ee"},
}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebook and the pages hold what tests have seen
nb_merge_streams = True
# The pages show arrays and tables as Python prints them.
highlight_language = "none"
# A word of numpydoc's headings, as layers, may be several names at once.
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them, in words
autodoc_inherit_docstrings = False  # what a subclass says nothing about, its base says
numpydoc_show_class_members = False
numpydoc_xref_param_type = False


def skip(app, what, name, thing, skipped, options):
    """Leave out members of other libraries, as scikit-learn's set_fit_request and NumPy's add."""
    module = getattr(thing, "__module__", None) or ""
    return True if module.startswith("sklearn") or isinstance(thing, np.ufunc) else None


def headed(app, what, name, thing, options, lines):
    """Show a description's indented lines as they are; put numpydoc's headings over source and example."""
    underlined = [i for i, line in enumerate(lines) if line and not line.strip("-")]
    for i in range((underlined or [len(lines)])[0] - 1, 1, -1):
        before = lines[i - 2]
        if (
            lines[i].startswith("    ")
            and not lines[i - 1]
            and before
            and before[0] != " "
            and before[-2:] != "::"
        ):
            lines[i - 1 : i] = ["", "::", ""]
    underlined = [i for i, line in enumerate(lines) if line and not line.strip("-")]
    if not underlined:
        return
    last = lines[underlined[-1] - 1]
    for begin, heading in (("Trained, it has", "Notes"), ("Source:", "Notes"), (">>> ", "Examples")):
        i = next((i for i in range(underlined[-1], len(lines)) if lines[i].startswith(begin)), None)
        if i is not None and last != heading and not lines[i - 1]:
            lines[i:i] = [heading, "-" * len(heading), ""]


# What people search for, where a page's headings say it in other words: the search gives such pages first.
WANTED = {
    "keras_files": "h5, .h5 file, .keras file, open a file, load a model, save a model",
    "howto/fine_tune": "freeze, unfreeze, fine-tune, fine-tuning, transfer learning",
    "howto/imbalanced": "imbalanced, unbalanced, imbalanced classes, rare class, class weights, balanced",
    "distribution": "mpi, several computers, data parallel",
    "own_pieces": "own layer, custom layer, own loss, custom loss, own metric, custom metric",
    "command_line": "command line, numpy_ann train, numpy_ann predict, shell",
    "howto/resume": "resume, crash, checkpoint, continue training",
    "howto/own_pictures": "png, jpg, own pictures, images, folder of pictures",
    "howto/photo": "photo, photograph, scan",
    "howto/table": "csv, own csv, missing values, categories, pandas",
    "howto/web_service": "serve, deploy, fastapi, rest",
    "howto/from_mlpclassifier": "pipeline, estimator, scikit-learn, sklearn, sample weights",
    "howto/hand_on": "onnx, export",
    "howto/cluster": "cluster, search, grid search, hyperparameter",
    "howto/deeper": "compare networks, more layers",
    "howto/regression": "regression, predict a number",
    "answers": "gradient, gradients, gradients of a batch, epsilon, learning rate, learning rate too high, "
    "derivative, mean over the batch, one unit",
    "look_inside": "explorer, look inside",
}


def wanted(app, page, text):
    """Give a page its entries in the index, main ones, above its heading."""
    if page in WANTED:
        entries = ", ".join(f"! {words}" for words in WANTED[page].split(", "))
        text[0] = f"```{{index}} {entries}\n```\n\n{text[0]}"


def to_source(app, page, text):
    """Lead links to the package's files to the site's coloured source, where they would be downloads."""
    modules = [module for module in generated.MODULES if module != "ops"]  # ops have no such pages
    things = (thing for module in modules for _, _, thing in generated.public(module))
    shown = {thing.__module__ for thing in things if inspect.isclass(thing) or inspect.isfunction(thing)}

    def link(found):
        target = f"{'../' * page.count('/')}_modules/{found[2]}.html"
        return f'<a href="{target}">{found[1]}</a>' if found[2].replace("/", ".") in shown else found[0]

    text[0] = re.sub(r"\[([^\]]*)\]\((?:\.\./)+(numpy_ann/[\w/]+)\.py\)", link, text[0])


def setup(app):
    """Write the pages that come from the package, the lessons and the notebook before any is read."""
    app.connect("builder-inited", lambda app: generated.write(Path(app.srcdir)))
    app.connect("source-read", to_source)
    app.connect("source-read", wanted)
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", headed, priority=400)  # before numpydoc

"""Keras scripts as they are: the names ``keras``, ``tf_keras`` and ``tensorflow``, answered by this package.

``python -m numpy_ann run train.py`` runs a script without Keras and TensorFlow; in a notebook ``install()``
does it for all cells below. What such scripts use beside Keras of TensorFlow (``tf.constant``,
``tf.GradientTape``, ``tf.data.Dataset.from_tensor_slices``, ...) is there too. Nothing is taken from an
installed Keras or TensorFlow, and neither is touched.
"""

from numpy_ann.as_keras.importer import install, installed, uninstall

__all__ = ["install", "installed", "uninstall"]

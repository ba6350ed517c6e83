import inspect

import pytest

from numpy_ann import callbacks
from numpy_ann.callbacks import Callback


def test_every_moment_can_be_left_alone_and_takes_logs():
    moments = [name for name in dir(Callback) if name.startswith("on_")]
    assert len(moments) == 16
    for name in moments:
        *place, logs = list(inspect.signature(getattr(Callback, name)).parameters)[1:]
        assert logs == "logs"
        assert getattr(Callback(), name)(*range(len(place))) is None


def test_model_and_params_are_remembered():
    callback = Callback()
    callback.set_model("model")
    callback.set_params({"epochs": 3})
    assert (callback.model, callback.params) == ("model", {"epochs": 3})


def test_what_keras_has_beside_these_is_refused_by_name():
    with pytest.raises(AttributeError, match=r"leaves out Keras' OrbaxCheckpoint.*CSVLogger"):
        _ = callbacks.OrbaxCheckpoint
    with pytest.raises(ImportError, match="leaves out Keras' ProgbarLogger"):
        from numpy_ann.callbacks import ProgbarLogger  # noqa: F401

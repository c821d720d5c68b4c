"""The unmodified official client, for tests that are witnesses; its import warns, and only here nobody listens."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import onesignal
    from onesignal import exceptions, model_utils, models
    from onesignal.api.default_api import DefaultApi

__all__ = ["DefaultApi", "exceptions", "model_utils", "models", "onesignal"]

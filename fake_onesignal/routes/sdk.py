"""What SDKs fetch when they start, without any key (facts/onesignal-api.md 8.1, 10)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from fake_onesignal import auth
from fake_onesignal.routes import asked
from fake_onesignal.wire import sdk
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from fake_onesignal.state import AppState

routes = Blueprint("sdk", __name__)
CACHE_S = 3_600
SITE = re.compile(r"https?://[^/?#]+")
SCRIPT = "application/javascript; charset=utf-8"


@routes.get("/sync/<app_id>/web")
def sync_web(app_id: str) -> Response:
    """Configure the web SDK, as JSON for its service worker or wrapped in `callback` for its page.

    Cached for an hour, failures too. A script tag runs nothing but a 200, so a wrapped failure is one (inferred).
    """
    body, status = web_config(asked.world().apps.get(auth.canonical_uuid(app_id)))
    callback = request.args.get("callback", "")
    response = answer(body, status)
    if sdk.is_callback(callback):
        response = Response(sdk.wrapped(callback, response.get_data()), content_type=SCRIPT)
    response.headers["Cache-Control"] = f"public, max-age={CACHE_S}"
    response.headers["Vary"] = "Origin"
    return response


@routes.get("/apps/<app_id>/android_params.js")
def android_params(app_id: str) -> Response:
    """Configure the Android SDK; 304 when it has the parameters already."""
    state = asked.app_with_key_or_sdk(app_id)
    return unless_known(answer(sdk.render_android_params(state.app, state.settings)))


@routes.get("/apps/<app_id>/ios_params.js")
def ios_params(app_id: str) -> Response:
    """Configure the iOS SDK (inferred)."""
    state = asked.app_with_key_or_sdk(app_id)
    return unless_known(answer(sdk.render_ios_params(state.app, state.settings)))


@routes.get("/apps/<app_id>/sdk/features/<platform>/<version>")
def sdk_features(app_id: str, platform: str, version: str) -> Response:
    """List the features that are tried out on this version of a platform's SDK: none."""
    del platform, version
    asked.app_with_key_or_sdk(app_id)
    return answer({"features": []})


def web_config(state: AppState | None) -> tuple[dict[str, Any], int]:
    """Give the configuration, or the failure, and its status (statuses inferred)."""
    if state is None:
        return sdk.NO_SUCH_APP, 404
    if state.settings.web_origin is None:
        return sdk.NOT_FOR_WEB, 400
    now = asked.world().unix_now()
    return sdk.render_web_config(state.app, state.settings, page_origin=page_origin(), now=now), 200


def page_origin() -> str:
    """Say which site asks: a call of a script names it, a script tag has come from it, and else it is the fake's."""
    site = SITE.match(request.referrer or "")
    return request.headers.get("Origin") or (site[0] if site else request.host_url.rstrip("/"))


def unless_known(response: Response) -> Response:
    """Tag an answer, and send the tag only to a caller who shows it (`If-None-Match`)."""
    response.set_etag(sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request.environ)
    return response

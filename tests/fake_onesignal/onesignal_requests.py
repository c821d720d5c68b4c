"""Requests for every operation of OneSignal's list that are not quite right, or not at all; drawn by Hypothesis."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from onesignal_bodies import VALID

if TYPE_CHECKING:
    from onesignal_town import Request, Town

    from fake_onesignal.operations import Operation

NAMES = sorted({name for body in VALID.values() for name in body} | {"id", "app_id", "external_id", "type", "token"})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "null", "ada", "email", "\0", "x" * 300, "2026-13-45T99:00:00Z", "{{ a }}", "{% a", "é"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "en", ""]), inner, max_size=3),
    max_leaves=6,
)
DEEP = (b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b'{"identity":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
GARBAGE = (b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"a":1e999}')
PATH_VALUES = ["", "a/b", "%", "\0", "é", "x" * 2_000, "null", "..", "5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"]


@st.composite
def bodies(draw: st.DrawFn, valid: dict[str, Any]) -> bytes:
    """A valid body, one with a wrong part, or garbage."""
    kind = draw(st.sampled_from(["nearly", "nearly", "nearly", "odd", "garbage", "deep", "bytes"]))
    if kind == "nearly":
        keys = draw(st.lists(st.sampled_from(sorted(valid) or NAMES), max_size=2))
        return json.dumps({**valid, **{key: draw(VALUES) for key in keys}}).encode()
    if kind == "odd":
        odd = draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4) | VALUES)
        return json.dumps({**valid, **odd} if isinstance(odd, dict) else odd).encode()
    return draw(
        {"garbage": st.sampled_from(GARBAGE), "deep": st.sampled_from(DEEP), "bytes": st.binary(max_size=50)}[kind]
    )


@st.composite
def requests_for(draw: st.DrawFn, operation: Operation, town: Town) -> Request:
    """A request for an operation that may be wrong in its path, query, headers, encoding and body."""
    body = draw(bodies(town.body(operation)))
    places = draw(st.dictionaries(st.sampled_from(sorted(town.places)), st.sampled_from(PATH_VALUES), max_size=1))
    query_names = [
        "limit",
        "offset",
        "kind",
        "cursor",
        "channel",
        "app_id",
        "start",
        "granularity",
        "callback",
        "token",
    ]
    query = draw(st.dictionaries(st.sampled_from(query_names), st.sampled_from([*PATH_VALUES, "-1", "10"]), max_size=2))
    headers = draw(
        st.sampled_from([{}, {}, {"Content-Type": "text/plain"}, {"Authorization": "Key wrong"}, {"Authorization": ""}])
    )
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    headers = {**headers, **draw(st.sampled_from([{}, {}, form, {"Content-Type": ""}]))}
    if draw(st.integers(0, 9)) == 0:
        body, headers = gzip.compress(body, mtime=0), {**headers, "Content-Encoding": "gzip"}
    is_chunked = draw(st.integers(0, 4)) == 0
    return town.request(operation, body, places=places, query=query, headers=headers, is_chunked=is_chunked)

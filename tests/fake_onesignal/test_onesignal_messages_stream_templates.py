"""Flat stream templates are filled in without Liquid's machinery, to the same bytes."""

import pytest

from fake_onesignal.wire.event_stream import _LIQUID, DEFAULT_TEMPLATE, Flat, parse_template, render

CONTEXT = {
    "event": {
        "kind": "message.push.sent",
        "timestamp": 1_767_603_600,
        "data": {},
        "external_id": 'a "b" ü €',
        "id": None,
    },
    "message": {"title": {"en": "Hi", "de": "Grüß"}, "contents": "", "name": "x", "url": "https://e.test/?a=1&b=2"},
    "user": {"tags": {"level": "3"}, "language": "en", "subscription": {"session_count": 2, "subscribed": True}},
}


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT_TEMPLATE,
        '{"who": {{event.external_id|json}}, "level": {{ user.tags.level | json }}}',
        '{"deep": {{ user.subscription.subscribed | json }}, "absent": {{ user.tags.absent | json }}}',
        '{"absent": {{ none.at.all | json }}, "in a text": {{ event.kind.x | json }}, "null": {{ event.id | json }}}',
        "}} {{ event.data | json }} {",
        "{{ message.title | json }}",
    ],
)
def test_a_flat_template_is_filled_in_as_liquid_does(text):
    template = parse_template(text)

    assert isinstance(template, Flat)
    assert render(template, CONTEXT) == _LIQUID.from_string(text).render(**CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        "{{ event.kind }}",
        "{{- event.kind | json -}}",
        "{{ event.kind | upcase | json }}",
        "{{ message.name.size | json }}",
        "{% if event.id %}{{ event.kind | json }}{% endif %}",
        "{{ user['tags'] | json }}",
    ],
)
def test_whatever_says_more_goes_through_liquid(text):
    template = parse_template(text)

    assert not isinstance(template, Flat)
    assert render(template, CONTEXT) == _LIQUID.from_string(text).render(**CONTEXT)

"""Messages from the request to their statistics."""


def device(call, app, external_id, type_="iOSPush", token="token-1", **fields):
    subscription = {"type": type_, "token": token, **fields}
    body = {"identity": {"external_id": external_id}, "subscriptions": [subscription]}
    return call("POST", f"/apps/{app.id}/users", body).json["subscriptions"][0]["id"]


def test_a_push_to_an_alias_is_sent_when_the_service_works_and_counted(call, app, fake):
    device(call, app, "anna")

    accepted = call(
        "POST",
        "/notifications",
        {
            "app_id": app.id,
            "include_aliases": {"external_id": ["anna"]},
            "target_channel": "push",
            "contents": {"en": "Hello"},
        },
    )
    assert accepted.status_code == 200, accepted.text
    fake.run_due()
    seen = call("GET", f"/notifications/{accepted.json['id']}?app_id={app.id}").json

    assert seen["successful"] == 1

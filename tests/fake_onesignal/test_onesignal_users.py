"""Users through the current User API."""


def test_an_unknown_alias_is_named_in_the_refusal(call, app):
    answer = call("GET", f"/apps/{app.id}/users/by/external_id/a%2Fb")

    assert answer.status_code == 404
    assert answer.json == {"errors": [{"title": "Given alias `(external_id: a/b)` doesn't match an existing user"}]}

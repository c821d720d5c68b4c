"""A story can be held, taken back, branched and gone on with, and is the same to the byte every time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from simulator.errors import WrongUsageError
from simulator.live import Live
from simulator.playback import THE_END, Playback
from simulator.snapshots import Album
from simulator.telling import Telling
from simulator.worldview import differences

TELLING = Telling("connect_and_sync")


@pytest.fixture
def playback() -> Iterator[Playback]:
    with Playback(TELLING) as held:
        yield held


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path / "snapshots")


def test_a_story_is_held_before_its_first_beat(playback: Playback) -> None:
    assert (playback.beat, playback.ending, len(playback.simulation.journal)) == (0, None, 0)
    assert playback.ahead == "POST https://api.onesignal.com/api/v1/players"


def test_a_beat_gives_the_exchanges_it_was_made_of(playback: Playback) -> None:
    announced = playback.ahead

    [exchange] = playback.forward()

    assert f"{exchange.method} {exchange.url}" == announced
    assert (exchange.sender, playback.beat) == ("you", 1)


def test_a_house_at_work_is_one_beat_of_several_exchanges(playback: Playback) -> None:
    while playback.ahead != "the bridge works":
        playback.forward()

    exchanges = playback.forward()

    assert len(exchanges) > 1
    assert {exchange.sender for exchange in exchanges} == {"bridge"}


def test_going_back_gives_the_same_world_to_the_byte(playback: Playback) -> None:
    playback.go_to(9)
    then, ahead = playback.simulation.digest(), playback.ahead

    playback.forward(12)
    playback.back(12)

    assert (playback.beat, playback.ahead, playback.simulation.digest()) == (9, ahead, then)


def test_a_story_played_beat_by_beat_ends_as_one_that_is_told_in_one_go(playback: Playback) -> None:
    simulation = TELLING.begin()
    told = TELLING.tell(simulation)

    while playback.ahead is not None:
        playback.forward()

    assert playback.ending is not None
    assert playback.ending.checks == told.checks
    assert playback.simulation.digest() == simulation.digest()


def test_nothing_lies_behind_the_end_and_nothing_before_the_beginning(playback: Playback) -> None:
    ending = playback.to_the_end()
    last = playback.beat

    playback.forward(5)
    assert (playback.beat, playback.ending) == (last, ending)

    playback.back(last + 5)
    assert playback.beat == 0
    with pytest.raises(WrongUsageError, match="no beat -1"):
        playback.go_to(-1)


def test_an_error_of_the_story_is_raised_by_whoever_moved_it() -> None:
    with pytest.raises(WrongUsageError, match="must be at least 1, not 0"):
        Playback(Telling("connect_and_sync", settings=("people=0",)))


def test_a_story_that_was_left_goes_on_live(playback: Playback) -> None:
    playback.go_to(4)

    with Live(playback.leave()) as live:
        keys = live.ready()["credentials"]["onesignal"]
        answer = requests.get(
            f"{live.urls['onesignal']}/apps/{keys['app_id']}",
            headers={"Authorization": f"Key {keys['organization_api_key']}"},
            timeout=10,
        )

    assert answer.json()["players"] == 3


def test_a_snapshot_loads_the_world_that_was_saved_and_each_load_is_a_branch(playback: Playback, album: Album) -> None:
    playback.go_to(7)
    album.save("early", playback)

    with album.load("early") as one, album.load("early") as other:
        one.forward(3)

        assert other.beat == 7
        assert other.simulation.digest() == playback.simulation.digest() != one.simulation.digest()


def test_two_snapshots_are_compared_by_what_the_services_answer(playback: Playback, album: Album) -> None:
    playback.go_to(9)
    album.save("early", playback)
    playback.to_the_end()
    album.save("late", playback)

    lines = list(differences(album.load("early").leave(), album.load("late").leave()))

    assert "+ OneSignal segment 'Eager learners': 9 subscriptions" in lines
    assert "~ Amplitude US event 'Lesson Completed': 2 this week -> 6 this week" in lines
    assert any(line.startswith("~ bridge main cohorts: 0 waiting, 0 delivered") for line in lines)
    assert not list(differences(album.load("early").leave(), album.load("early").leave()))


def test_a_snapshot_of_a_story_that_goes_differently_now_is_refused(playback: Playback, album: Album) -> None:
    playback.go_to(5)
    album.save("early", playback)
    [path] = (album.folder).iterdir()
    path.write_text(path.read_text().replace('"seed": 7', '"seed": 8'))

    with pytest.raises(WrongUsageError, match="cannot be loaded: the story goes differently now"):
        album.load("early")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "Input data was truncated"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"scenario": "x", "seed": "y"}', r"\$\.seed"),
        (b'{"scenery": 1}', "unknown field `scenery`"),
        (
            b'{"scenario": "x", "seed": 7, "settings": [], "limits": null, "beat": -3}',
            r"Expected `int` >= 0 - at `\$.beat`",
        ),
    ],
)
def test_a_broken_snapshot_is_refused_with_the_place_where_it_is_broken(
    album: Album, content: bytes, complaint: str
) -> None:
    album.folder.mkdir()
    (album.folder / "broken.snapshot.json").write_bytes(content)

    with pytest.raises(WrongUsageError, match=f"no snapshot: .*{complaint}"):
        album.load("broken")


def test_an_unknown_snapshot_is_refused_with_the_nearest_name(playback: Playback, album: Album) -> None:
    album.save("early", playback)

    with pytest.raises(WrongUsageError, match=r"there is no snapshot 'earl' in .*; the nearest is 'early'"):
        album.load("earl")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "a b"])
def test_a_snapshot_has_a_name_that_stays_in_its_folder(playback: Playback, album: Album, name: str) -> None:
    with pytest.raises(WrongUsageError, match="a snapshot is named with"):
        album.save(name, playback)


def test_a_story_is_played_to_its_end_by_a_beat_beyond_it(playback: Playback) -> None:
    playback.go_to(THE_END)

    assert playback.ahead is None
    assert playback.ending is not None
    assert playback.ending.holds

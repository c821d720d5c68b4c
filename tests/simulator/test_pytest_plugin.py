"""One fixture, and a failing test that tells what was said on the wire."""


def test_the_fixture_is_a_connected_street_with_a_clock_that_stands(pytester):
    pytester.makepyfile(
        """
        def test_it(simulation):
            session = simulation.session()
            event = {"user_id": "user-1", "event_type": "Lesson Completed"}
            body = {"api_key": simulation.project.api_key, "events": [event]}
            answer = session.post("https://api2.amplitude.com/2/httpapi", json=body)
            assert answer.json()["events_ingested"] == 1
            assert simulation.amplitude_reader().events_of("user-1")[0]["event_type"] == "Lesson Completed"
            assert simulation.bridge.status().connections[0].name == "main"
        """
    )

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_two_tests_have_two_worlds_of_the_same_seed(pytester):
    pytester.makepyfile(
        """
        seen = []

        def test_one(simulation):
            seen.append((simulation.app.id, len(simulation.journal)))
            simulation.session().get("https://api.onesignal.com/")

        def test_two(simulation):
            assert seen == [(simulation.app.id, len(simulation.journal))]
            assert simulation.seed == 41
        """
    )

    pytester.runpytest_subprocess("-p", "no:randomly", "--simulation-seed", "41").assert_outcomes(passed=2)


def test_a_failing_test_tells_the_seed_and_the_last_exchanges_without_keys(pytester):
    pytester.makepyfile(
        """
        def test_it(simulation):
            body = {"api_key": simulation.project.api_key, "events": "none"}
            simulation.session().post("https://api2.amplitude.com/2/httpapi", json=body)
            assert False
        """
    )

    outcome = pytester.runpytest_subprocess("-p", "no:randomly")

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*simulation (seed 0)*", "*POST https://api2.amplitude.com/2/httpapi -> 400*"])
    outcome.stdout.fnmatch_lines(['*"api_key": "[*][*][*]"*'])


def test_the_summary_lists_the_sins_of_the_client_under_test(pytester):
    pytester.makepyfile(
        """
        def send(simulation, key):
            event = {"user_id": "user-1", "event_type": "Play", "insert_id": key}
            body = {"api_key": simulation.project.api_key, "events": [event]}
            simulation.session().post("https://api2.amplitude.com/2/httpapi", json=body)

        def test_sinful(simulation):
            send(simulation, "one")
            send(simulation, "one")

        def test_clean(simulation):
            send(simulation, "one")
            send(simulation, "two")
        """
    )

    outcome = pytester.runpytest_subprocess("-p", "no:randomly")

    outcome.assert_outcomes(passed=2)
    outcome.stdout.fnmatch_lines(
        ["*verdicts on the clients under test*", "*::test_sinful: sent again what was accepted: 'one'*(you, #2)"]
    )
    outcome.stdout.no_fnmatch_line("*test_clean:*")

"""Lists every drill: its name for bin/drill, its test, and what it breaks."""

from dataclasses import dataclass

DRILL_TESTS = "tests/drills"


@dataclass(frozen=True)
class Drill:
    test: str
    what: str
    is_marked_long: bool = False

    @property
    def is_quick(self) -> bool:
        """Tells whether bin/test runs it too. bin/test leaves out the folder of long drills and tests marked `long`."""
        return not (self.is_marked_long or self.test.startswith(f"{DRILL_TESTS}/long/"))


DRILLS = {
    "worker-killed": Drill(
        f"{DRILL_TESTS}/test_killed_worker.py::test_row_03_a_worker_killed_in_mid_batch_loses_no_mail_and_no_count",
        "300 people sign and 100 confirm while the worker is killed five times (kill -9) in the middle of a batch",
    ),
    "broker-stopped": Drill(
        f"{DRILL_TESTS}/test_broker.py::test_row_05_five_hundred_people_sign_while_the_broker_stops",
        "the broker is killed while 500 people sign, and comes back empty",
    ),
    "broker-frozen": Drill(
        f"{DRILL_TESTS}/test_broker.py::test_row_05_a_frozen_broker_costs_the_first_people_a_moment_and_the_others_nothing",
        "the broker is frozen (SIGSTOP) while 224 people sign; web restarts in between",
    ),
    "broker-emptied": Drill(
        f"{DRILL_TESTS}/test_broker.py::test_row_04_beat_finds_what_no_hint_announced",
        "50 people sign without a worker, and the broker loses all their wake-ups (FLUSHALL)",
    ),
    "broker-unanswered": Drill(
        f"{DRILL_TESTS}/test_broker.py::test_row_06_a_worker_that_could_acknowledge_nothing_goes_on",
        "the broker stops while every process of the worker has a task, and is back when they are done",
    ),
    "database-crashed": Drill(
        f"{DRILL_TESTS}/test_database.py::test_row_01_what_was_accepted_outlives_a_crash_of_the_database",
        "PostgreSQL stops twice (-m immediate) while 300 people sign, who try again if they are refused",
        is_marked_long=True,
    ),
    "mail-server": Drill(
        f"{DRILL_TESTS}/test_mail_server.py::test_row_10_mail_waits_for_a_mail_server_that_is_away_silent_or_unwilling",
        "the mail server refuses, is silent, answers 421, 451, 550, disconnects before and after it accepts",
    ),
    "mail-bomb": Drill(
        f"{DRILL_TESTS}/test_mail_bomb.py::test_two_hundred_posts_for_one_mailbox_bring_it_one_mail",
        "200 POSTs from 100 networks with variants of one mailbox; the second half without the cache",
    ),
    "scanner": Drill(
        f"{DRILL_TESTS}/test_scanner.py::test_a_scanner_that_opens_every_link_confirms_nobody",
        "a scanner opens and prefetches every link of 40 emails, five of them in a browser with scripts",
        is_marked_long=True,
    ),
    "worker-killed-40": Drill(
        f"{DRILL_TESTS}/long/test_worker_kills.py::test_row_03_two_workers_killed_forty_times_over_six_thousand_mails_lose_none",
        "6,000 people sign while two workers are killed forty times in all, and every lease ends at its real time",
    ),
    "broker-away": Drill(
        f"{DRILL_TESTS}/long/test_broker_at_length.py::test_a_site_that_starts_without_its_broker_takes_signatures_at_once",
        "web, worker and beat start while the broker is away",
    ),
    "broker-restarted": Drill(
        f"{DRILL_TESTS}/long/test_broker_at_length.py::test_a_broker_that_restarts_five_times_is_not_noticed_by_who_signs",
        "the broker restarts five times while 600 people sign",
    ),
    "broker-half-open": Drill(
        f"{DRILL_TESTS}/long/test_broker_at_length.py::test_connections_that_swallow_everything_are_given_up",
        "connections to the broker accept data and answer nothing for 20 s; afterwards they stay dead",
    ),
    "mail-faults": Drill(
        f"{DRILL_TESTS}/long/test_mail_faults.py::test_every_fault_of_a_mail_server_costs_a_mail_its_turn_and_no_more",
        "215 people sign; seven providers have one fault each: 421, 451, 550, a stall, a cut before or after DATA",
    ),
    "two-beats": Drill(
        f"{DRILL_TESTS}/long/test_two_beats.py::test_two_beats_and_two_workers_send_each_mail_once",
        "two beats and two workers run at once while 200 people sign and confirm",
    ),
    "disk-full": Drill(
        f"{DRILL_TESTS}/long/test_full_disk.py::test_row_01_a_full_disk_refuses_and_what_was_accepted_is_there_when_it_is_larger",
        "PostgreSQL's disk, a small tmpfs, fills up while people sign, and is then enlarged",
    ),
    "deploys": Drill(
        f"{DRILL_TESTS}/long/test_deploys.py::test_row_11_fifteen_deploys_turn_nobody_away",
        "fifteen deploys under load, behind nginx: new web and worker start, the old ones get SIGTERM",
    ),
    "two-hosts": Drill(
        f"{DRILL_TESTS}/long/test_two_hosts.py::test_a_web_host_and_then_the_replica_go_dead_and_nobody_who_was_accepted_is_lost",
        "one of two hosts with web and worker goes dead under load, and then the replica that serves the lists",
    ),
    "flood": Drill(
        f"{DRILL_TESTS}/long/test_flood.py::test_twenty_thousand_bad_posts_keep_nobody_from_signing",
        "20,000 bad POSTs from 500 networks while 50 people sign",
    ),
    "mail-bomb-1000": Drill(
        f"{DRILL_TESTS}/long/test_mail_bomb.py::test_a_thousand_posts_for_one_mailbox_bring_it_one_mail",
        "as mail-bomb, with 1,000 POSTs from 500 networks",
    ),
    "scanner-1000": Drill(
        f"{DRILL_TESTS}/long/test_scanner.py::test_a_scanner_that_opens_every_link_of_a_thousand_mails_confirms_nobody",
        "as scanner, with 1,000 emails; then all of the 1,000 confirm",
    ),
    "wapiti": Drill(
        f"{DRILL_TESTS}/long/test_wapiti.py::test_wapiti_finds_nothing",
        "the scanner wapiti crawls and attacks the site; it must find nothing of medium level or above, and no 5xx",
    ),
}

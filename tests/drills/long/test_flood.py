import json
import subprocess
import sys
import time
from itertools import count

import pytest

from signatures.mail.models.email import Mail
from tests.drills.crowd import Crowd
from tests.drills.reckoning import longest, reckon
from tests.outbox import is_all_sent
from tests.smtp import serving
from tests.waiting import seconds_until
from tools.dev import ports
from tools.dev.processes import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

BAD, NETWORKS, PEOPLE = 20_000, 500, 50


def test_twenty_thousand_bad_posts_keep_nobody_from_signing(start_site, statement, sink, tell):
    """The limits are those of production. The signers come one after the other, each from their own network."""
    own = count(1)
    with serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail, TRUSTED_PROXIES="1", LIMIT_FACTOR="1")
        crowd = Crowd(site, network=lambda: f"198.51.100.{next(own)}")
        usual = crowd.sign(10)
        began = time.monotonic()
        command = [sys.executable, "-m", "tests.drills.long.flooding", *map(str, (site.port, BAD, NETWORKS))]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as flood:
            while len(crowd.answers) < 10 + PEOPLE:
                time.sleep(0.5)
                crowd.sign_once()
            is_under_water = flood.poll() is None
            output, _ = flood.communicate()
        lasted = time.monotonic() - began
        recovered = seconds_until(is_all_sent)

    done, seen = reckon(crowd, sink), {int(status): count for status, count in json.loads(output).items()}
    answers = ", ".join(f"{status}: {seen[status]:,}" for status in sorted(seen))
    tell(done, recovered=recovered, remark=f"bad POSTs answered {answers}", longest_before=longest(usual), flood=lasted)
    assert is_under_water
    assert sum(seen.values()) == BAD
    assert set(seen) <= {400, 403, 404, 405, 413, 422, 429}
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (
        10 + PEOPLE,
        done.accepted,
        done.accepted,
        0,
    )
    assert Mail.objects.count() == 10 + PEOPLE

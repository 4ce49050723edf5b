"""How fast each mail provider takes our mail. It is learnt as networks learn theirs: a little faster with every mail
that was taken, half as fast when it asks for less (additive increase, multiplicative decrease)."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models

from signatures.identity import provider
from signatures.limits import (
    PACE_BURST,
    PACE_LEAST,
    PACE_MOST,
    PACE_REST,
    PACE_REST_DOUBLES,
    PACE_START,
    PACE_STEP,
)

if TYPE_CHECKING:
    from signatures.models.mail import Mail

Values = dict[str, Any]

SITE = "site"  # the key of everything that we send together

# The allowance grows until it is a burst. In the order of keys, so that two senders never wait for each other
SPEND = """
    WITH locked AS (
        SELECT key, many FROM signatures_pace JOIN unnest(%(keys)s, %(manys)s::int[]) AS spent (key, many) USING (key)
        WHERE rate IS NOT NULL ORDER BY key FOR UPDATE OF signatures_pace
    )
    UPDATE signatures_pace AS pace
    SET allowance = least(
            greatest(1, pace.rate * %(burst)s / 60),
            pace.allowance + greatest(0, extract(epoch FROM %(now)s - pace.reckoned_at)) * pace.rate / 60
        ) - locked.many,
        reckoned_at = greatest(%(now)s, pace.reckoned_at)
    FROM locked WHERE pace.key = locked.key
"""

GROW = """
    WITH locked AS (
        SELECT key, many FROM signatures_pace JOIN unnest(%(keys)s, %(manys)s::int[]) AS taken (key, many) USING (key)
        WHERE rate IS NOT NULL ORDER BY key FOR UPDATE OF signatures_pace
    )
    UPDATE signatures_pace AS pace
    SET taken_at = greatest(%(now)s, pace.taken_at),
        slowed_in_a_row = 0,
        rate = least(%(most)s, pace.rate + locked.many * CASE WHEN pace.slowed_at IS NULL THEN 1
                                                              ELSE %(step)s / pace.rate END)
    FROM locked WHERE pace.key = locked.key
"""

RESERVE_SITE = """
    INSERT INTO signatures_pace AS pace (key, rate, allowance, reckoned_at)
    VALUES (%(site)s, %(rate)s, %(burst)s, %(now)s)
    ON CONFLICT (key) DO UPDATE SET rate = excluded.rate
"""

# What is refused before the rest is over belongs to the same breath. A provider that takes nothing between two rests
# has a longer one each time
SLOW_DOWN = """
    INSERT INTO signatures_pace AS pace (key, rate, allowance, reckoned_at, slowed_at, rests_until, slowed_in_a_row)
    VALUES (%(key)s, %(start)s / 2, 0, %(now)s, %(now)s, %(now)s + %(rest)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        rate = greatest(%(least)s, coalesce(pace.rate, %(start)s) / 2),
        allowance = least(0, pace.allowance),
        reckoned_at = greatest(%(now)s, pace.reckoned_at),
        slowed_at = %(now)s,
        rests_until = %(now)s + %(rest)s * power(2, least(pace.slowed_in_a_row, %(doublings)s)),
        slowed_in_a_row = least(pace.slowed_in_a_row, 1000) + 1
    WHERE pace.rests_until IS NULL OR pace.rests_until <= %(now)s
"""


class PaceQuerySet(models.QuerySet["Pace"]):
    def slow_down(self, key: str, *, now: datetime) -> None:
        """The provider asked for less: nothing for a moment, then half as fast."""
        values: Values = {
            "key": key,
            "start": float(PACE_START),
            "least": float(PACE_LEAST),
            "now": now,
            "rest": PACE_REST,
            "doublings": PACE_REST_DOUBLES,
        }
        with connection.cursor() as cursor:
            cursor.execute(SLOW_DOWN, values)

    def grow(self, taken: Mapping[str, int], *, now: datetime) -> None:
        """So many mails were taken. At first each doubles the pace as TCP's slow start does; once a provider has asked
        for less, a minute's worth makes it faster by one step."""
        self._change(GROW, taken, now)

    def spend(self, claimed: Mapping[str, int], *, now: datetime) -> None:
        self._change(SPEND, claimed, now)

    def rest(self, *, until: datetime) -> None:
        """The mail server itself is in trouble: nothing goes anywhere before `until`."""
        new = {"rate": None, "allowance": 0, "reckoned_at": until, "rests_until": until}
        self.update_or_create(key=SITE, defaults={"rests_until": until}, create_defaults=new)

    def reckon(self, *, now: datetime) -> "Budgets":
        """What each provider may be sent. In a transaction: the site's own budget belongs to one sender at a time."""
        if settings.MAILS_PER_MINUTE:
            self._reserve_site(now)
        return Budgets(now, {pace.key: pace.allowed(now) for pace in self.all()})

    def begin(self, keys: Collection[str], *, now: datetime) -> None:
        """Large providers have a pace from their first mail on."""
        fresh: Values = {"rate": PACE_START, "allowance": _burst(PACE_START), "reckoned_at": now}
        Pace.objects.bulk_create([Pace(key=key, **fresh) for key in keys], ignore_conflicts=True)

    def idle_since(self, moment: datetime) -> "PaceQuerySet":
        return self.exclude(key=SITE).filter(reckoned_at__lte=moment)

    def _reserve_site(self, now: datetime) -> None:
        rate = settings.MAILS_PER_MINUTE
        values: Values = {"site": SITE, "rate": float(rate), "burst": _burst(rate), "now": now}
        with connection.cursor() as cursor:
            cursor.execute(RESERVE_SITE, values)

    def _change(self, statement: str, numbers: Mapping[str, int], now: datetime) -> None:
        if not numbers:
            return
        values: Values = {
            "keys": list(numbers),
            "manys": list(numbers.values()),
            "now": now,
            "burst": PACE_BURST.total_seconds(),
            "most": float(PACE_MOST),
            "step": float(PACE_STEP),
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


class Pace(models.Model):
    """One provider's, under the short keyed hash that `identity.provider` makes; or the whole site's."""

    key = models.CharField(max_length=provider.KEY_LENGTH, primary_key=True)
    rate = models.FloatField(null=True)  # mails a minute
    allowance = models.FloatField(default=0, db_default=0)  # mails that could go at once, when it was reckoned
    reckoned_at = models.DateTimeField()
    slowed_at = models.DateTimeField(null=True)
    slowed_in_a_row = models.PositiveSmallIntegerField(default=0, db_default=0)
    rests_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    objects = PaceQuerySet.as_manager()

    def __str__(self) -> str:
        return provider.name_of(self.key) or self.key

    def is_resting(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now

    def allowed(self, now: datetime) -> float:
        """How many mails may go at once; infinity where nothing but the mail server holds them up."""
        if self.is_resting(now):
            return 0
        if self.rate is None or (self.key == SITE and not settings.MAILS_PER_MINUTE):
            return math.inf
        grown = max((now - self.reckoned_at).total_seconds(), 0) * self.rate / 60
        return min(_burst(self.rate), self.allowance + grown)


class Budgets:
    """What may go where at one moment, and what of it has been taken."""

    def __init__(self, now: datetime, left: dict[str, float]):
        self.now, self.left = now, left
        self.known = set(left)
        self.spent: Counter[str] = Counter()

    @property
    def exhausted(self) -> list[str]:
        return [key for key, left in self.left.items() if left < 1 and key != SITE]

    def at_most(self, many: int) -> int:
        return int(min(many, self.left.get(SITE, math.inf)))

    def admit(self, mails: Iterable["Mail"]) -> list["Mail"]:
        """Those whose provider may be sent one more."""
        return [mail for mail in mails if self._take(mail.provider)]

    def settle(self) -> None:
        paces = Pace.objects.all()
        paces.begin([key for key in self.spent if key not in self.known and provider.name_of(key)], now=self.now)
        total = {SITE: self.spent.total()} if settings.MAILS_PER_MINUTE else {}
        paces.spend({**self.spent, **total}, now=self.now)

    def _take(self, key: str) -> bool:
        left = self.left.setdefault(key, _burst(PACE_START) if provider.name_of(key) else math.inf)
        if left < 1:
            return False
        self.left[key] = left - 1
        self.spent[key] += 1
        return True


def _burst(rate: float) -> float:
    return max(1, rate * PACE_BURST.total_seconds() / 60)

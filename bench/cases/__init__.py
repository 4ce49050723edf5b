"""The cases by their names. Those of one group run in one go, beside the same floors."""

from collections.abc import Callable, Iterator, Set

from bench.cases import edge, growth, imports, mails, mixed, pages, signing, start
from bench.house import House
from bench.measure import Row
from bench.options import Options

Group = Callable[[House, Options, Set[str]], Iterator[Row]]

GROUPS: list[tuple[Group, tuple[str, ...]]] = [
    (start.measure, start.CASES),
    (signing.measure, signing.CASES),
    (pages.measure, pages.CASES),
    (edge.measure, edge.CASES),
    (mails.measure, mails.CASES),
    (growth.measure, growth.CASES),
    (imports.measure, imports.CASES),
    (mixed.measure, mixed.CASES),
]
NAMES = [name for _group, names in GROUPS for name in names]

"""Lists the cases by name. Those of one group are measured in one run, with the same floors."""

from collections.abc import Callable, Iterator, Set

from tools.bench.cases import edge, growth, imports, mails, mixed, pages, signing, start
from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House

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

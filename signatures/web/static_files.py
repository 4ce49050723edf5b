import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\)(?: (\w+))?;')


class BundlingStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """A page asks for one sheet. `site.css` names its parts by @import, which browsers understand as it is; here they
    are put together, so that no browser has to ask for one after the other."""

    def post_process(self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and STYLESHEET in paths:
            Path(self.path(STYLESHEET)).write_text(bundled_css(STYLESHEET), encoding="utf-8")
            paths = {**paths, STYLESHEET: (self, STYLESHEET)}
        yield from super().post_process(paths, dry_run, **options)


def bundled_css(name: str) -> str:
    source = Path(str(finders.find(name)))

    def part(match: re.Match[str]) -> str:
        text = (source.parent / match[1]).read_text(encoding="utf-8")
        return f"@media {match[2]} {{\n{text}}}\n" if match[2] else text

    return IMPORT.sub(part, source.read_text(encoding="utf-8"))

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\)(?: (\w+))?;')


class BundlingStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Bundles the style sheets. `site.css` loads its parts with @import, which works in development; in production they
    are joined into one file, so that a browser sends one request."""

    def post_process(self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and STYLESHEET in paths:
            Path(self.path(STYLESHEET)).write_text(bundled_css(STYLESHEET), encoding="utf-8")
            paths = {**paths, STYLESHEET: (self, STYLESHEET)}
        yield from super().post_process(paths, dry_run, **options)


def bundled_css(name: str) -> str:
    source = Path(str(finders.find(name)))

    def sheet(match: re.Match[str]) -> str:
        text = (source.parent / match[1]).read_text(encoding="utf-8")
        return f"@media {match[2]} {{\n{text}}}\n" if match[2] else text

    return IMPORT.sub(sheet, source.read_text(encoding="utf-8"))

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = ("css/site.css", "css/desk.css")
IMPORT = re.compile(r'@import url\("(?P<file>[\w/-]+\.css)"\)(?: layer\((?P<layer>\w+)\))?(?: (?P<media>\w+))?;')


class BundlingStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Bundles the style sheets. `site.css` and `desk.css` load their files with @import, which works in development; in
    production they are joined into one file each, so that a browser sends one request."""

    def post_process(self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        sheets = [] if dry_run else [name for name in SHEETS if name in paths]
        for name in sheets:
            Path(self.path(name)).write_text(bundled_css(name), encoding="utf-8")
        yield from super().post_process({**paths, **{name: (self, name) for name in sheets}}, dry_run, **options)


def bundled_css(name: str) -> str:
    """A relative url() is read from the folder of `name`: only files beside it may hold one."""
    source = Path(str(finders.find(name)))

    def sheet(match: re.Match[str]) -> str:
        text = (source.parent / match["file"]).read_text(encoding="utf-8")
        for rule, value in (("layer", match["layer"]), ("media", match["media"])):
            text = f"@{rule} {value} {{\n{text}}}\n" if value else text
        return text

    return IMPORT.sub(sheet, source.read_text(encoding="utf-8"))

import nh3
from markdown_it import MarkdownIt

ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip


def to_html(text: str) -> str:
    """Markdown as HTML that is safe to show: no raw HTML, no script, no link but http, https and mailto."""
    html = MarkdownIt("commonmark", {"html": False}).render(_lower_headings(text))
    return nh3.clean(html, tags=ALLOWED_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})


def _lower_headings(text: str) -> str:
    """The page's title is its only first heading."""
    return "\n".join(f"#{line}" if line.startswith("# ") else line for line in text.splitlines())

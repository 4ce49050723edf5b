import nh3
from markdown_it import MarkdownIt

ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip


def to_html(text: str) -> str:
    """Renders Markdown as safe HTML: no raw HTML, no script, only http, https and mailto links."""
    html = MarkdownIt("commonmark", {"html": False}).render(_lower_headings(text))
    return nh3.clean(html, tags=ALLOWED_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})


def _lower_headings(text: str) -> str:
    """Lowers first-level headings, because the page's title is the only one."""
    return "\n".join(f"#{line}" if line.startswith("# ") else line for line in text.splitlines())

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str, *, title: str) -> SafeString:
    """Draws black on white in every theme, because cameras need that. The style sheet sets the size."""
    drawing = segno.make_qr(address, error="m").svg_inline(omitsize=True, border=4, light="#fff", title=title)
    return mark_safe(drawing)  # noqa: S308 - made by segno from an address of this site

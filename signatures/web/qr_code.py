import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str, *, title: str) -> SafeString:
    """Black on white, whatever the theme: cameras read nothing else. The style sheet sets its size."""
    drawing = segno.make_qr(address, error="m").svg_inline(omitsize=True, border=4, light="#fff", title=title)
    return mark_safe(drawing)  # noqa: S308 - made by segno of an address that we made

from django.conf import settings
from django.urls import reverse


def absolute_url(view: str, *args: str) -> str:
    """Returns the absolute URL of one of the site's pages, in the active language."""
    return settings.SITE_URL + reverse(view, args=args)

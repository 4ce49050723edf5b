from django.conf import settings
from django.urls import reverse


def absolute(view: str, *args: str) -> str:
    """The whole address of a page of ours, in the active language."""
    return settings.SITE_URL + reverse(view, args=args)

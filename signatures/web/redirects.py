from django.http import HttpResponseRedirect


def see_other(url: str) -> HttpResponseRedirect:
    """303: whatever the request was, the browser goes on with GET."""
    return HttpResponseRedirect(url, status=303)

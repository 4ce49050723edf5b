from django.http import HttpResponseRedirect


def see_other(url: str) -> HttpResponseRedirect:
    """Redirects with 303, so that the browser continues with GET."""
    return HttpResponseRedirect(url, status=303)

from collections.abc import Callable

from django.http import HttpResponse

View = Callable[..., HttpResponse]

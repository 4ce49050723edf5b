"""A decorator for pages that may be a few seconds old, and so can be read from the replica."""

from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg2.errors import QueryCanceled

from signatures.web.replica.monitor import replica_monitor
from signatures.web.replica.router import reads_replica
from signatures.web.view_types import View


def read_from_replica(view: View) -> View:
    """Reads from the replica while it is available and recent, else from the primary. If the replica fails, the view is
    called a second time, so it must not change anything."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not replica_monitor.may_be_read():
            return view(request, *args, **kwargs)
        token = reads_replica.set(True)
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if isinstance(error.__cause__, QueryCanceled):  # the query took too long, and would on the primary too
                raise
            replica_monitor.failed()
        finally:
            reads_replica.reset(token)
        return view(request, *args, **kwargs)

    return wrapped

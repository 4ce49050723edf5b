"""Pages that may be read from a replica, a few seconds late."""

from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg2.errors import QueryCanceled

from signatures.web.replica.monitor import replica_monitor
from signatures.web.replica.router import reads_replica
from signatures.web.view_types import View


def read_from_replica(view: View) -> View:
    """From the replica while that is near, else from the primary; the view may be called a second time for that, so it
    must change nothing."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not replica_monitor.may_be_read():
            return view(request, *args, **kwargs)
        token = reads_replica.set(True)
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if isinstance(error.__cause__, QueryCanceled):  # it took too long here, and would there
                raise
            replica_monitor.failed()
        finally:
            reads_replica.reset(token)
        return view(request, *args, **kwargs)

    return wrapped

"""Filters that the pages of figures at the desk link to."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from signatures.mail.models.email import Mail
from signatures.web.admin.drilldown_filter import DrilldownFilter


class ReplyFilter(DrilldownFilter):
    """Filters emails by the exact text of the last answer of the mail server."""

    title = _("last answer of the mail server")
    parameter_name = "answer"

    def filter_rows(self, queryset: QuerySet[Mail], value: str) -> QuerySet[Mail]:
        return queryset.filter(last_error=value)

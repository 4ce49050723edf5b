from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class OrganisersSite(AdminSite):
    site_header = _("Organisers' desk")
    site_title = _("Organisers' desk")
    index_title = _("Statements and signatures")

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from signatures.mail import views
from signatures.operations import csp_reports, health, metrics
from signatures.public.views import crawlers
from signatures.web import errors

urlpatterns = [
    path("-/alive", health.alive, name="alive"),
    path("-/ready", health.ready, name="ready"),
    path("-/mail-events", views.mail_events, name="mail_events"),
    path("-/metrics", metrics.metrics, name="metrics"),
    path("-/csp-report", csp_reports.csp_report, name="csp_report"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("signatures.urls")), prefix_default_language=False),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

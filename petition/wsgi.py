import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from signatures.operations.system_checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")


class Utf8Request(WSGIRequest):
    """Read as UTF-8, whatever a stranger calls it. Django would take any codec that Python has, those for bytes
    included, and fails at them before there is anybody to answer."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
application = Handler()
refuse_unsafe_start()

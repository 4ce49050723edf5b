import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from signatures.operations.system_checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")


class Utf8Request(WSGIRequest):
    """Decodes requests as UTF-8 and ignores the charset that the client names.

    Django would accept any Python codec, including those for bytes, and fail before it can answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {}


class Utf8Handler(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
application = Utf8Handler()
refuse_unsafe_start()

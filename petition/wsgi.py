import os

from django.core.wsgi import get_wsgi_application

from signatures.checks import refuse_an_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petition.settings")

application = get_wsgi_application()
refuse_an_unsafe_start()

from typing import Any

from django.conf import settings
from django.db import models


class LanguageField(models.CharField):
    """Stores a language of the site. Its choices stay out of migrations, because a new language is only a setting."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("choices", settings.LANGUAGES)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs

"""What organisers tell: written here, looked at as everybody will read it, and put on the page by an act of its own."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from signatures.audit.admin_mixin import AuditedModelAdmin
from signatures.mail.update_mailing import count_update_subscribers, request_update_mailing
from signatures.statements.admin.versions import TextField
from signatures.statements.limits import MAX_UPDATE_LENGTH
from signatures.statements.models.update import Update, UpdateTranslation
from signatures.statements.publish_update import create_update, publish_update, retract_update, save_update_translation
from signatures.web.admin.page_purpose import with_purpose
from signatures.web.fresh_password import require_fresh_password
from signatures.web.languages.localized_numbers import number


class UpdateTranslationForm(forms.ModelForm):
    text = TextField(longest=MAX_UPDATE_LENGTH)

    class Meta:
        model = UpdateTranslation
        fields = ("language", "title", "text")
        widgets = {"title": AdminTextInputWidget(attrs={"dir": "auto"})}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["language"].disabled = True


class UpdateTranslationFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        languages = {form.cleaned_data.get("language") for form in kept if hasattr(form, "cleaned_data")}
        statement = getattr(self.instance, "statement", None)
        if statement and statement.language not in languages:
            name = dict(settings.LANGUAGES)[statement.language]
            message = _("The original is missing: write title and text in %(language)s.")
            raise forms.ValidationError(message, params={"language": name})

    def save_new(self, form: Any, commit: bool = True) -> UpdateTranslation:
        return self._write(form)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> UpdateTranslation:
        return self._write(form)

    def _write(self, form: Any) -> UpdateTranslation:
        said = {name: form.cleaned_data[name] for name in ("language", "title", "text")}
        return save_update_translation(update=self.instance, **said)


class UpdateTranslationInline(admin.StackedInline):
    model = UpdateTranslation
    form = UpdateTranslationForm
    formset = UpdateTranslationFormSet
    max_num = len(settings.LANGUAGES)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


class PublishUpdateForm(forms.Form):
    at = forms.SplitDateTimeField(
        label=_("On the page from"),
        help_text=_("Leave it empty for now."),
        required=False,
        widget=admin.widgets.AdminSplitDateTime,
    )


@admin.register(Update)
class UpdateAdmin(AuditedModelAdmin):
    list_purpose = _("News about a statement: written here, put on its page, and mailed to those who asked for it.")
    purpose = _("One piece of news, in each language. Saving it shows it to nobody: that is a press of its own.")
    list_display = ("title", "statement", "standing", "mailed")
    list_filter = ("statement",)
    list_select_related = ("statement",)
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    actions = None
    inlines = (UpdateTranslationInline,)
    change_form_template = "admin/signatures/update/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Update]:
        written = Count("mails")
        sent = Count("mails", filter=Q(mails__status="sent"))
        found = super().get_queryset(request).annotate(written=written, sent=sent)
        return found.order_by("-id").prefetch_related("translations")

    def get_urls(self) -> list[Any]:
        ours = [
            path("<path:object_id>/preview/", self._only(self.preview), name="update_preview"),
            path("<path:object_id>/publish/", self._only(self.publish), name="update_publish"),
            path("<path:object_id>/mail/", self._only(require_fresh_password(self.mail)), name="update_mail"),
            path("<path:object_id>/retract/", self._only(self.retract), name="update_retract"),
        ]
        return ours + super().get_urls()

    def _only(self, view: Any) -> Any:
        return self.admin_site.admin_view(view)

    # Writing

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("statement", "standing", "mailed") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("statement", "standing", "mailed") if obj else ("statement",)

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        """A new one takes its number under a lock; of an older one, nothing but its words changes here."""
        if not change:
            begun = create_update(statement=obj.statement, now=timezone.now())
            obj.pk, obj.number, obj.created_at = begun.pk, begun.number, begun.created_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft that was never mailed, from its own page."""
        is_draft = obj is not None and obj.published_at is None and not obj.is_email_queued
        return is_draft and super().has_delete_permission(request, obj)

    def view_on_site(self, update: Update) -> str | None:
        if not update.is_published(timezone.now()):
            return None
        return reverse("signatures:update", args=[update.statement.slug, update.number])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        update = self.get_object(request, object_id)
        context = {
            "published": bool(update and update.published_at),
            "mailed": update is not None and update.is_email_queued,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    # Looking, and putting on the page

    @with_purpose(_("The news as it will be read, in each language. Nobody sees it yet."))
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Saved and not yet shown, in each of its languages."""
        update = self._found(request, object_id, self.has_view_permission)
        texts = [(each, mark_safe(each.html)) for each in update.translations.all()]  # noqa: S308 - sanitised
        context = {**self._context(request, update, _("Preview")), "texts": texts}
        return TemplateResponse(request, "admin/signatures/update/preview.html", context)

    @with_purpose(_("Shows the news on the statement’s page, now or from a moment on."))
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        update = self._found(request, object_id, self.has_change_permission)
        form = PublishUpdateForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            at = form.cleaned_data["at"] or now
            publish_update(update_id=update.pk, at=at, actor=request.user, now=now)  # type: ignore[arg-type]
            messages.success(
                request, gettext_now("It is on the page from %(moment)s.") % {"moment": _format_moment(at)}
            )
            return HttpResponseRedirect(_page_url(update))
        context = {**self._context(request, update, _("Put it on the page")), "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/signatures/update/publish.html", context, status=status)

    @with_purpose(_("Takes the news off the statement’s page. What was mailed stays mailed."))
    def retract(self, request: HttpRequest, object_id: str) -> HttpResponse:
        update = self._found(request, object_id, self.has_change_permission)
        if request.method == "POST":
            retract_update(update_id=update.pk, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
            messages.success(request, gettext_now("It is a draft again."))
            return HttpResponseRedirect(_page_url(update))
        context = self._context(request, update, _("Take it off the page"))
        return TemplateResponse(request, "admin/signatures/update/retract.html", context)

    @with_purpose(_("Mails the news, once, to all who asked for it."))
    def mail(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows to how many it would go. Only a press on that page sends it, once for all."""
        update = self._found(request, object_id, self.has_change_permission)
        if request.method == "POST":
            is_news = request_update_mailing(update_id=update.pk, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
            if is_news:
                messages.success(request, gettext_now("It is on its way: this page shows how far it has come."))
            else:
                messages.warning(request, gettext_now("Nothing was done: it is mailed already, or not on the page."))
            return HttpResponseRedirect(_page_url(update))
        context = {
            **self._context(request, update, _("Mail it")),
            "many": count_update_subscribers(update),
            "texts": update.translations.all(),
            "is_scheduled": update.is_scheduled(timezone.now()),
            "may": update.published_at is not None and not update.is_email_queued,
        }
        return TemplateResponse(request, "admin/signatures/update/mail.html", context)

    def _found(self, request: HttpRequest, object_id: str, may: Any) -> Update:
        update = self.get_object(request, object_id)
        if update is None:
            raise Http404
        if not may(request, update):
            raise PermissionDenied
        return update

    def _context(self, request: HttpRequest, update: Update, title: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "original": update}

    # Cells

    @admin.display(description=_("title"))
    def title(self, update: Update) -> str:
        return format_html("<bdi>{}</bdi>", update.wording(update.statement.language).title)

    @admin.display(description=_("mailed"))
    def mailed(self, update: Any) -> str:
        """How far it has come."""
        if not update.is_email_queued:
            return ""
        is_written = update.mailing_finished_at is not None
        words = _("%(sent)s of %(all)s sent") if is_written else _("%(sent)s of %(all)s sent, more to come")
        return str(words) % {"sent": number(update.sent), "all": number(update.written)}

    @admin.display(description=_("standing"))
    def standing(self, update: Update) -> str:
        now = timezone.now()
        if update.published_at is None:
            return str(_("draft"))
        words = _("on the page since %(moment)s") if update.is_published(now) else _("on the page from %(moment)s")
        return str(words) % {"moment": _format_moment(update.published_at)}


def _format_moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _page_url(update: Update) -> str:
    return reverse("admin:signatures_update_change", args=[update.id])

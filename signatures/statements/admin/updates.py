"""The admin of updates: write, preview, publish, retract and email them. Saving does not publish."""

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
from django.utils.translation import gettext
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
        return self._save(form)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> UpdateTranslation:
        return self._save(form)

    def _save(self, form: Any) -> UpdateTranslation:
        values = {name: form.cleaned_data[name] for name in ("language", "title", "text")}
        return save_update_translation(update=self.instance, **values)


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
        help_text=_("Leave this empty to publish now."),
        required=False,
        widget=admin.widgets.AdminSplitDateTime,
    )


@admin.register(Update)
class UpdateAdmin(AuditedModelAdmin):
    list_purpose = _(
        "News about a statement. Write it here, publish it on the statement’s page, and email it to the signers who "
        "asked for updates."
    )
    purpose = _("One update, in each language. Saving does not publish it. Publishing is a separate step.")
    list_display = ("title", "statement", "status", "mailed")
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
        updates = super().get_queryset(request).annotate(written=written, sent=sent)
        return updates.order_by("-id").prefetch_related("translations")

    def get_urls(self) -> list[Any]:
        urls = [
            path("<path:object_id>/preview/", self._only(self.preview), name="update_preview"),
            path("<path:object_id>/publish/", self._only(self.publish), name="update_publish"),
            path("<path:object_id>/mail/", self._only(require_fresh_password(self.mail)), name="update_mail"),
            path("<path:object_id>/retract/", self._only(self.retract), name="update_retract"),
        ]
        return urls + super().get_urls()

    def _only(self, view: Any) -> Any:
        return self.admin_site.admin_view(view)

    # Writing

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("statement", "status", "mailed") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("statement", "status", "mailed") if obj else ("statement",)

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        """Gives a new update its number under a lock. For an existing update only its texts are saved."""
        if not change:
            draft = create_update(statement=obj.statement, now=timezone.now())
            obj.pk, obj.number, obj.created_at = draft.pk, draft.number, draft.created_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows it for a draft that was never emailed, from its own page."""
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

    # Preview and publishing

    @with_purpose(_("A preview of the update in each language."))
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the saved update in each of its languages."""
        update = self._update_or_404(request, object_id, self.has_view_permission)
        texts = [(text, mark_safe(text.html)) for text in update.translations.all()]  # noqa: S308 - sanitised
        context = {**self._context(request, update, _("Preview")), "texts": texts}
        return TemplateResponse(request, "admin/signatures/update/preview.html", context)

    @with_purpose(_("Publishes the update on the statement’s page, now or at a later time."))
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        update = self._update_or_404(request, object_id, self.has_change_permission)
        form = PublishUpdateForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            at = form.cleaned_data["at"] or now
            publish_update(update_id=update.pk, at=at, actor=request.user, now=now)  # type: ignore[arg-type]
            messages.success(request, gettext("It is on the page from %(moment)s.") % {"moment": _format_moment(at)})
            return HttpResponseRedirect(_page_url(update))
        context = {**self._context(request, update, _("Put it on the page")), "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/signatures/update/publish.html", context, status=status)

    @with_purpose(_("Removes the update from the statement’s page. Emails that were already sent cannot be recalled."))
    def retract(self, request: HttpRequest, object_id: str) -> HttpResponse:
        update = self._update_or_404(request, object_id, self.has_change_permission)
        if request.method == "POST":
            retract_update(update_id=update.pk, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
            messages.success(request, gettext("It is a draft again."))
            return HttpResponseRedirect(_page_url(update))
        context = self._context(request, update, _("Take it off the page"))
        return TemplateResponse(request, "admin/signatures/update/retract.html", context)

    @with_purpose(_("Emails the update, once, to all signers who asked for updates."))
    def mail(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the number of recipients. Only the button on that page sends the update, and only once."""
        update = self._update_or_404(request, object_id, self.has_change_permission)
        if request.method == "POST":
            is_requested = request_update_mailing(update_id=update.pk, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
            if is_requested:
                messages.success(request, gettext("The emails are being sent. This page shows the progress."))
            else:
                messages.warning(
                    request, gettext("Nothing changed: the update was already emailed, or it is not published.")
                )
            return HttpResponseRedirect(_page_url(update))
        context = {
            **self._context(request, update, _("Email it")),
            "many": count_update_subscribers(update),
            "texts": update.translations.all(),
            "is_scheduled": update.is_scheduled(timezone.now()),
            "may": update.published_at is not None and not update.is_email_queued,
        }
        return TemplateResponse(request, "admin/signatures/update/mail.html", context)

    def _update_or_404(self, request: HttpRequest, object_id: str, has_permission: Any) -> Update:
        update = self.get_object(request, object_id)
        if update is None:
            raise Http404
        if not has_permission(request, update):
            raise PermissionDenied
        return update

    def _context(self, request: HttpRequest, update: Update, title: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "original": update}

    # Cells

    @admin.display(description=_("title"))
    def title(self, update: Update) -> str:
        return format_html("<bdi>{}</bdi>", update.translation_for(update.statement.language).title)

    @admin.display(description=_("mailed"))
    def mailed(self, update: Any) -> str:
        """Shows how many of the emails were sent."""
        if not update.is_email_queued:
            return ""
        is_written = update.mailing_finished_at is not None
        message = _("%(sent)s of %(all)s sent") if is_written else _("%(sent)s of %(all)s sent, more will follow")
        return str(message) % {"sent": number(update.sent), "all": number(update.written)}

    @admin.display(description=_("status"))
    def status(self, update: Update) -> str:
        now = timezone.now()
        if update.published_at is None:
            return str(_("draft"))
        message = _("on the page since %(moment)s") if update.is_published(now) else _("on the page from %(moment)s")
        return str(message) % {"moment": _format_moment(update.published_at)}


def _format_moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _page_url(update: Update) -> str:
    return reverse("admin:signatures_update_change", args=[update.id])

"""Row 26: least privilege. Every role tries every admin page and action of the tables in docs/security.md."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.review.admin import actions
from signatures.review.models.identity_check import Check
from signatures.review.moderate import reject
from signatures.signing.models.signature import Signature
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update
from signatures.transfers.models.imports import Import
from tests.desk.test_two_factor import addresses_below_admin
from tests.organisers import create_one_of_each, logged_in_client, make_staff, run_admin_action
from tests.people import NOON, make_signature
from tools.dev.processes import ROOT

pytestmark = pytest.mark.django_db

DOCS = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROLES = ["nobody", "without a group", "Viewer", "Moderator", "Organiser", "owner"]
LOGIN = reverse("admin:login")
MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)


def table(heading: str) -> dict[str, dict[str, str]]:
    """Returns the rows of a table in docs/security.md: the first column, and the cell of each role."""
    section = DOCS.split(f"### {heading}\n")[1].split("\n#")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.+\|$", section, re.M)]
    assert rows[0][1:] == ROLES
    cells = {row[0]: dict(zip(ROLES, row[1:], strict=True)) for row in rows[2:]}
    return {name: {**row, "Owner": row["owner"]} for name, row in cells.items()}  # in the group, or a superuser


@pytest.fixture(autouse=True)
def house():
    """Creates at least one row of every model, and a deletable one where rows can be deleted."""
    create_one_of_each()
    Sector.objects.create(slug="dance", name="Dance", position=9)
    Statement.objects.create(slug="draft", organiser="A group", contact="a@example.org", opens_at=NOON)
    Group.objects.create(name="Readers")
    User.objects.create(username="zoe")


def person(role):
    if role == "nobody":
        return None
    groups = [role] if role in ("Viewer", "Moderator", "Organiser", "Owner") else []
    return make_staff(f"a {role}", *groups, is_superuser=role == "owner")


def row_of(model):
    free = {
        Statement: {"slug": "draft"},
        Sector: {"slug": "dance"},
        Group: {"name": "Readers"},
        User: {"username": "zoe"},
    }
    return model._default_manager.filter(**free.get(model, {})).first()


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def powers(desk, model):
    """Returns the actions that the pages of a model allow this user."""
    pk = row_of(model).pk
    see = [desk.get(address(model, "changelist")), desk.get(address(model, "change", pk))]
    see.append(desk.get(address(model, "history", pk), follow=True))
    allowed = {"see"} if all(page.status_code == 200 for page in see) else set()
    assert allowed or all(page.status_code == 403 for page in see)
    if allowed and BeautifulSoup(see[1].content, "html.parser").select("[name=_save]"):
        allowed.add("change")
    allowed |= {act for act, args in (("add", []), ("delete", [pk])) if _opens(desk, address(model, act, *args))}
    return allowed


def _opens(desk, page):
    status = desk.get(page).status_code
    assert status in (200, 403)
    return status == 200


class TestRow26:
    @pytest.mark.parametrize("role", [*ROLES[1:], "Owner"])
    def test_row_26_everybody_can_what_the_table_says_and_no_more(self, role):
        desk, rows = logged_in_client(person(role)), table("Who may see and edit what")

        powers_by_model = {model.__name__: powers(desk, model) for model in MODELS}

        assert powers_by_model == {name: set(cells[role].split()) - {"–"} for name, cells in rows.items()}

    @pytest.mark.parametrize("role", [*ROLES[1:], "Owner"])
    def test_row_26_what_is_not_offered_is_not_done_either(self, role):
        desk, rows = logged_in_client(person(role)), table("Who may see and edit what")
        counts = {model: model._default_manager.count() for model in MODELS}
        for model in MODELS:
            may, pk = rows[model.__name__][role].split(), row_of(model).pk
            tries = {"add": address(model, "add"), "change": address(model, "change", pk)}
            tries["delete"] = address(model, "delete", pk)
            for page in [page for act, page in tries.items() if act not in may]:
                assert desk.post(page, {"post": "yes"}).status_code == 403, page
            if "see" not in may:
                wish = {"action": "delete_selected", "_selected_action": [pk], "post": "yes", "index": "0"}
                assert desk.post(address(model, "changelist"), wish).status_code == 403

        assert {model: model._default_manager.count() for model in MODELS} == counts

    @pytest.mark.parametrize("role", [*ROLES, "Owner"])
    def test_row_26_every_act_is_for_whom_the_table_says(self, role):
        desk, rows = logged_in_client(person(role)), table("Who may decide what")
        assert list(rows) == [str(act.label) for act in actions.MODERATION_ACTIONS]
        for act in actions.MODERATION_ACTIONS:
            signature = _ready_for(act.name)
            before = AuditEntry.objects.count()
            run_admin_action(desk, act.name, signature)
            assert AuditEntry.objects.count() - before == (1 if rows[str(act.label)][role] == "yes" else 0), act.name

    @pytest.mark.parametrize("role", [*ROLES, "Owner"])
    def test_row_26_every_other_page_is_for_whom_the_table_says(self, role):
        desk, zoe = logged_in_client(person(role)), User.objects.get(username="zoe")
        for page, cells in table("Other pages of the desk").items():
            about = {
                "/user/1/": f"/user/{zoe.pk}/",
                "/update/1/": f"/update/{Update.objects.get().pk}/",
                "/import/1/": f"/import/{Import.objects.get().pk}/",
                "/signature/1/": f"/signature/{Signature.objects.earliest('id').pk}/",
            }
            for one, row in about.items():
                page = page.replace(one, row)
            response = desk.get(page.strip("`"))
            assert _outcome(response) == cells[role], page

    def test_row_26_no_page_of_the_desk_is_missing_in_the_tables(self):
        of_models = {address(model, page) for model in MODELS for page in ("changelist", "add")}
        of_rows = ("change", "delete", "history")
        of_models |= {address(model, page, 1) for model in MODELS for page in of_rows}
        of_models |= {address(model, "change", 1).removesuffix("change/") for model in MODELS}  # leads to the same
        others = {page.strip("`") for page in table("Other pages of the desk")}

        assert set(addresses_below_admin(1)) - of_models == others

    @pytest.mark.parametrize("role", [*ROLES[1:], "Owner"])
    def test_row_26_mailboxes_are_for_whom_the_text_says(self, role):
        assert "Mailboxes are for those with *Can see and search mailboxes*: Organiser and owner." in DOCS

        assert person(role).has_perm("signatures.view_mailbox") is (role in ("Organiser", "owner", "Owner"))


def _ready_for(act):
    """Returns a signature in a state that the action accepts."""
    statement, state = Statement.objects.get(slug="letter"), Signature.State
    fields = {
        "approve": {"state": state.HELD},
        "restore": {"state": state.CONFIRMED},
        "show": {"hidden_at": NOON},
        "unmark_notable": {"notable": True},
        "second_notable": {},
        "accept_correction": {"proposed_name": "Ilse Holt", "proposed_at": NOON},
        "refuse_correction": {"proposed_name": "Ilse Holt", "proposed_at": NOON},
    }
    signature = make_signature(statement, **fields.get(act, {}))
    if act == "second_notable":
        Check.objects.create(
            signature=signature, method="agent", made_by=User.objects.get(username="zoe"), made_at=NOON
        )
    if act == "restore":
        reject(signature_id=signature.id, actor=User.objects.first(), reason="a slip", now=NOON)
    return signature


def _outcome(response):
    if response.status_code == 302 and response["Location"].partition("?")[0] == LOGIN:
        return "log in"
    return {200: "opens", 302: "leads on", 403: "refused", 404: "nothing", 405: "press only"}[response.status_code]

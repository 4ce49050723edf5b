"""What each page of the desk is for, in one line."""

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LISTS = {
    "signature": _("Everybody who signed, in whatever state. Tick some, choose what to do, and say why."),
    "statement": _("The texts that people sign: when they open and close, how they look, and how many signed."),
    "rule": _(
        "One decision about many signatures: everything from a domain, a network, with a name, in a time. Each shows "
        "first what it would do, and can be undone."
    ),
    "switch": _(
        "For when something goes wrong. What you turn is in force within seconds, visitors are told in their "
        "language, and the audit log keeps your reason."
    ),
    "update": _("News about a statement: written here, put on its page, and mailed to those who asked for it."),
    "sector": _("The fields of work from which signers choose. Each statement offers some of them."),
    "phrase": _("Ready answers, which the review queue offers with one key and signers read in their language."),
    "page": _("What visitors read about the site itself: who is behind it, and what becomes of their data."),
    "mail": _("Every mail that the site sends, what became of it, and why it failed."),
    "suppression": _(
        "Mailboxes that get no mail, because their owner or their server said so. Delete one to mail it again."
    ),
    "auditentry": _("Who did what, when, to whom and why. Nobody can change or delete a line."),
    "version": _("Each wording that people have signed, as it was shown to them. None is ever written over."),
    "protectedname": _("Names that are never shown unchecked: whoever signs with one like these is held."),
    "import": _(
        "Signatures that were collected elsewhere, on paper or on another site. Each person gets one mail that asks, "
        "and is neither counted nor shown before they press its button."
    ),
    "invitation": _("Links for people whom you know. Who signs by one, under the invited name, is notable at once."),
    "weight": _("How much each quiet sign of a forgery counts. Who reaches 100 together is held for review."),
    "deliverypack": _(
        "What you hand over at the end: the text, the count and all public names, as a book and as tables."
    ),
    "user": _("Who sits at the desk. Each person has an account of their own, and none is shared."),
    "group": _("What those at the desk may do, by role."),
}
ONES = {
    "signature": _("One signature: what its signer said, where it stands, and what was done about it."),
    "statement": _("One statement: its text in each language, its sectors, when it opens and how it looks."),
    "rule": _("One rule: whom it is about and what it would change, before you apply it or undo it."),
    "switch": _("One switch that is on, since when, and what visitors are told."),
    "update": _("One piece of news, in each language. Saving it shows it to nobody: that is a press of its own."),
    "sector": _("One field of work, and its name in each language."),
    "phrase": _("One ready answer, in each language."),
    "page": _("One page about the site in one language, written in Markdown."),
    "mail": _("One mail: whom it is about, when it was tried, and what the mail server answered."),
    "suppression": _("One mailbox that gets no mail, and why."),
    "auditentry": _("One act: who did it, when, what changed, and why."),
    "version": _("One wording as its signers were shown it, with its digest."),
    "protectedname": _("One name that is held wherever it, or one like it, signs."),
    "import": _("One file of signatures: what its columns hold, what is wrong in it, and how far it has come."),
    "invitation": _("One invitation, with the name and credit that its link fills in."),
    "weight": _("How much one sign counts, and from how many on."),
    "deliverypack": _("One delivery pack: how far it is, and the way to take it away."),
    "user": _("One account: its name, its group, and whether it may come in."),
    "group": _("One role, and what it may do."),
}
DELETING = _("Nothing is deleted before you confirm it here, and nothing can be brought back afterwards.")
HISTORY = _("What was changed here in admin, when and by whom.")
OTHERS = {
    "index": _("What waits for you, and how the statements do."),
    "app_list": _("What the desk is made of."),
    "review": _(
        "Confirmed signatures and corrections that wait for a decision, one at a time. Nobody else gets the one that "
        "you look at."
    ),
    "review_case": _(
        "Decide about this one: the keys beside the buttons do the same, and the next one is already there."
    ),
    "review_all": _(
        "One decision about everything that waits in this part of the queue. Nothing is changed before you press "
        "the button; what a colleague looks at is left to them."
    ),
    "review_many": _(
        "What became of one decision about many signatures. Each of them has its own line in the audit log."
    ),
    "trends": _(
        "Who signs now, and what they have in common: a flood shows here before it shows in the list. Each "
        "figure leads to its signatures."
    ),
    "signature_export": _("Takes signatures out of the site as a file, with a reason that your colleagues read."),
    "signature_quotation": _("What a notable says, in their own words, shown with the first names."),
    "signature_logo": _("The picture beside an organisation’s name. Look at it well: the public sees it at once."),
    "signatures_invitation_file": _("Writes an invitation for each line, or, where one line is wrong, none at all."),
    "pack_make": _("Asks the worker for a pack of one statement, with a reason that your colleagues read."),
    "pack_download": _("Takes a pack out of the site, with a reason that your colleagues read."),
    "update_preview": _("The news as it will be read, in each language. Nobody sees it yet."),
    "update_publish": _("Shows the news on the statement’s page, now or from a moment on."),
    "update_mail": _("Mails the news, once, to all who asked for it."),
    "update_retract": _("Takes the news off the statement’s page. What was mailed stays mailed."),
    "auth_user_password_change": _("Gives somebody a new password, which you then tell them."),
    "password_change": _("A new password of your own. You stay logged in here, and nowhere else."),
    "password_change_done": _("Your new password is in force."),
    "own_factor": _("The second step of your login: new recovery codes, or another authenticator."),
    "again": _("You have been here for a while: your password, once more, before you go on."),
}


def purpose_of(request: HttpRequest) -> Promise | str:
    """Empty where nobody is at the desk yet."""
    name = request.resolver_match.url_name if request.resolver_match else None
    if name is None or not request.user.is_authenticated:
        return ""
    if name in OTHERS:
        return OTHERS[name]
    noun, _line, page = name.removeprefix("signatures_").removeprefix("auth_").rpartition("_")
    pages = {"changelist": LISTS, "add": ONES, "change": ONES}
    if page in pages:
        return pages[page].get(noun, "")
    return {"delete": DELETING, "history": HISTORY}.get(page, "")

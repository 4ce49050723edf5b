"""The verbs: one function per thing that a person, or the worker, can do."""

from signatures.actions.as_seen import Changed, as_seen
from signatures.actions.audit import note_act, note_sign_in
from signatures.actions.bulk import decide_many, undo_many, work_on_many
from signatures.actions.confirm import Standing, confirm, standing
from signatures.actions.correct import accept_correction, correct, quote, refuse_correction
from signatures.actions.counting import check_counts, fold, recount, recount_links
from signatures.actions.deliver import deliver
from signatures.actions.draw import draw_pictures
from signatures.actions.export import note_export, note_problems
from signatures.actions.find import find_person, out_of_sight
from signatures.actions.forget import Forgotten, forget
from signatures.actions.grow import count_growth
from signatures.actions.health import beat, outbox_health
from signatures.actions.importing import (
    bring_file,
    choose_columns,
    pace_import,
    pause_import,
    send_import,
    stop_import,
)
from signatures.actions.invite import (
    INVITED_FOR,
    Guest,
    invite,
    invite_no_more,
    mail_invitations,
    note_opened,
    note_sent,
    revoke,
)
from signatures.actions.key_names import key_names
from signatures.actions.leave import erase, not_me, set_updates, take_away, unsubscribe, withdraw
from signatures.actions.logo import set_logo
from signatures.actions.mail_events import MailReport, heed_mail_events, note_mail_events
from signatures.actions.mailing import ask_to_mail_update, mail_updates
from signatures.actions.measure import Measure, measure
from signatures.actions.moderate import (
    approve,
    hide,
    reject,
    resend_link,
    restore,
    show,
)
from signatures.actions.notable import approve_as_notable, mark_notable, second_notable, unmark_notable
from signatures.actions.once import OrganisationCounted
from signatures.actions.pack import ask_for_pack, make_packs, note_download
from signatures.actions.post import mail_own_page, resend, wake_mailer
from signatures.actions.publish import begin_update, publish_update, retract_update, write_update
from signatures.actions.remind import remind
from signatures.actions.review_queue import Taken, ask_for_proof, decide, look_again, skip, take_next
from signatures.actions.reword import ReasonNeeded, reword
from signatures.actions.rotate import (
    KeysInUse,
    keys_in_use,
    rotate,
    rotate_authenticators,
    rotate_invitations,
    rotate_lines,
    rotate_links,
)
from signatures.actions.rules import apply_rule, undo_rule, work_on_rules
from signatures.actions.sign import Details, bring_in, sign
from signatures.actions.switch import turn_off, turn_on
from signatures.actions.visibility import set_visibility
from signatures.actions.waiting import Waiting, budget_lasts_until, mail_server_resumes_at, waiting_by_provider

__all__ = [
    "INVITED_FOR",
    "Changed",
    "Details",
    "Forgotten",
    "Guest",
    "KeysInUse",
    "MailReport",
    "Measure",
    "OrganisationCounted",
    "ReasonNeeded",
    "Standing",
    "Taken",
    "Waiting",
    "accept_correction",
    "apply_rule",
    "approve",
    "approve_as_notable",
    "as_seen",
    "ask_for_pack",
    "ask_for_proof",
    "ask_to_mail_update",
    "beat",
    "begin_update",
    "bring_file",
    "bring_in",
    "budget_lasts_until",
    "check_counts",
    "choose_columns",
    "confirm",
    "correct",
    "count_growth",
    "decide",
    "decide_many",
    "deliver",
    "draw_pictures",
    "erase",
    "find_person",
    "fold",
    "forget",
    "heed_mail_events",
    "hide",
    "invite",
    "invite_no_more",
    "key_names",
    "keys_in_use",
    "look_again",
    "mail_invitations",
    "mail_own_page",
    "mail_server_resumes_at",
    "mail_updates",
    "make_packs",
    "mark_notable",
    "measure",
    "not_me",
    "note_act",
    "note_download",
    "note_export",
    "note_mail_events",
    "note_opened",
    "note_problems",
    "note_sent",
    "note_sign_in",
    "out_of_sight",
    "outbox_health",
    "pace_import",
    "pause_import",
    "publish_update",
    "quote",
    "recount",
    "recount_links",
    "refuse_correction",
    "reject",
    "remind",
    "resend",
    "resend_link",
    "restore",
    "retract_update",
    "revoke",
    "reword",
    "rotate",
    "rotate_authenticators",
    "rotate_invitations",
    "rotate_lines",
    "rotate_links",
    "second_notable",
    "send_import",
    "set_logo",
    "set_updates",
    "set_visibility",
    "show",
    "sign",
    "skip",
    "standing",
    "stop_import",
    "take_away",
    "take_next",
    "turn_off",
    "turn_on",
    "undo_many",
    "undo_rule",
    "unmark_notable",
    "unsubscribe",
    "waiting_by_provider",
    "wake_mailer",
    "withdraw",
    "work_on_many",
    "work_on_rules",
    "write_update",
]

"""What is counted of a case, under which scopes. Words of the figures stand with their definitions in `queries.metrics`."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

READER = "figures"
"""Name among the readers of the journal's outbox."""

CLOCKED = ("first_contact", "session", "prescription", "follow_up")
"""Clocks that are counted; each as met, late or pending on its due day."""

COLUMNS = (
    "first_contact_met", "first_contact_late", "first_contact_pending",
    "session_met", "session_late", "session_pending", "session_held",
    "prescription_met", "prescription_late", "prescription_pending",
    "follow_up_met", "follow_up_late", "follow_up_pending", "follow_up_held",
    "measure_done", "measure_open", "measure_dropped",
    "verdict_marked", "verdict_effective", "verdict_none", "verdict_worse",
    "registered", "urgent", "cross",
    "reached_contact", "reached_session", "reached_prescription", "reached_follow_up", "reached_effect",
    "cured", "unresolved", "withdrawn", "declined", "reopened",
    "extracted", "not_extracted", "transfer",
)  # fmt: skip
"""Kinds of facts that are summed by day; each is a column of `Tally`."""

SPREADS = ("response", "transfer_gap")
"""Kinds of facts with a length, in tenths of a working hour; they go into `Spread`."""


class Kind(models.TextChoices):
    """What a scope is."""

    ALL = "all"
    DOMAIN = "domain"
    GROUP = "group"
    UNIT = "unit"


class Addressee(models.TextChoices):
    """To whom a leader suggests something."""

    REQUESTER = "requester", _("问诊支部")
    GROUP = "group", pgettext_lazy("one", "专家团")
    HEADQUARTERS = "headquarters", pgettext_lazy("addressee", "党建工作部")


class SuggestionState(models.TextChoices):
    """What became of a suggestion."""

    OPEN = "open", _("待答复")
    ADOPTED = "adopted", _("已采纳")
    NOT_ADOPTED = "not_adopted", _("没有采纳")
    WITHDRAWN = "withdrawn", _("已撤回")

"""What writing a story asks for, and the filters of the board."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huizhen.reports.choices import StoryWords
from huizhen.reports.queries.stories import LONGEST
from huizhen.web.filters import Filters, one_of
from huizhen.web.forms import CleanCharField


class BoardFilters(Filters):
    domain = one_of(_("领域"), _("全部领域"))


class DeskFilters(Filters):
    state = one_of(_("走到哪一步"), _("没有发布的"), StoryWords.choices)


def _text(name: str, label: Any, help_text: Any = "", rows: int = 0) -> CleanCharField:
    """One text. All may be empty while it is being written; its measure is asked when it is kept."""
    return CleanCharField(
        label=label,
        max_length=LONGEST[name],
        required=False,
        lines=bool(rows),
        rows=rows,
        counter=True,
        help_text=help_text,
    )


class StoryForm(forms.Form):
    """The words of a story."""

    title = _text("title", _("标题"), _("一句话说出破了什么题。"))
    lead = _text("lead", _("导语"), _("只看一句的人，看这一句。"))
    problem = _text("problem", _("难在哪里"), rows=4)
    done = _text("done", _("怎么破的"), _("谁做了什么，分几步写。"), rows=7)
    result = _text("result", _("变化"), _("看到了什么变化。前后的数取自病例，不用写。"), rows=4)
    voice = _text("voice", _("支部说"), _("支部自己的一句话，没有就空着。"))
    names_branch = forms.BooleanField(label=_("署支部的名称"), required=False)
    consent = _text("consent", _("署名同意"), _("文中出现姓名时，写明谁同意、何时同意。不写就不要出现姓名。"), rows=2)


NAMES = tuple(StoryForm.base_fields)


def typed(data: QueryDict) -> dict[str, Any]:
    """Values for `save_story`; a control that was not sent leaves its field alone."""
    values: dict[str, Any] = {name: data[name] for name in NAMES if name in data and name != "names_branch"}
    if "title" in data:  # an unticked box sends nothing
        values["names_branch"] = "names_branch" in data
    captions = [key.removeprefix("caption-") for key in list(data)[:60] if key.startswith("caption-")]
    values["captions"] = {key: data[f"caption-{key}"] for key in captions}
    return values | {"cover": data.get("cover", "")[:40]}


def seen(data: QueryDict) -> int:
    """The version the page was drawn with; what is no number was never one."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

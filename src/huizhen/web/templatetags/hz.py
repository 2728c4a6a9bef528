"""Tags and filters of the design system; every template knows them. No queries and no decisions here."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import lucide
from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    FileInput,
    Form,
    RadioSelect,
    Select,
)
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huizhen.lib import prose, zh
from huizhen.web import moments
from huizhen.web.forms import Cards, Segments
from huizhen.web.undo import offered

register = template.Library()

_KEEP = ("points", "d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "transform")


@functools.cache
def _drawings() -> ZipFile:
    """All of Lucide, opened once: reading its table of contents takes as long as a small page."""
    return ZipFile(BytesIO((files(lucide) / "lucide.zip").read_bytes()))


@functools.cache
def _icon(name: str, size: str) -> SafeString:
    """One Lucide icon as inline SVG; the look comes from the class, so nothing but the shapes is kept."""
    shapes = []
    for node in ElementTree.fromstring(_drawings().read(f"{name}.svg")):
        attributes = " ".join(f'{key}="{value}"' for key, value in node.attrib.items() if key in _KEEP)
        shapes.append(f"<{node.tag.rpartition('}')[2]} {attributes}/>")
    css = f"hz-ic hz-ic--{size}" if size else "hz-ic"
    return mark_safe(
        f'<svg class="{css}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{"".join(shapes)}</svg>'
    )


@register.simple_tag
def ic(name: str, size: str = "") -> SafeString:
    """{% ic "check" %} · {% ic "check" size="sm" %} · size="lg"."""
    return _icon(str(name), str(size))


# ── moments ──


@register.filter
def hz_when(moment: datetime | date | None) -> str:
    """11月25日 周三 17:30."""
    if moment is None or moment == "":
        return ""
    return moments.when_words(moment) if isinstance(moment, datetime) else moments.day_words(moment)


@register.filter
def hz_day(day: date | None) -> str:
    """11月25日 周三."""
    return moments.day_words(day) if day else ""


@register.filter
def hz_date(day: date | None) -> str:
    """11月25日."""
    return moments.day_words(day, weekday=False) if day else ""


@register.filter
def hz_table(moment: datetime | date | None) -> str:
    """11-25 17:30."""
    return moments.table_words(moment) if moment else ""


@register.filter
def hz_clock(moment: datetime | None) -> str:
    """17:30 today, else with the day."""
    return moments.clock_words(moment) if moment else ""


@register.filter
def hz_hour(moment: datetime | None) -> str:
    """17:30, whatever the day."""
    return timezone.localtime(moment).strftime("%-H:%M") if moment else ""


@register.filter
def span(amount: timedelta | None) -> str:
    """1 小时 12 分 of working time."""
    return moments.span_words(amount) if amount is not None else ""


@register.filter
def iso(moment: datetime | date | None) -> str:
    """For <time datetime>."""
    return moment.isoformat() if moment else ""


@register.filter
def number(value: Any) -> str:
    """A measured value without idle zeros: 11.8, 4; nothing for None."""
    return f"{value.normalize():f}" if value is not None else ""


@register.filter
def markdown(text: str | None) -> SafeString:
    """A long text that people wrote, as HTML of the safe subset; put it into `.hz-md`."""
    return mark_safe(prose.html(text or ""))


@register.filter
def plain(text: str | None) -> str:
    """The words of such a text alone, for one line of a list."""
    return prose.plain(text or "")


@register.filter
def undo_of(message: Any) -> dict[str, Any] | None:
    """The way back that a message offers; nothing for an ordinary one."""
    return offered(message.extra_tags)


# ── people ──


@register.filter
def mask_phone(phone: str | None) -> str:
    return zh.mask_phone(phone) if phone else ""


@register.filter
def mask_email(email: str | None) -> str:
    return zh.mask_email(email) if email else ""


@register.filter
def initial(name: object) -> str:
    """The first character, for the round picture."""
    return str(name or "·")[:1].upper()


@register.simple_tag
def avatar(name: object, kind: str = "", size: str = "") -> SafeString:
    """{% avatar person.name %} · kind zi (another group) or hui (absent) · size lg."""
    css = "hz-av" + (f" hz-av--{size}" if size else "") + (f" hz-av--{kind}" if kind else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initial(name))


@register.simple_tag(takes_context=True)
def holder(context: Any, person: Any, until: bool = False) -> str:
    """{% holder case.accountable %} · 王某代李某 while 李某 is away; until=1 adds the last day. Asks nothing: `standing` knows who is away."""
    away = context["standing"].absences.get(person.pk) if person else None
    if away is None:
        return person.name if person else ""
    if not away.deputy:
        return (_("%(name)s（已离开）") if away.has_left else _("%(name)s（休假）")) % {"name": person.name}
    said = {"deputy": away.deputy, "name": person.name}
    if until and away.last:
        return _("%(deputy)s 代 %(name)s，至 %(day)s") % {**said, "day": moments.day_words(away.last, weekday=False)}
    if until:
        return _("%(deputy)s 代 %(name)s（已离开）") % said
    return _("%(deputy)s 代 %(name)s") % said


# ── states ──

_CLOCK_ICONS = {"running": "clock", "half": "timer", "over": "alarm-clock", "met": "check", "pause": "pause"}


def _clock(chip: Any, *, big: bool) -> dict[str, Any]:
    """Words of a chip: an object with name, state, left, due, percent, provisional."""
    left, state = chip.left, chip.state
    amount = moments.span_words(left) if left is not None else ""
    if state == "over":
        # Overdue since the end of the last working day: not yet by a minute of working time.
        some = left is None or abs(left) >= timedelta(minutes=1)
        words = _("超时 %(amount)s") % {"amount": amount} if some else _("超时")
    elif state == "met":
        late = left is not None and left < timedelta(0)
        words = (_("晚了 %(amount)s") if late else _("提前 %(amount)s")) % {"amount": amount} if amount else _("已完成")
    elif state == "pause":
        words = _("暂停 %(amount)s") % {"amount": amount} if left else _("已暂停")
    elif left is None:
        words = moments.day_words(chip.due, weekday=False) if chip.due else ""
    else:
        words = _("还剩 %(amount)s") % {"amount": amount} if big else amount
    return {
        "chip": chip,
        "name": getattr(chip, "name", None) or getattr(chip, "label", ""),
        "words": words,
        "icon": _CLOCK_ICONS[state],
        "css": "" if state == "running" else f" hz-clock--{state}",
        "percent": max(0, min(100, int(chip.percent))),
        "big": big,
    }


@register.inclusion_tag("parts/clock.html")
def clock_chip(chip: Any) -> dict[str, Any]:
    """A small clock for lists."""
    return _clock(chip, big=False)


@register.inclusion_tag("parts/clock.html")
def clock_big(chip: Any) -> dict[str, Any]:
    """The clock of the duty bar, with its deadline in words."""
    return _clock(chip, big=True)


_URGENCIES = {
    "normal": (1, gettext_lazy("普通")),
    "urgent": (2, gettext_lazy("加急")),
    "critical": (3, gettext_lazy("特急")),
}
_VERDICTS = {
    "marked": ("xian", pgettext_lazy("verdict", "显效")),
    "effective": ("you", pgettext_lazy("verdict", "有效")),
    "none": ("wu", pgettext_lazy("verdict", "无效")),
    "worse": ("jia", pgettext_lazy("verdict", "加重")),
}
_TAG_KINDS = {"dai", "zhu", "po", "red", "zi", "line"}


@register.simple_tag
def urgency(value: str) -> SafeString:
    """Word and bars, never colour alone."""
    level, word = _URGENCIES.get(str(value), _URGENCIES["normal"])
    return format_html('<span class="hz-urg hz-urg--{}"><i aria-hidden="true"><b></b></i>{}</span>', level, word)


@register.simple_tag
def seal(verdict: str, label: str = "") -> SafeString:
    """The square seal of a verdict (cases.choices): marked effective none worse. Nothing while there is none."""
    if not verdict:
        return SafeString("")
    css, word = _VERDICTS[str(verdict)]
    return format_html('<span class="hz-seal hz-seal--{}">{}</span>', css, label or word)


@register.simple_tag
def tag(label: object, kind: str = "", icon: str = "") -> SafeString:
    """{% tag "执行中" "dai" %}: kinds dai zhu po red zi line, none is grey."""
    css = f"hz-tag hz-tag--{kind}" if kind in _TAG_KINDS else "hz-tag"
    return format_html('<span class="{}">{}{}</span>', css, _icon(icon, "sm") if icon else "", label)


# Stages and situations (cases.lifecycle) by the kind of their tag; what waits for somebody else's yes is amber.
_STAGES = {
    "registered": "dai",
    "in_consultation": "dai",
    "in_treatment": "dai",
    "resolved": "zhu",
    "archived": "",
    "withdrawn": "",
    "declined": "red",
    "unresolved": "po",
    "contact": "dai",
    "session": "dai",
    "prescription": "dai",
    "acceptance": "po",
    "measures": "dai",
    "follow_up": "dai",
    "transfer": "zi",
    "archive": "zhu",
    "paused": "",
    "closed": "",
    "overdue": "red",
}


@register.simple_tag
def stage_tag(stage: str, label: object = "") -> SafeString:
    """The stage or situation of a case; the label comes from the choices of the app that owns it."""
    return tag(label or stage, _STAGES.get(str(stage).lower(), "dai"))


# ── forms ──


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, Cards):
        return "cards"
    if isinstance(widget, Segments):
        return "segments"
    if isinstance(widget, CheckboxSelectMultiple):
        return "ticks"
    if isinstance(widget, RadioSelect):
        return "radios"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "control"


def _control(bound: BoundField, described: str, attributes: dict[str, Any]) -> SafeString:
    widget = bound.field.widget
    css = "form-select" if isinstance(widget, Select) else "form-control"
    if bound.errors:
        css += " is-invalid"
    attrs: dict[str, Any] = {"class": f"{css} {widget.attrs.get('class', '')}".strip(), **attributes}
    if described:
        attrs["aria-describedby"] = described
    longest = getattr(bound.field, "longest", None)
    if longest and getattr(bound.field, "counter", False):
        attrs |= {"data-count": f"{bound.auto_id}_count", "data-max": longest}
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: object = "", label: object = "", **attributes: Any) -> dict[str, Any]:
    """{% field form.title %} · hint="1–3 个" stands right of the label · label="…" · other keywords become attributes
    of the control, with _ for -: placeholder="…", inputmode="decimal", data_prompt="…".
    """
    attributes = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    kind = _kind(bound)
    has_help = bool(bound.help_text)
    described = " ".join(
        name
        for name, there in ((f"{bound.auto_id}_help", has_help), (f"{bound.auto_id}_error", bool(bound.errors)))
        if there
    )
    longest = getattr(bound.field, "longest", None)
    value = bound.value()
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint or ("" if bound.field.required or kind in ("check",) else _("选填")),
        "described": described,
        "control": _control(bound, described, attributes) if kind == "control" else "",
        "options": _options(bound) if kind in ("cards", "segments", "radios", "ticks") else (),
        "counted": longest if longest and getattr(bound.field, "counter", False) else None,
        "length": len(value) if isinstance(value, str) else 0,
        "is_file": isinstance(bound.field.widget, (FileInput, ClearableFileInput)),
        "check_id": bound.auto_id,
        "checked": kind == "check" and bound.field.widget.check_test(value),
        "attributes": attributes,
    }


def _options(bound: BoundField) -> list[dict[str, Any]]:
    hints = getattr(bound.field.widget, "hints", {})
    found = []
    for option in bound.subwidgets:
        data = option.data
        if data["value"] == "" and not isinstance(bound.field.widget, CheckboxSelectMultiple):
            continue  # the empty choice of a select makes no sense as a radio button
        value = data["value"]
        found.append(
            {
                "id": data["attrs"].get("id", ""),
                "name": data["name"],
                "value": value,
                "label": data["label"],
                "checked": data["selected"],
                "hint": hints.get(value, hints.get(getattr(value, "value", value), "")),
                "type": data["type"],
            }
        )
    return found


@register.inclusion_tag("parts/form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    """The summary at the head of a form: faults of the whole and links to the fields with a fault."""
    faulty = [form[name] for name in form.errors if name in form.fields]
    return {"form": form, "faulty": faulty, "whole": form.non_field_errors()}

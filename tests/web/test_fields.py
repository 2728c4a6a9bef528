"""Fields, their rendering, and words for moments and states."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.utils import translation

from huizhen.lib.errors import Invalid
from huizhen.web import moments, sentences
from huizhen.web.forms import Cards, CleanCharField, DateTimeField, Searchable, Segments, Ticks


class ProblemForm(forms.Form):
    title = CleanCharField(label="主诉", min_length=4, max_length=30, help_text="一句话")
    note = CleanCharField(label="备注", max_length=50, required=False)
    group = forms.ChoiceField(label="专家团", widget=Searchable, choices=[("", "请选择"), ("1", "无线")])
    urgency = forms.ChoiceField(
        label="紧急", widget=Cards(hints={"a": "4 小时"}), choices=[("a", "普通"), ("b", "加急")]
    )
    mode = forms.ChoiceField(label="方式", widget=Segments, choices=[("x", "现场"), ("y", "线上")])
    people = forms.MultipleChoiceField(label="参加", widget=Ticks, choices=[("1", "毛知南")])
    held = DateTimeField(label="时间")


def test_faults_of_an_action_stand_beside_their_fields() -> None:
    form = ProblemForm({})
    form.is_valid()
    form.errors.clear()
    sentences.apply(form, Invalid.one("title", "too_long", max=30, length=31))
    sentences.apply(form, Invalid.one("elsewhere", "no_such_code"))
    assert form.errors["title"] == ["最多 30 个字，现在 31 个。"]
    assert form.non_field_errors() == ["这一项写法不对，请核对。"]


def test_text_is_cleaned_before_it_is_counted() -> None:
    field = CleanCharField(min_length=2, max_length=4)
    assert field.clean(" a\x00\u202eb\u200b ") == "ab"
    assert field.clean("e\u0301" * 4) == "é" * 4
    with pytest.raises(forms.ValidationError, match="最多 4 个字，现在 5 个"):
        field.clean("一二三四五")
    with pytest.raises(forms.ValidationError, match="至少 2 个字，现在 1 个"):
        field.clean("\u200b一")
    with pytest.raises(forms.ValidationError):
        field.clean("\x00\u200b ")
    assert CleanCharField(max_length=9, lines=True).clean("a\r\nb") == "a\nb"


def _rendered(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_field_joins_label_help_error_and_control() -> None:
    form = ProblemForm({"title": '"><script>'[:3], "held": "tomorrow"})
    form.is_valid()
    text = _rendered("{% field form.title hint='必看' data_x='1' %}", form=form)
    assert '<label for="id_title">' in text
    assert 'aria-describedby="id_title_help id_title_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'data-count="id_title_count"' in text
    assert 'data-x="1"' in text
    assert "至少 4 个字，现在 3 个。" in text
    assert "<script" not in text
    assert "请按 2026-11-25 14:30 的写法填时间。" in _rendered("{% field form.held %}", form=form)


def test_optional_field_says_so() -> None:
    assert "选填" in _rendered("{% field form.note %}", form=ProblemForm())
    assert "选填" not in _rendered("{% field form.group %}", form=ProblemForm())


def test_choices_render_as_cards_segments_and_ticks() -> None:
    form = ProblemForm(initial={"urgency": "b", "mode": "x", "people": ["1"]})
    cards = _rendered("{% field form.urgency %}", form=form)
    assert cards.count('class="hz-opt"') == 2
    assert re.search(r'value="b" id="id_urgency_1" checked', cards)
    assert "4 小时" in cards
    assert "<fieldset" in cards
    assert "hz-seg--in" in _rendered("{% field form.mode %}", form=form)
    ticks = _rendered("{% field form.people %}", form=form)
    assert re.search(r'type="checkbox" name="people" value="1" id="id_people_0" checked', ticks)
    assert "data-filter" in _rendered("{% field form.group %}", form=form)


def test_summary_links_to_the_faulty_fields() -> None:
    form = ProblemForm({})
    form.is_valid()
    text = _rendered("{% form_errors form %}", form=form)
    assert 'role="alert"' in text
    assert '<a href="#id_title">主诉</a>' in text
    assert _rendered("{% form_errors form %}", form=ProblemForm()).strip() == ""


# ── words ──


@pytest.mark.parametrize(
    "minutes, chinese, english",
    [
        (0, "0 分", "0 min"),
        (48, "48 分", "48 min"),
        (72, "1 小时 12 分", "1 h 12 min"),
        (120, "2 小时", "2 h"),
        (420, "1 天", "1 d"),
        (2 * 420 + 5 * 60 + 59, "2 天 5 小时", "2 d 5 h"),
        (-38, "38 分", "38 min"),
    ],
)
def test_working_time_in_words(minutes: int, chinese: str, english: str) -> None:
    assert moments.span_words(timedelta(minutes=minutes)) == chinese
    with translation.override("en"):
        assert moments.span_words(timedelta(minutes=minutes)) == english


def test_moments_in_words() -> None:
    moment = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 11, 23, 2, 24, tzinfo=UTC), tick=False):
        assert moments.when_words(moment) == "11月25日 周三 17:30"
        assert moments.table_words(moment) == "11-25 17:30"
        assert moments.day_words(date(2027, 1, 4)) == "2027年1月4日 周一"
        assert moments.clock_words(datetime(2026, 11, 23, 1, 5, tzinfo=UTC)) == "9:05"
        with translation.override("en"):
            assert moments.when_words(moment) == "Wed 25 Nov 17:30"
            assert moments.table_words(moment) == "25 Nov 17:30"
            assert moments.table_words(date(2027, 1, 4)) == "4 Jan 2027"


@pytest.mark.parametrize(
    "state, left, words",
    [
        ("running", timedelta(minutes=72), "1 小时 12 分"),
        ("half", timedelta(minutes=10), "10 分"),
        ("over", timedelta(minutes=38), "超时 38 分"),
        ("over", timedelta(0), "超时"),
        ("met", timedelta(minutes=11), "提前 11 分"),
        ("met", timedelta(minutes=-11), "晚了 11 分"),
        ("pause", timedelta(hours=4), "暂停 4 小时"),
        ("pause", None, "已暂停"),
    ],
)
def test_clock_says_what_is_left(state: str, left: timedelta | None, words: str) -> None:
    due = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    chip = SimpleNamespace(name="首次沟通", state=state, left=left, due=due, percent=140, provisional=True)
    small = _rendered("{% clock_chip chip %}", chip=chip)
    assert f"<b>{words}</b>" in small
    assert '<progress value="100" max="100"' in small
    assert words in _rendered("{% clock_big chip %}", chip=chip)
    assert "暂按周一至周五" in _rendered("{% clock_big chip %}", chip=chip)


def test_states_are_words_with_shapes() -> None:
    assert "特急" in _rendered("{% urgency 'critical' %}")
    assert "hz-urg--3" in _rendered("{% urgency 'critical' %}")
    assert "hz-seal--jia" in _rendered("{% seal 'worse' %}")
    assert "hz-seal--xian" in _rendered("{% seal verdict %}", verdict="marked")
    assert _rendered("{% seal '' %}") == ""
    assert "hz-tag--zi" in _rendered("{% stage_tag 'transfer' '转诊中' %}")
    assert _rendered("{% tag label %}", label="<b>") == '<span class="hz-tag">&lt;b&gt;</span>'


def test_icon_is_inline_and_hidden() -> None:
    text = _rendered("{% ic 'check' size='sm' %}")
    assert text.startswith('<svg class="hz-ic hz-ic--sm" viewBox="0 0 24 24" aria-hidden="true"')
    assert "style" not in text

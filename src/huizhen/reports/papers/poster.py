"""A3 poster of a story: what was hard, how it was solved, what it changed, with the figures of its case and one picture."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from huizhen.lib.onepage import POSTER, Box, Plate, Sheet, cut, fit, head_of, is_cut
from huizhen.lib.prose import lines, plain
from huizhen.methods.queries.pieces import plain as number
from huizhen.reports.models.stories import Story, StoryPicture
from huizhen.reports.queries.stories import change

MOST_HEIGHT = 140.0
"""Height in mm that the picture takes at most."""
_FIGURE_LONGEST, _LABEL_LINE = 15.0, 48.0
"""Characters of the large figure, and of the line above it."""


def sheet_of(story: Story, picture: StoryPicture | None, *, at: datetime) -> Sheet:
    """The sheet. `story` comes with its case, branch, group and domain, the picture with its bytes. No query."""
    case = story.case
    facts = [(_("编号"), story.code)]
    if story.domain:
        facts.append((_("领域"), story.domain.name))
    if story.names_branch:
        facts.append((_("支部"), case.branch.name))
    if case.group:
        facts.append((_("专家团"), case.group.name))
    head = head_of(POSTER, story.title or story.code, story.lead, facts)
    plate = _plate(story, picture)
    boxes = fit(
        [
            Box("problem", _("难在哪里"), lines(story.problem)),
            Box("done", _("怎么破的"), lines(story.done)),
            Box("result", _("变化"), lines(story.result)),
            Box("voice", _("支部说"), (_("“%(words)s”") % {"words": plain(story.voice)},) if story.voice else ()),
        ],
        POSTER,
        head,
        plate,
    )
    day = timezone.localdate(story.published_at or at).isoformat()
    foot = [
        _("会诊 %(code)s") % {"code": story.code},
        _("发布于 %(day)s") % {"day": day} if story.published_at else _("未发布，供核对"),
    ]
    shortened = is_cut(head, [boxes])
    if shortened:
        foot.append(_("“……”处为节选，全文见宣传栏"))
    return Sheet(POSTER, head.title, head.subtitle, head.facts, (boxes,), tuple(foot), shortened, plate)


def _plate(story: Story, picture: StoryPicture | None) -> Plate | None:
    """What stands large: the figures, and the first picture."""
    label = figure = ""
    if both := change(story):
        unit = story.indicator_unit
        told = f"{number(both[0])}{unit} → {number(both[1])}{unit}"
        label, figure = cut(story.indicator, _LABEL_LINE, 1), cut(told, _FIGURE_LONGEST, 1)
    if picture is None:
        return Plate(label, figure) if figure else None
    wide = POSTER.width - 2 * POSTER.margin
    height = min(MOST_HEIGHT, wide * picture.height / picture.width)
    width = height * picture.width / picture.height
    return Plate(label, figure, _printable(picture), width, height, cut(picture.caption, _LABEL_LINE, 1))


def _printable(picture: StoryPicture) -> bytes:
    """Its bytes as PNG or JPEG: Word files know no WebP."""
    content = bytes(picture.content)
    if picture.kind != "webp":
        return content
    out = BytesIO()
    with Image.open(BytesIO(content), formats=("WEBP",)) as image:
        image.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()

"""Where a reader can go, by role: the sidebar on a desk, five tabs on a phone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLES: dict[str, str | Promise] = {
    "requester": _("问诊人"),
    "expert": _("专家"),
    "leader": _("团长"),
    "liaison": _("领域接口人"),
    "clerk": _("综合员"),
    "coordinator": pgettext_lazy("role", "党建工作部"),
    "viewer": _("领导"),
    "auditor": _("审计"),
    "none": _("暂无职务"),
}
ALL = frozenset(ROLES)
STAFF = ALL - {"none"}
WHOLE = frozenset({"liaison", "coordinator", "viewer"})
"""Who begins with the whole picture."""


@dataclass(frozen=True)
class Link:
    """One place: its name, icon, route and the home roles that are offered it; `section` is the heading above it, `tab` whose phone shows
    it in the bar, first come first shown."""

    label: str | Promise
    icon: str
    route: str
    roles: frozenset[str]
    section: str | Promise = ""
    tab: frozenset[str] = frozenset()
    url: str = ""
    current: bool = False


LINKS = (
    Link(_("首页"), "house", "home", ALL, tab=ALL),
    Link(_("病例"), "folder-heart", "cases:list", ALL, tab=ALL),
    Link(_("工作清单"), "table-2", "worklist:page", STAFF),
    Link(_("挂号"), "ticket-plus", "registration:start", frozenset({"requester"}), tab=ALL),
    Link(_("日程"), "calendar-days", "schedule:agenda", STAFF - {"auditor", "viewer"}, tab=ALL),
    Link(_("查房"), "footprints", "rounds:board", frozenset({"leader", "liaison", "coordinator", "viewer", "auditor"})),
    Link(
        pgettext_lazy("list", "上行建议"),
        "circle-arrow-up",
        "cases:upward",
        frozenset({"leader", "liaison", "coordinator", "viewer", "auditor"}),
    ),
    Link(_("总览"), "layout-dashboard", "overview:page", STAFF, _("数字与报送"), tab=WHOLE),
    Link(_("统计"), "chart-line", "figures:page", STAFF, _("数字与报送")),
    Link(
        _("月报"),
        "calendar-check-2",
        "monthly:index",
        frozenset({"clerk", "liaison", "coordinator", "viewer", "auditor"}),
        _("数字与报送"),
        tab=frozenset({"clerk"}),
    ),
    Link(_("通报"), "megaphone", "bulletins:list", STAFF, _("数字与报送")),
    Link(_("履职记录"), "id-card", "records:index", STAFF - {"requester", "clerk"}, _("数字与报送")),
    Link(_("定时发送"), "calendar-clock", "mailings:list", STAFF - {"requester"}, _("数字与报送")),
    Link(_("领题"), "flag", "challenges:list", STAFF - {"auditor"}, _("支部"), tab=ALL),
    Link(_("支部"), "landmark", "directory:branches", STAFF - {"requester"}, _("支部")),
    Link(_("专家团"), "users", "directory:groups", STAFF, _("名册"), tab=ALL),
    Link(_("工作法"), "book-open-check", "methods:shelf", STAFF, _("积累")),
    Link(_("宣传"), "newspaper", "stories:board", ALL, _("积累")),
    Link(_("萃取台"), "flask-conical", "methods:desk", frozenset({"leader", "expert"}), _("积累")),
    Link(_("工作法评审"), "clipboard-check", "methods:queue", frozenset({"liaison", "coordinator"}), _("积累")),
    Link(
        _("病例讨论会"),
        "graduation-cap",
        "clinics:list",
        frozenset({"expert", "leader", "liaison", "coordinator", "viewer", "auditor"}),
        _("积累"),
    ),
    Link(_("人员与账号"), "user-round-cog", "people:list", frozenset({"coordinator", "auditor"}), _("管理")),
    Link(_("名册导入"), "file-spreadsheet", "roster:upload", frozenset({"coordinator"}), _("管理")),
    Link(_("活动设置"), "sliders-horizontal", "campaign:settings", frozenset({"coordinator"}), _("管理")),
    Link(_("历史病例导入"), "history", "imports:upload", frozenset({"coordinator", "clerk"}), _("管理")),
    Link(
        _("机器人与对接"),
        "bot",
        "endpoints:list",
        frozenset({"coordinator", "leader", "liaison", "clerk"}),
        _("管理"),
    ),
    Link(_("同义词与索引"), "search-code", "search:synonyms", frozenset({"coordinator"}), _("管理")),
    Link(_("后台任务"), "timer-reset", "jobs:page", frozenset({"coordinator"}), _("管理")),
    Link(_("发送记录"), "send", "outbox:page", frozenset({"coordinator"}), _("管理")),
    Link(_("流水"), "scroll-text", "journal:list", frozenset({"auditor", "coordinator"}), _("管理"), tab=ALL),
)


def _address(route: str) -> str | None:
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def links(home: str, path: str) -> list[Link]:
    """The links of a role that lead somewhere, the longest one that begins the path marked current."""
    found = [
        replace(link, url=url) for link in LINKS if home in link.roles and (url := _address(link.route)) is not None
    ]
    matching = [link for link in found if path == link.url or (link.url != "/" and path.startswith(link.url))]
    best = max(matching, key=lambda link: len(link.url), default=None)
    return [replace(link, current=link is best) for link in found]


def sections(found: list[Link]) -> list[tuple[str, list[Link]]]:
    """Links under their headings, in the order of the table."""
    grouped: dict[str, list[Link]] = {}
    for link in found:
        grouped.setdefault(str(link.section), []).append(link)
    return list(grouped.items())


def tabs(home: str, found: list[Link]) -> list[Link]:
    """At most four; the fifth is 我."""
    return [link for link in found if home in link.tab][:4]


def more(home: str, found: list[Link]) -> list[Link]:
    """What the bar of a phone has no room for: shown on 我."""
    shown = {link.route for link in tabs(home, found)}
    return [link for link in found if link.route not in shown]

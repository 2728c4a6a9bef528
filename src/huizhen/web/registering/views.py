"""挂号: the start, three steps that save themselves, review for the branch, the receipt. GET never writes.

A page that has no draft yet makes up its key; the first post creates the draft under it, so a double click makes one draft.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huizhen.cases import actions
from huizhen.cases.choices import Mode, Source
from huizhen.cases.models import Draft
from huizhen.cases.policy import get_visible
from huizhen.cases.queries.drafts import (
    branches_for,
    challenges_of,
    open_drafts,
    registers_for_others,
    requesters_of,
)
from huizhen.cases.queries.offers import named, offers
from huizhen.directory.models import Branch
from huizhen.directory.queries import current_campaign
from huizhen.lib.errors import Invalid, NotAllowed, NotNow, NotVisible, Refusal, StaleWrite
from huizhen.web import sentences
from huizhen.web.context import standing_of
from huizhen.web.moments import clock_words
from huizhen.web.registering import receipts
from huizhen.web.registering.forms import STEPS, ExpertForm, GoalForm, StepForm, collisions, prompts, step_of

LAST = max(STEPS)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to begin: the one open draft or a new one straight away, else a choice of drafts and branches."""
    standing, text = standing_of(request), request.GET.get("q", "")[:60]
    branches = branches_for(standing, on=timezone.localdate(), text=text)
    drafts = open_drafts(request.user, standing)
    others = registers_for_others(standing)
    if not branches and not drafts and not others:
        raise NotAllowed("nobody_to_register_for")
    if not others and "all" not in request.GET and len(branches) == 1 and len(drafts) < 2:
        return redirect(_straight(request, branches[0], drafts))
    context = {"drafts": drafts, "branches": branches, "others": others, "text": text}
    return render(request, "registering/start.html", context)


def _straight(request: HttpRequest, branch: Branch, drafts: list[Draft]) -> str:
    """Her own draft goes on where it begins, somebody's 代挂号 is reviewed first, without any a new one is opened."""
    if not drafts:
        return _to("new") + f"?branch={branch.code}"
    own = drafts[0].owner_id == request.user.pk
    return _to("step", key=drafts[0].key, number=1) if own else _to("review", key=drafts[0].key)


def _to(name: str, **kwargs: object) -> str:
    return reverse(f"registration:{name}", kwargs=kwargs)


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """A blank first step with a key of its own; nothing is written before something is typed."""
    branch = _branch(request, request.GET.get("branch", ""))
    now = timezone.now()
    source = Source.BRANCH if branch.pk in standing_of(request).branch_ids else _source(request)
    draft = Draft(key=uuid4(), owner=request.user, branch=branch, source=source, created_at=now, saved_at=now)
    return _page(request, draft, 1)


def _branch(request: HttpRequest, code: str) -> Branch:
    """The branch a new draft is for. NotVisible: there is none; NotAllowed: not hers to register for."""
    branch = Branch.objects.select_related("unit").filter(code=code[:40].replace("\x00", "")).first()
    if branch is None:
        raise NotVisible("branch_unknown")
    if not actions.may_register_for(standing_of(request), branch):
        raise NotAllowed("not_your_branch", name=branch.name)
    return branch


def _source(request: HttpRequest) -> str:
    """支部问诊 or 代挂号; 专家寻诊 when an expert says so."""
    asked = request.POST.get("source") or request.GET.get("source")
    return Source.OUTREACH if asked == Source.OUTREACH and standing_of(request).group_ids else Source.PROXY


def _draft(request: HttpRequest, key: UUID) -> Draft:
    """The draft; a post of a blank page creates it."""
    now = timezone.now()
    try:
        return actions.draft_for(str(key), by=request.user, at=now)
    except NotVisible:
        if request.method != "POST" or "branch" not in request.POST:
            raise
    branch = _branch(request, request.POST["branch"])
    return actions.start_draft(branch, by=request.user, at=now, source=_source(request), key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """GET shows a step. POST saves it and goes on, or back; faults are shown, and are saved all the same."""
    if number not in STEPS:
        raise NotVisible("draft_unknown")
    draft = _draft(request, key)
    if draft.case is not None:
        return redirect(_to("receipt", code=draft.case.code))
    if request.method != "POST":
        return _page(request, draft, number, check="check" in request.GET)
    draft, collided = _keep(request, draft, number)
    return collided or _go(request, draft, number)


def _keep(request: HttpRequest, draft: Draft, number: int) -> tuple[Draft, HttpResponse | None]:
    """Save what was typed. An answer only where somebody else stored other words meanwhile, or registered it."""
    form, now = STEPS[number], timezone.now()
    typed = form.typed(request.POST)
    try:
        found = actions.save_draft(draft, typed, by=request.user, at=now, seen=_seen(request))
    except StaleWrite:
        draft = _draft(request, draft.key)
        if draft.case is not None:
            return draft, redirect(_to("receipt", code=draft.case.code))
        if theirs := collisions(form, draft, request.POST):
            return draft, _page(request, draft, number, theirs=theirs, status=409)
        found = actions.save_draft(draft, typed, by=request.user, at=now)
    if found:
        messages.warning(request, masked_words(found))
    return draft, None


def _go(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    if request.POST.get("go") == "back":
        return redirect(_to("step", key=draft.key, number=max(1, number - 1)))
    if not _form(draft, number, check=True).is_valid():
        return _page(request, draft, number, check=True, status=422)
    if number != LAST:
        return redirect(_to("step", key=draft.key, number=number + 1))
    if draft.branch_id not in standing_of(request).branch_ids:
        actions.hand_draft(draft, by=request.user, at=timezone.now())
    return redirect(_to("review", key=draft.key))


def _seen(request: HttpRequest) -> int:
    """The version the page was drawn with; what is no number was never one."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _form(draft: Draft, number: int, *, check: bool = False, post: object = None) -> StepForm:
    return STEPS[number](draft.values, post, check=check)  # type: ignore[arg-type]


def _page(
    request: HttpRequest,
    draft: Draft,
    number: int,
    *,
    check: bool = False,
    theirs: list[tuple[str, str]] | None = None,
    invalid: Invalid | None = None,
    status: int = 200,
) -> HttpResponse:
    """One step as a page. After a collision it holds what the reader typed, with the words stored meanwhile above it."""
    form = _form(draft, number, check=check, post=request.POST if theirs else None)
    if invalid is not None:
        form.put(invalid)
    context = {
        "draft": draft,
        "form": form,
        "number": number,
        "steps": [(one, STEPS[one].title_of_step) for one in STEPS],
        "theirs": theirs,
        "own": draft.branch_id in standing_of(request).branch_ids,
        **_offered(draft, form),
    }
    return render(request, f"registering/step_{number}.html", context, status=status)


def _offered(draft: Draft, form: StepForm) -> dict[str, object]:
    """What a step shows beyond its fields."""
    if isinstance(form, GoalForm):
        said = receipts.promises(current_campaign(), at=timezone.now())
        form.offer(promises=said, challenges=challenges_of(draft.branch))
    if isinstance(form, ExpertForm):
        campaign = current_campaign()
        found = offers(campaign, on=timezone.localdate()) if campaign else []
        return {"domains": found, "to": form["to"].value() or "", "person": form["person"].value()}
    condition = str(draft.values.get("condition", ""))
    return {"prompts": prompts(condition), "is_masked": "****" in condition}


def masked_words(found: dict[str, int]) -> str:
    """文中有 1 个手机号，已替您打码。"""
    named = {
        "phone": ngettext("%(n)s 个手机号", "%(n)s 个手机号", found.get("phone", 0)),
        "identity": ngettext("%(n)s 个身份证号", "%(n)s 个身份证号", found.get("identity", 0)),
        "card": ngettext("%(n)s 个银行卡号", "%(n)s 个银行卡号", found.get("card", 0)),
    }
    listed = _("、").join(named[kind] % {"n": count} for kind, count in found.items() if count)
    return _("文中有 %(listed)s，已替您打码。") % {"listed": listed}


@require_POST
def save(request: HttpRequest, key: UUID) -> HttpResponse:
    """Autosave: JSON with the version and the moment, or with the sentence of a refusal. What was masked is handed back masked."""
    number = request.POST.get("step", "")
    form = STEPS.get(int(number) if number.isdecimal() and len(number) < 3 else 0)
    try:
        if form is None:
            raise NotNow("draft_gone")
        draft = _draft(request, key)
        typed = form.typed(request.POST)
        found = actions.save_draft(draft, typed, by=request.user, at=timezone.now(), seen=_seen(request))
    except Refusal as no:
        return JsonResponse({"sentence": sentences.of_refusal(no).headline}, status=no.status)
    told: dict[str, object] = {"version": draft.version, "saved": clock_words(draft.saved_at), "masked": found}
    if found:
        told |= {"words": masked_words(found), "values": form.spread(draft.values)}
    return JsonResponse(told | {"address": _to("step", key=draft.key, number=int(number))})


@require_POST
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """挂号. The last step may come along; a fault leads back to the step that holds it. Twice is one case."""
    draft = _draft(request, key)
    if draft.case is None and "step" in request.POST:
        draft, collided = _keep(request, draft, LAST)
        if collided:
            return collided
    try:
        case = actions.register(draft, by=request.user, at=timezone.now())
    except Invalid as no:
        return _back_to_fault(request, draft, no)
    return redirect(_to("receipt", code=case.code))


def _back_to_fault(request: HttpRequest, draft: Draft, no: Invalid) -> HttpResponse:
    number = step_of(no.faults)
    if number != LAST:
        messages.error(request, _("还不能挂号：第 %(number)s 步有内容要改。填过的都还在。") % {"number": number})
        return redirect(_to("step", key=draft.key, number=number) + "?check=1")
    return _page(request, draft, LAST, check=True, invalid=None if _is_known(draft) else no, status=422)


def _is_known(draft: Draft) -> bool:
    """The form finds the fault by itself; what only the directory knows (nobody on duty, left) comes from the action."""
    return not _form(draft, LAST, check=True).is_valid()


@require_safe
def review(request: HttpRequest, key: UUID) -> HttpResponse:
    """The whole draft on one page: for the branch to confirm, for the one who wrote it on its behalf to look at."""
    draft = _draft(request, key)
    if draft.case is not None:
        return redirect(_to("receipt", code=draft.case.code))
    goal, today = _form(draft, 2, check=True), timezone.localdate()
    _offered(draft, goal)
    own = draft.branch_id in standing_of(request).branch_ids
    context = {
        "draft": draft,
        "condition": _form(draft, 1, check=True),
        "goal": goal,
        "expert": _form(draft, LAST, check=True),
        "own": own,
        "mode": dict(Mode.choices).get(draft.values.get("mode", ""), ""),
        "challenge": dict(goal.fields["challenge"].choices).get(draft.values.get("challenge") or None, ""),
        "asked": named(current_campaign(), draft.values),
        "contacts": requesters_of(draft.branch, on=today),
    }
    return render(request, "registering/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET asks, POST throws the draft away."""
    draft = actions.draft_for(str(key), by=request.user, at=timezone.now())
    if draft.case is not None:
        return redirect(_to("receipt", code=draft.case.code))
    if request.method != "POST":
        return render(request, "registering/discard.html", {"draft": draft})
    actions.discard_draft(draft, by=request.user, at=timezone.now())
    messages.success(request, _("草稿已丢弃。"))
    return redirect("/")


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    case = get_visible(standing_of(request), code)
    return render(request, "registering/receipt.html", {"receipt": receipts.receipt(case, at=timezone.now())})


@require_POST
def phone(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt with the number of the first responder in full; journalled like every look at a number."""
    case, now = get_visible(standing_of(request), code), timezone.now()
    number = actions.reveal(case, case.first_responder, purpose=_("挂号回执：联系首问责任人"), by=request.user, at=now)
    return render(request, "registering/receipt.html", {"receipt": receipts.receipt(case, at=now), "phone": number})

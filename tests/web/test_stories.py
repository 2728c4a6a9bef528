"""宣传 on pages: the board, writing with what is to be mended, the branch's answer, review, the poster; on the case page and first screens."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from huizhen.journal.models import Entry
from huizhen.notifications.jobs import drain
from huizhen.notifications.models import Message
from huizhen.reports.actions.stories.consenting import agree
from huizhen.reports.actions.stories.pictures import add_story_picture
from huizhen.reports.actions.stories.reviewing import publish_story, submit_story
from huizhen.reports.actions.stories.writing import draft_story, save_story
from huizhen.reports.models import Story
from tests.cast import Cast
from tests.reports.test_stories import NOW, WORDS, asked, digest, photo
from tests.visits import parsed, visit


@pytest.fixture(autouse=True)
def _now():  # type: ignore[no-untyped-def]
    with time_machine.travel(NOW, tick=False):
        yield


def test_story_is_written_asked_answered_and_published_on_pages(cast: Cast) -> None:
    case = cast.archived()
    leader, branch, head, far = (visit(cast.users[who]) for who in ("leader", "requester", "coordinator", "outsider"))
    assert "写成故事" in leader.get(f"/cases/{case.code}/").content.decode()
    assert "写成故事" not in branch.get(f"/cases/{case.code}/").content.decode()
    answer = leader.post(f"/cases/{case.code}/draft_story/")
    assert answer["Location"] == "/stories/XC26-0001/write/"
    page = parsed(leader.get("/stories/XC26-0001/write/"))
    (version,) = {one.attributes["value"] for one in page.all("input", name="version")}
    expert = cast.person("expert").name
    typed = {**WORDS, "lead": f"{expert}说 <b>好</b>", "names_branch": "on", "version": version}
    answer = leader.post("/stories/XC26-0001/ask_consent/", typed)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "出现了姓名" in told
    assert "&lt;b&gt;" in told, "what was typed is kept, and is no HTML"
    stale = leader.post("/stories/XC26-0001/write/", {**WORDS, "title": "另一页填的", "version": version})
    assert stale.status_code == 409
    assert "另一页填的" in stale.content.decode()
    version = str(Story.objects.get().version)
    saved = leader.post("/stories/XC26-0001/save/", {**WORDS, "names_branch": "on", "version": version}).json()
    upload = SimpleUploadedFile("a.png", photo().getvalue())
    leader.post("/stories/XC26-0001/add_picture/", {"picture": upload, "caption": "现场", "version": saved["version"]})
    picture = Story.objects.get().pictures.get()
    assert leader.post("/stories/XC26-0001/ask_consent/")["Location"] == "/stories/XC26-0001/"
    # the branch: its first screen, the very words, the answer
    home = parsed(branch.get("/"))
    assert [one for one in home.all("a", href="/stories/XC26-0001/consent/") if one.text == WORDS["title"]]
    page = parsed(branch.get("/stories/XC26-0001/consent/"))
    assert all(text.replace("- ", "").split("\n")[0] in page.text for text in WORDS.values())
    mark = page.all("input", name="digest")[0].attributes["value"]
    assert branch.post("/stories/XC26-0001/refuse/", {"digest": mark, "reason": ""}).status_code == 422
    assert branch.post("/stories/XC26-0001/agree/", {"digest": mark}).status_code == 302
    assert "撤回同意" in branch.get("/stories/XC26-0001/consent/").content.decode()
    leader.post("/stories/XC26-0001/submit/")
    assert "/stories/XC26-0001/" in {one.attributes.get("href") for one in parsed(head.get("/")).all("a")}
    assert far.get("/stories/XC26-0001/").status_code == 404
    assert far.get(f"/stories/pictures/{picture.key}/").status_code == 404
    assert head.post("/stories/XC26-0001/publish/").status_code == 302
    with CaptureQueriesContext(connection) as counted:
        board = parsed(far.get("/stories/"))
    assert len([one for one in counted if "reports_" in one["sql"]]) == 2
    assert [one.text for one in board.all("h2")] == [WORDS["title"]]
    assert "92% →变为 68%" in board.text
    shown = far.get(f"/stories/pictures/{picture.key}/small/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert "没有发布的稿子" not in far.get("/stories/?domain=NET").content.decode()
    assert "还没有发布的稿子" in far.get("/stories/?domain=FIN").content.decode()
    assert Entry.objects.filter(verb="story_published", target_label=f"XC26-0001 {WORDS['title']}").exists()
    english = visit(cast.outsider, "en").get("/stories/XC26-0001/").content.decode()
    assert "How it was solved" in english


def test_poster_is_one_page_for_who_may_read_the_story(cast: Cast) -> None:
    story = draft_story(cast.archived(), by=cast.leader, at=NOW)
    save_story(story, {**WORDS, "done": "长话" * 400, "names_branch": False, "voice": "=1+1"}, by=cast.leader, at=NOW)
    add_story_picture(story, by=cast.leader, at=NOW, content=photo(), caption="现场")
    page = visit(cast.leader).get(f"/stories/{story.code}/poster/").content.decode()
    assert "还没有发布，不要张贴" in page
    assert "内容较长，已节选" in page
    answer = visit(cast.leader).get(f"/stories/{story.code}/poster.docx")
    paper = Document(BytesIO(answer.content))
    (section,) = paper.sections
    assert (section.page_width.mm, section.page_height.mm) == (pytest.approx(297, 0.01), pytest.approx(420, 0.01))
    text = "\n".join(one.text for one in paper.paragraphs) + "\n".join(
        one.text for one in paper.tables[0].rows[0].cells[0].paragraphs
    )
    assert "92% → 68%" in text
    assert "“=1+1”" in text
    assert "……" in text
    assert cast.branch.name not in text
    assert [name for name in ZipFile(BytesIO(answer.content)).namelist() if name.startswith("word/media/")] != []
    assert visit(cast.requester).get(f"/stories/{story.code}/poster/").status_code == 404


def test_messages_of_a_story_lead_to_it(cast: Cast) -> None:
    story = asked(cast)
    agree(story, by=cast.second, at=NOW, digest=digest(story))
    submit_story(story, by=cast.leader, at=NOW)
    publish_story(story, by=cast.coordinator, at=NOW)
    drain(NOW)
    rows = Message.objects.filter(verb__startswith="story").order_by("pk")
    told = {(one.person.code, one.verb) for one in rows.select_related("person")}
    assert told == {
        ("requester", "story_asked"), ("second", "story_asked"), ("leader", "story_agreed"), ("coordinator", "story_submitted"),
        ("leader", "story_published"), ("requester", "story_published"), ("second", "story_published"),
    }  # fmt: skip
    inbox = visit(cast.requester).get("/inbox/").content.decode()
    assert f"贵支部的宣传稿 {story.code} {WORDS['title']} 已发布" in inbox
    message = rows.filter(person=cast.person("requester"), verb="story_asked").get()
    assert visit(cast.requester).post(f"/inbox/{message.pk}/open/")["Location"] == f"/stories/{story.code}/"

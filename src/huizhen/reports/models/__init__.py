"""Nouns of reports. `figures`: what is counted of each case, and its sums. `rounds`: 查房 and what leaders suggest. `bulletins`: 通报 and PDFs.

`stories`: 宣传. `monthly`: 月报. `ending`: 年度总结. `mailings`: 定时发送.
"""

from huizhen.reports.models.bulletins import Bulletin, BulletinCounter, PaperPdf
from huizhen.reports.models.ending import CampaignSummary
from huizhen.reports.models.figures import Counted, Fact, Fill, Load, Spread, Tally
from huizhen.reports.models.mailings import Mailed, Mailing
from huizhen.reports.models.monthly import HandMail, MonthlyReport, ReportReminder, SentReport
from huizhen.reports.models.rounds import RoundReminder, Suggestion, WardRound
from huizhen.reports.models.stories import Story, StoryConsent, StoryCounter, StoryPicture
from huizhen.reports.models.worklist import ColumnSet, Export, FilledList, Note, Snapshot

__all__ = [
    "Bulletin",
    "BulletinCounter",
    "CampaignSummary",
    "ColumnSet",
    "Counted",
    "Export",
    "Fact",
    "Fill",
    "FilledList",
    "HandMail",
    "Load",
    "Mailed",
    "Mailing",
    "MonthlyReport",
    "Note",
    "PaperPdf",
    "ReportReminder",
    "RoundReminder",
    "SentReport",
    "Snapshot",
    "Spread",
    "Story",
    "StoryConsent",
    "StoryCounter",
    "StoryPicture",
    "Suggestion",
    "Tally",
    "WardRound",
]

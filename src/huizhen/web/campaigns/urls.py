from django.urls import path

from huizhen.web.campaigns import calendars, ending, sentences, views

app_name = "campaign"
sentences.install()

urlpatterns = [
    path("campaign/", views.page, name="settings"),
    path("campaign/facts/", views.change_campaign, name="facts"),
    path("campaign/settings/", views.change_settings, name="change"),
    path("campaign/clocks/", views.set_policy, name="clocks"),
    path("campaign/calendar/", calendars.load, name="calendar"),
    path("campaign/end/", ending.end, name="end"),
    path("campaign/next/", ending.following, name="next"),
    path("campaign/summaries/", ending.summaries, name="summaries"),
    path("campaign/summaries/<uuid:key>/", ending.summary, name="summary"),
    path("campaign/summaries/<uuid:key>/take_back_end/", ending.take_back_end, name="take_back_end"),
    path("campaign/summaries/<uuid:key>/summary.docx", ending.summary_file, name="summary_file"),
]

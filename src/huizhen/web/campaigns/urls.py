from django.urls import path

from huizhen.web.campaigns import calendars, sentences, views

app_name = "campaign"
sentences.install()

urlpatterns = [
    path("campaign/", views.page, name="settings"),
    path("campaign/facts/", views.change_campaign, name="facts"),
    path("campaign/settings/", views.change_settings, name="change"),
    path("campaign/clocks/", views.set_policy, name="clocks"),
    path("campaign/calendar/", calendars.load, name="calendar"),
]

"""Every page. Each room brings its own table; one URL per verb."""

from django.urls import include, path

from huizhen.web import views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("theme/", views.choose_theme, name="theme"),
    path("", include("huizhen.web.accounts.urls")),
    path("", include("huizhen.web.search.urls")),
    path("", include("huizhen.web.home.urls")),
    path("", include("huizhen.web.inbox.urls")),
    path("", include("huizhen.web.outbox.urls")),
    path("", include("huizhen.web.lists.urls")),
    path("", include("huizhen.web.agenda.urls")),
    path("", include("huizhen.web.challenges.urls")),
    path("", include("huizhen.web.clinics.urls")),
    path("", include("huizhen.web.directory.urls")),
    path("", include("huizhen.web.handing.urls")),
    path("", include("huizhen.web.changes.urls")),
    path("", include("huizhen.web.roster.urls")),
    path("", include("huizhen.web.campaigns.urls")),
    path("", include("huizhen.web.importing.urls")),
    path("", include("huizhen.web.audit.urls")),
    path("", include("huizhen.web.jobs.urls")),
    path("", include("huizhen.web.endpoints.urls")),
    path("", include("huizhen.web.methods.urls")),
    path("", include("huizhen.web.cases.urls")),
    path("", include("huizhen.web.flags.urls")),
    path("", include("huizhen.web.figures.urls")),
    path("", include("huizhen.web.dashboards.urls")),
    path("", include("huizhen.web.rounds.urls")),
    path("", include("huizhen.web.worklist.urls")),
    path("", include("huizhen.web.stories.urls")),
    path("", include("huizhen.web.records.urls")),
    path("", include("huizhen.web.bulletins.urls")),
    path("", include("huizhen.web.monthly.urls")),
    path("", include("huizhen.web.registering.urls")),
    path("", include("huizhen.web.texts.urls")),
    path("", include("huizhen.web.pictures.urls")),
    path("", include("huizhen.web.papers.urls")),
    path("", include("huizhen.web.similar.urls")),
]

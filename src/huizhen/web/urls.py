"""Every page. Each room brings its own table; one URL per verb."""

from django.urls import include, path

from huizhen.web import views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("theme/", views.choose_theme, name="theme"),
    path("", include("huizhen.web.accounts.urls")),
    path("", include("huizhen.web.cases.urls")),
    path("", include("huizhen.web.registering.urls")),
]

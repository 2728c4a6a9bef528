from django.urls import path

from huizhen.web.roster import views

app_name = "roster"

urlpatterns = [
    path("roster/", views.upload, name="upload"),
    path("roster/export/", views.export, name="export"),
    path("roster/form.xlsx", views.blank, name="blank"),
    path("roster/<str:token>/", views.report, name="report"),
    path("roster/<str:token>/apply/", views.apply, name="apply"),
]

from django.urls import path

from huizhen.web.jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.page, name="page"),
    path("jobs/<str:name>/", views.runs, name="runs"),
    path("jobs/<str:name>/run/", views.hurry, name="hurry"),
]

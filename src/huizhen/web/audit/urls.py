from django.urls import path

from huizhen.web.audit import sentences, views

app_name = "journal"
sentences.install()

urlpatterns = [
    path("audit/", views.entries, name="list"),
    path("audit/seals/", views.seals, name="seals"),
]

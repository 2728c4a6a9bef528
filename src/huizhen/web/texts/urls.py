"""Long texts: how one will look."""

from django.urls import path

from huizhen.web.texts import views

app_name = "texts"

urlpatterns = [path("texts/preview/", views.preview, name="preview")]

"""Pictures of methods. Written into texts by their address: it never changes."""

from django.urls import path

from huizhen.web.pictures import sentences, views

app_name = "pictures"

sentences.install()

urlpatterns = [
    path("methods/pictures/<uuid:key>/", views.picture, name="picture"),
    path("methods/<str:code>/pictures/", views.page, name="page"),
]

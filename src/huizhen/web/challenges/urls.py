from django.urls import path

from huizhen.web.challenges import sentences, views

app_name = "challenges"
sentences.install()

urlpatterns = [
    path("challenges/", views.listing, name="list"),
    path("challenges/new/", views.create, name="create"),
    path("challenges/<str:code>/", views.page, name="page"),
    path("challenges/<str:code>/edit/", views.edit, name="edit"),
    path("challenges/<str:code>/advance/", views.advance, name="advance"),
    path("challenges/<str:code>/milestone/", views.milestone, name="milestone"),
]

from django.urls import path

from huizhen.web.flags import views

app_name = "flags"

urlpatterns = [
    path("flags/<uuid:key>/", views.page, name="page"),
    path("flags/<uuid:key>/state_reasons/", views.state_reasons, name="state_reasons"),
    path("flags/<uuid:key>/note_talk/", views.note_talk, name="note_talk"),
]

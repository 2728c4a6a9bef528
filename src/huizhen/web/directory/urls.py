from django.urls import path

from huizhen.web.directory import given, sentences, views

app_name = "directory"
sentences.install()

urlpatterns = [
    path("groups/", views.groups, name="groups"),
    path("groups/<str:code>/", views.group, name="group"),
    path("groups/<str:code>/duty/", views.set_duty, name="duty"),
    path("experts/", views.experts, name="experts"),
    path("experts/<str:code>/", views.expert, name="expert"),
    path("experts/<str:code>/given/", given.given, name="given"),
    path("experts/<str:code>/leave/", views.record_leave, name="leave"),
    path("experts/<str:code>/leave/end/", views.end_leave, name="end_leave"),
    path("branches/", views.branches, name="branches"),
    path("branches/<str:code>/", views.branch, name="branch"),
    path("contacts/", views.contacts, name="contacts"),
]

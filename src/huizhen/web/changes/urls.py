from django.urls import path

from huizhen.web.changes import views

app_name = "changes"

urlpatterns = [
    path("groups/<str:code>/leader/", views.change_leader, name="leader"),
    path("groups/<str:code>/split/", views.split_group, name="split"),
    path("groups/<str:code>/merge/", views.merge_group, name="merge"),
    path("branches/<str:code>/rename/", views.rename_branch, name="rename"),
    path("branches/<str:code>/dissolve/", views.dissolve_branch, name="dissolve"),
]

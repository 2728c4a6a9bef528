from django.urls import path

from huizhen.web.records import sentences, views

app_name = "records"
sentences.install()

urlpatterns = [
    path("records/", views.index, name="index"),
    path("records/expert/<str:code>/", views.expert, name="expert"),
    path("records/expert/<str:code>/list/", views.expert_list, name="expert_list"),
    path("records/expert/<str:code>/record.docx", views.expert_file, name="expert_file"),
    path("records/group/<str:code>/", views.group, name="group"),
    path("records/group/<str:code>/list/", views.group_list, name="group_list"),
    path("records/group/<str:code>/record.docx", views.group_file, name="group_file"),
    path("records/group/<str:code>/experts.xlsx", views.members_file, name="members_file"),
]

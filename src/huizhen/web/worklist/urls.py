from django.urls import path

from huizhen.web.worklist import sentences, views

app_name = "worklist"
sentences.install()

urlpatterns = [
    path("worklist/", views.page, name="page"),
    path("worklist/columns/", views.save_columns, name="save_columns"),
    path("worklist/columns/<uuid:key>/drop/", views.drop_columns, name="drop_columns"),
    path("worklist/export/", views.export, name="export"),
    path("worklist/exports/", views.exports, name="exports"),
    path("worklist/exports/<uuid:key>/file.xlsx", views.file, name="file"),
    path("worklist/<str:code>/note/", views.note, name="note"),
]

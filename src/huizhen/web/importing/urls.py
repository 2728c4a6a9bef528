from django.urls import path

from huizhen.web.importing import sentences, views

app_name = "imports"

urlpatterns = [
    path("imports/", views.upload, name="upload"),
    path("imports/form.xlsx", views.form, name="form"),
    path("imports/<uuid:key>/", views.page, name="page"),
    path("imports/<uuid:key>/faults.xlsx", views.faults, name="faults"),
    path("imports/<uuid:key>/answer/", views.answer, name="answer"),
    path("imports/<uuid:key>/confirm/", views.confirm, name="confirm"),
    path("imports/<uuid:key>/drop/", views.drop, name="drop"),
    path("imports/<uuid:key>/take_back/", views.take_back, name="take_back"),
]

sentences.install()

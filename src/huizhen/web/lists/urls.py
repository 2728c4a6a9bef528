from django.urls import path

from huizhen.web.lists import saved, views

app_name = "cases"

urlpatterns = [
    path("cases/", views.cases, name="list"),
    path("cases/solved/", views.solved, name="solved"),
    path("cases/upward/", views.upward, name="upward"),
    path("cases/filters/", saved.save, name="save_filter"),
    path("cases/filters/<uuid:key>/rename/", saved.rename, name="rename_filter"),
    path("cases/filters/<uuid:key>/drop/", saved.drop, name="drop_filter"),
    path("cases/<str:code>/summary/", views.summary, name="summary"),
]

from django.urls import path

from huizhen.web.lists import views

app_name = "cases"

urlpatterns = [
    path("cases/", views.cases, name="list"),
    path("cases/solved/", views.solved, name="solved"),
    path("cases/<str:code>/summary/", views.summary, name="summary"),
]

"""What is alike. Each has an address of its own, so that the page it stands on costs what it cost."""

from django.urls import path

from huizhen.web.similar import views

app_name = "similar"

urlpatterns = [
    path("cases/<str:code>/similar/", views.case, name="case"),
    path("methods/<str:code>/similar/", views.method, name="method"),
    path("register/similar/", views.solved, name="solved"),
]

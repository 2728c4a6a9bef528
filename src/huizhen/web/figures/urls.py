from django.urls import path

from huizhen.web.figures import sentences, views

app_name = "figures"
sentences.install()

urlpatterns = [
    path("figures/", views.page, name="page"),
    path("figures/choose/", views.choose, name="choose"),
    path("figures/cases/", views.cases, name="cases"),
    path("figures/help/", views.explain, name="help"),
]

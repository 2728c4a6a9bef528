from django.urls import path

from huizhen.web.dashboards import sentences, views

app_name = "overview"
sentences.install()

urlpatterns = [
    path("overview/", views.page, name="page"),
    path("overview/choose/", views.choose, name="choose"),
    path("overview/screen/", views.screen, name="screen"),
    path("overview/screen/fresh/", views.fresh, name="fresh"),
]

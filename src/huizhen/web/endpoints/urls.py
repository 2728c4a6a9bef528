from django.urls import path

from huizhen.web.endpoints import views, words

app_name = "endpoints"
words.install()

urlpatterns = [
    path("endpoints/", views.page, name="list"),
    path("endpoints/new/", views.add, name="add"),
    path("endpoints/<int:pk>/", views.endpoint, name="page"),
    path("endpoints/<int:pk>/change/", views.change, name="change"),
    path("endpoints/<int:pk>/stop/", views.stop, name="stop"),
    path("endpoints/<int:pk>/start/", views.start, name="start"),
    path("endpoints/<int:pk>/test/", views.test, name="test"),
    path("endpoints/<int:pk>/remove/", views.remove, name="remove"),
]

from django.urls import path

from huizhen.web.inbox import digest, preferences, reminded, views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.page, name="page"),
    path("inbox/bell/", views.ring, name="ring"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/unread/", views.unread, name="unread"),
    path("inbox/<int:pk>/read/", views.read, name="read"),
    path("inbox/<int:pk>/open/", views.open_message, name="open"),
    path("inbox/<int:pk>/digest/", digest.digest, name="digest"),
    path("cases/<str:code>/reminded/", reminded.reminded, name="reminded"),
    path("me/messages/", preferences.preferences, name="preferences"),
]

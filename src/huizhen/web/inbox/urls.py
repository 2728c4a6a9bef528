from django.urls import path

from huizhen.web.inbox import preferences, views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.page, name="page"),
    path("inbox/bell/", views.ring, name="ring"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/unread/", views.unread, name="unread"),
    path("inbox/<int:pk>/read/", views.read, name="read"),
    path("inbox/<int:pk>/open/", views.open_message, name="open"),
    path("me/messages/", preferences.preferences, name="preferences"),
]

from django.urls import path

from huizhen.web.outbox import views

app_name = "outbox"

urlpatterns = [
    path("outbox/", views.page, name="page"),
    path("outbox/mail/<str:name>/", views.mail, name="mail"),
    path("outbox/<uuid:key>/send_again/", views.send_again, name="send_again"),
    path("outbox/<uuid:key>/settle/", views.settle, name="settle"),
]

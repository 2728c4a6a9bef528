from django.urls import path

from huizhen.web.mailings import sentences, views

app_name = "mailings"
sentences.install()

urlpatterns = [
    path("mailings/", views.mailings, name="list"),
    path("mailings/new/", views.new, name="new"),
    path("mailings/<uuid:key>/", views.opened, name="open"),
    path("mailings/<uuid:key>/pause/", views.pause, name="pause"),
    path("mailings/<uuid:key>/resume/", views.resume, name="resume"),
    path("mailings/<uuid:key>/remove/", views.remove, name="remove"),
    path("mailings/<uuid:key>/send_me_one/", views.send_me_one, name="send_me_one"),
]

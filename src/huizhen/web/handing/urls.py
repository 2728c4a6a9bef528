from django.urls import path

from huizhen.web.handing import sentences, views

app_name = "handing"
sentences.install()

urlpatterns = [
    path("experts/<str:code>/handover/", views.hand_over, name="hand_over"),
    path("experts/<str:code>/leaving/", views.mark_left, name="leaving"),
    path("transfers/", views.offered, name="offered"),
    path("transfers/accept/", views.accept, name="accept"),
    path("transfers/refuse/", views.refuse, name="refuse"),
]

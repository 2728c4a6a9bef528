from django.urls import path

from huizhen.web.agenda import views

app_name = "schedule"

urlpatterns = [
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/renew/", views.renew, name="renew"),
    path("agenda/<str:token>.ics", views.feed, name="feed"),
    path("cases/<str:code>/sessions/<uuid:key>.ics", views.session, name="session"),
]

from django.urls import path

from huizhen.web.home import views

urlpatterns = [path("", views.home, name="home")]

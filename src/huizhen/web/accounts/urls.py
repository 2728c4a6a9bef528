from django.urls import path

from huizhen.web.accounts import door, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("door/<str:token>/", door.door, name="door"),
    path("language/", views.choose_language, name="language"),
    path("me/", views.profile, name="profile"),
    path("me/password/", views.change_password, name="change_password"),
]

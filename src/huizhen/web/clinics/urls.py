from django.urls import path

from huizhen.web.clinics import sentences, views

app_name = "clinics"
sentences.install()

urlpatterns = [
    path("clinics/", views.listing, name="list"),
    path("clinics/new/", views.plan, name="plan"),
    path("clinics/<str:code>/", views.page, name="page"),
    path("clinics/<str:code>/edit/", views.edit, name="edit"),
    path("clinics/<str:code>/postpone/", views.postpone, name="postpone"),
    path("clinics/<str:code>/cancel/", views.cancel, name="cancel"),
    path("clinics/<str:code>/hold/", views.hold, name="hold"),
    path("clinics/<str:code>/minutes/", views.amend, name="amend"),
    path("clinics/<str:code>/invitation.ics", views.invitation, name="invitation"),
]

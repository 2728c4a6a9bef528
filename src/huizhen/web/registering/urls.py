"""挂号: start, three steps, review, and the receipt. A draft is addressed by its key."""

from django.urls import path

from huizhen.web.registering import views

app_name = "registration"

urlpatterns = [
    path("register/", views.start, name="start"),
    path("register/new/", views.new, name="new"),
    path("register/<uuid:key>/", views.review, name="review"),
    path("register/<uuid:key>/<int:number>/", views.step, name="step"),
    path("register/<uuid:key>/save/", views.save, name="save"),
    path("register/<uuid:key>/submit/", views.submit, name="submit"),
    path("register/<uuid:key>/discard/", views.discard, name="discard"),
    path("cases/<str:code>/receipt/", views.receipt, name="receipt"),
    path("cases/<str:code>/receipt/phone/", views.phone, name="phone"),
]

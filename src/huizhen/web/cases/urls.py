"""One URL per verb; the names of moves are those of the table."""

from django.urls import path

from huizhen.cases.lifecycle import MOVES
from huizhen.web.cases import prescription, views

app_name = "case"
_OWN = {"attach": views.attach, "prescribe": prescription.prescribe}

urlpatterns = [
    path("cases/<str:code>/", views.page, name="page"),
    path("cases/<str:code>/prescribe/save/", prescription.save, name="prescribe_save"),
    path("cases/<str:code>/prescription/<int:version>/", prescription.read, name="prescription"),
    path("cases/<str:code>/reveal/<str:person>/", views.reveal, name="reveal"),
    path("cases/<str:code>/files/<uuid:key>/", views.download, name="file"),
    *(
        path(f"cases/<str:code>/{name}/", _OWN.get(name, views.move), {} if name in _OWN else {"name": name}, name=name)
        for name in MOVES
    ),
]

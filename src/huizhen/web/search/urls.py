from django.urls import path

from huizhen.web.search import synonyms, views

app_name = "search"

urlpatterns = [
    path("search/", views.page, name="page"),
    path("search/synonyms/", synonyms.page, name="synonyms"),
    path("search/synonyms/add/", synonyms.add, name="add_synonym"),
    path("search/synonyms/<str:code>/", synonyms.change, name="change_synonym"),
    path("search/synonyms/<str:code>/remove/", synonyms.remove, name="remove_synonym"),
    path("search/synonyms/<str:code>/restore/", synonyms.restore, name="restore_synonym"),
    path("search/index/", synonyms.progress, name="index"),
    path("search/index/rebuild/", synonyms.rebuild, name="rebuild"),
]

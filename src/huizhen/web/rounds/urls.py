from django.urls import path

from huizhen.web.rounds import sentences, suggestions, views

app_name = "rounds"
sentences.install()

urlpatterns = [
    path("rounds/", views.board, name="board"),
    path("rounds/groups/", views.groups, name="groups"),
    path("rounds/make_round/", views.make_round, name="make_round"),
    path("rounds/<uuid:batch>/take_back_round/", views.take_back_round, name="take_back_round"),
    path("suggestions/", suggestions.listing, name="suggestions"),
    path("suggestions/new/", suggestions.suggest, name="suggest"),
    path("suggestions/<uuid:key>/", suggestions.page, name="suggestion"),
    path("suggestions/<uuid:key>/answer_suggestion/", suggestions.answer_suggestion, name="answer_suggestion"),
    path("suggestions/<uuid:key>/withdraw_suggestion/", suggestions.withdraw_suggestion, name="withdraw_suggestion"),
]

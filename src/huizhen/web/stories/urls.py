"""宣传: the board, one story, writing it, what its branch says, its poster and pictures."""

from django.urls import path

from huizhen.web.stories import consent, reading, sentences, writing

app_name = "stories"

sentences.install()

urlpatterns = [
    path("stories/", reading.board, name="board"),
    path("stories/desk/", reading.desk, name="desk"),
    path("stories/pictures/<uuid:key>/", reading.picture, name="picture"),
    path("stories/pictures/<uuid:key>/small/", reading.small, name="small"),
    path("cases/<str:code>/draft_story/", writing.draft_story, name="draft_story"),
    path("stories/<str:code>/", reading.page, name="page"),
    path("stories/<str:code>/poster/", reading.poster, name="poster"),
    path("stories/<str:code>/poster.docx", reading.poster_file, name="poster_file"),
    path("stories/<str:code>/write/", writing.write, name="write"),
    path("stories/<str:code>/save/", writing.save, name="save"),
    path("stories/<str:code>/mask/", writing.mask, name="mask"),
    path("stories/<str:code>/add_picture/", writing.add_picture, name="add_picture"),
    path("stories/<str:code>/remove_picture/", writing.remove_picture, name="remove_picture"),
    path("stories/<str:code>/ask_consent/", writing.ask_consent, name="ask_consent"),
    path("stories/<str:code>/take_back/", writing.take_back, name="take_back"),
    path("stories/<str:code>/submit/", writing.submit, name="submit"),
    path("stories/<str:code>/rewrite/", writing.rewrite, name="rewrite"),
    path("stories/<str:code>/withdraw_story/", writing.withdraw_story, name="withdraw_story"),
    path("stories/<str:code>/consent/", consent.page, name="consent"),
    path("stories/<str:code>/agree/", consent.agree, name="agree"),
    path("stories/<str:code>/refuse/", consent.refuse, name="refuse"),
    path("stories/<str:code>/withdraw_consent/", consent.withdraw_consent, name="withdraw_consent"),
    path("stories/<str:code>/publish/", writing.publish, name="publish"),
    path("stories/<str:code>/return_story/", writing.return_story, name="return_story"),
]

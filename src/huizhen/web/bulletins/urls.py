from django.urls import path

from huizhen.web.bulletins import sentences, views, writing

app_name = "bulletins"
sentences.install()

urlpatterns = [
    path("bulletins/", views.listing, name="list"),
    path("bulletins/draft/", writing.draft_bulletin, name="draft_bulletin"),
    path("bulletins/<str:code>/", views.page, name="page"),
    path("bulletins/<str:code>/bulletin.docx", views.word, name="word"),
    path("bulletins/<str:code>/pdf/", views.pdf_asked, name="pdf_asked"),
    path("bulletins/<str:code>/write/", writing.write, name="write"),
    path("bulletins/<str:code>/save/", writing.save, name="save"),
    path("bulletins/<str:code>/submit/", writing.submit, name="submit"),
    path("bulletins/<str:code>/take_back/", writing.take_back, name="take_back"),
    path("bulletins/<str:code>/discard/", writing.discard, name="discard"),
    path("bulletins/<str:code>/return_bulletin/", views.return_bulletin, name="return_bulletin"),
    path("bulletins/<str:code>/pass_bulletin/", views.pass_bulletin, name="pass_bulletin"),
    path("bulletins/<str:code>/issue/", views.issue, name="issue"),
    path("bulletins/<str:code>/void/", views.void, name="void"),
]

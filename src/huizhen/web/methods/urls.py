from django.urls import path

from huizhen.web.methods import reviewing, sentences, writing

app_name = "methods"
sentences.install()

urlpatterns = [
    path("methods/desk/", writing.desk, name="desk"),
    path("methods/review/", reviewing.queue, name="queue"),
    path("cases/<str:code>/extract/", writing.extract, name="extract"),
    path("methods/<str:code>/prove/", writing.prove, name="prove"),
    path("methods/<str:code>/write/", writing.write, name="write"),
    path("methods/<str:code>/save/", writing.save, name="save"),
    path("methods/<str:code>/put/", writing.put, name="put"),
    path("methods/<str:code>/take_out/", writing.take_out, name="take_out"),
    path("methods/<str:code>/mask/", writing.mask, name="mask"),
    path("methods/<str:code>/submit/", writing.submit, name="submit"),
    path("methods/<str:code>/take_back/", writing.take_back, name="take_back"),
    path("methods/<str:code>/discard/", writing.discard, name="discard"),
    path("methods/<str:code>/revise/", writing.revise, name="revise"),
    path("methods/<str:code>/review/", reviewing.review, name="review"),
    path("methods/<str:code>/publish/", reviewing.publish, name="publish"),
    path("methods/<str:code>/return_version/", reviewing.return_version, name="return_version"),
    path("methods/<str:code>/versions/", reviewing.versions, name="versions"),
    path("methods/<str:code>/differences/", reviewing.differences, name="differences"),
]

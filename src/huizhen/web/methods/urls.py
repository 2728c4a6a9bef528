from django.urls import path

from huizhen.web.methods import reading, reading_words, reviewing, sentences, writing

app_name = "methods"
sentences.install()
reading_words.install()

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
    path("methods/", reading.shelf, name="shelf"),
    path("methods/pick/", reading.pick, name="pick"),
    path("methods/<str:code>/", reading.page, name="page"),
    path("methods/<str:code>/adopt/", reading.adopt, name="adopt"),
    path("methods/<str:code>/trials/<uuid:key>/tell_result/", reading.tell_result, name="tell_result"),
    path("methods/<str:code>/cases/<str:case>/say_use/", reading.say_use, name="say_use"),
    path("methods/<str:code>/promote/", reading.promote, name="promote"),
    path("methods/<str:code>/retire/", reading.retire, name="retire"),
    path("methods/<str:code>/revive/", reading.revive, name="revive"),
    path("methods/<str:code>/confirm/", reading.confirm, name="confirm"),
]

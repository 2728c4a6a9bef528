from django.urls import path

from huizhen.web.worklist import filled, sentences, snapshots, views

app_name = "worklist"
sentences.install()

urlpatterns = [
    path("worklist/", views.page, name="page"),
    path("worklist/columns/", views.save_columns, name="save_columns"),
    path("worklist/columns/<uuid:key>/drop/", views.drop_columns, name="drop_columns"),
    path("worklist/export/", views.export, name="export"),
    path("worklist/exports/", views.exports, name="exports"),
    path("worklist/exports/<uuid:key>/file.xlsx", views.file, name="file"),
    path("worklist/import/", filled.upload, name="upload"),
    path("worklist/import/<uuid:key>/", filled.filled, name="filled"),
    path("worklist/import/<uuid:key>/confirm/", filled.confirm, name="confirm_filled"),
    path("worklist/import/<uuid:key>/check/", filled.check, name="check_again"),
    path("worklist/import/<uuid:key>/drop/", filled.drop, name="drop_filled"),
    path("worklist/import/<uuid:key>/faults.xlsx", filled.faults, name="faults"),
    path("worklist/signed/", snapshots.overview, name="snapshots"),
    path("worklist/signed/<str:group>/<str:month>/", snapshots.page, name="snapshot"),
    path("worklist/signed/<str:group>/<str:month>/sign/", snapshots.sign, name="sign_worklist"),
    path("worklist/signed/<str:group>/<str:month>/file.xlsx", snapshots.file, name="snapshot_file"),
    path("worklist/<str:code>/note/", views.note, name="note"),
]

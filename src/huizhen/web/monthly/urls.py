from django.urls import path

from huizhen.web.monthly import board, files, sentences, views, writing

app_name = "monthly"
sentences.install()

urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/board/", board.board, name="board"),
    path("reports/board/board.xlsx", board.board_file, name="board_file"),
    path("reports/<str:code>/", views.page, name="page"),
    path("reports/<str:code>/write/", writing.write, name="write"),
    path("reports/<str:code>/save/", writing.save, name="save"),
    path("reports/<str:code>/preview/", writing.preview, name="preview"),
    path("reports/<str:code>/send_report/", writing.send_report, name="send_report"),
    path("reports/<str:code>/withdraw_report/", views.withdraw_report, name="withdraw_report"),
    path("reports/<str:code>/remind_clerks/", board.remind_clerks, name="remind_clerks"),
    path("reports/<str:code>/v/<int:version>/", views.version, name="version"),
    path("reports/<str:code>/v/<int:version>/report.docx", files.docx, name="docx"),
    path("reports/<str:code>/v/<int:version>/report.xlsx", files.xlsx, name="xlsx"),
    path("reports/<str:code>/v/<int:version>/mail_by_hand/", files.mail_by_hand, name="mail_by_hand"),
]

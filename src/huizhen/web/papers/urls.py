"""One-pagers: to print, and as Word files; minutes of sessions."""

from django.urls import path

from huizhen.web.papers import pdfs, views

app_name = "papers"

urlpatterns = [
    path("cases/<str:code>/a3/", views.a3, name="a3"),
    path("cases/<str:code>/a3.docx", views.a3_file, name="a3_file"),
    path("cases/<str:code>/sessions/<uuid:key>/minutes.docx", views.minutes_file, name="minutes_file"),
    path("cases/<str:code>/sessions/<uuid:key>/minutes_pdf/", pdfs.minutes_pdf, name="minutes_pdf"),
    path("reports/<str:code>/v/<int:version>/pdf/", pdfs.report_pdf, name="report_pdf"),
    path("papers/<uuid:key>/", pdfs.page, name="pdf"),
    path("papers/<uuid:key>/paper.pdf", pdfs.pdf_file, name="pdf_file"),
    path("methods/<str:code>/a4/", views.a4, name="a4"),
    path("methods/<str:code>/a4.docx", views.a4_file, name="a4_file"),
]

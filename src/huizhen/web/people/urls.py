from django.urls import path

from huizhen.web.people import importing, places, views

app_name = "people"

urlpatterns = [
    path("people/", views.people_list, name="list"),
    path("people/new/", views.add_person, name="add_person"),
    path("people/appoint/", views.appoint, name="appoint"),
    path("people/open/", views.open_accounts, name="open_accounts"),
    path("people/doors.xlsx", views.export_doors, name="export_doors"),
    path("people/import/", importing.import_secretaries, name="import_secretaries"),
    path("people/import/form.xlsx", importing.import_form, name="import_form"),
    path("people/import/<str:token>/", importing.import_report, name="import_report"),
    path("people/import/<str:token>/apply/", importing.apply_import, name="apply_import"),
    path("people/<str:code>/", views.person_page, name="page"),
    path("people/<str:code>/change_person/", views.change_person, name="change_person"),
    path("people/<str:code>/change_contact/", views.change_contact, name="change_contact"),
    path("people/<str:code>/post/", places.post, name="post"),
    path("people/<str:code>/end_posting/", places.end_posting, name="end_posting"),
    path("people/<str:code>/join_group/", places.join_group, name="join_group"),
    path("people/<str:code>/move_member/", places.move_member, name="move_member"),
    path("people/<str:code>/leave_group/", places.leave_group, name="leave_group"),
    path("people/<str:code>/renew_account/", views.renew_account, name="renew_account"),
    path("people/<str:code>/close_account/", views.close_account, name="close_account"),
    path("people/<str:code>/reopen_account/", views.reopen_account, name="reopen_account"),
]

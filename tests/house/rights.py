"""The tables of who may open which address and take which move; `test_permissions` reads them.

Read them as a person would: what must be, not what is. 404: she may not know that it exists. 403: she sees it, but it is not hers to
do. 409: hers, but not now. 302: done, or sent on; for nobody: to the sign-in page. 401: that page, keeping what
was sent. 286: the end of a poll.
"""

from tests.house.rights_interface import INTERFACE
from tests.house.rights_reports import REPORTS

__all__ = ["BODIES", "INTERFACE", "PAGES", "UNDER_TREATMENT", "WITHOUT_ROW"]

# fmt: off
# name of the route      method address                            requester expert leader liaison clerk coordinator viewer auditor outsider nobody
PAGES = """
health                   GET  /healthz                                   200 200 200 200 200 200 200 200 200 200
ready                    GET  /readyz                                    200 200 200 200 200 200 200 200 200 200
metrics                  GET  /metrics                                   200 200 200 200 200 200 200 200 200 200
home                     GET  /                                          200 200 200 200 200 200 200 200 200 302
find                     GET  /find/?q=HZ26-00001                        302 302 302 302 302 302 302 302 302 302
theme                    POST /theme/                                    302 302 302 302 302 302 302 302 302 302
language                 POST /language/                                 302 302 302 302 302 302 302 302 302 302
sign_in                  GET  /sign-in/                                  302 302 302 302 302 302 302 302 302 200
door                     GET  /door/1-2-3/                                410 410 410 410 410 410 410 410 410 410
sign_out                 POST /sign-out/                                 302 302 302 302 302 302 302 302 302 302
profile                  GET  /me/                                       200 200 200 200 200 200 200 200 200 302
change_password          POST /me/password/                              422 422 422 422 422 422 422 422 422 302

inbox:page               GET  /inbox/                                    200 200 200 200 200 200 200 200 200 302
inbox:ring               GET  /inbox/bell/                               200 200 200 200 200 200 200 200 200 286
inbox:ring               GET  /inbox/bell/?known=0-0                     200 204 204 204 204 204 204 204 204 286
inbox:read_all           POST /inbox/read/                               302 302 302 302 302 302 302 302 302 302
inbox:unread             POST /inbox/unread/                             302 302 302 302 302 302 302 302 302 302
inbox:read               POST /inbox/{message}/read/                     302 404 404 404 404 404 404 404 404 302
inbox:open               POST /inbox/{message}/open/                     302 404 404 404 404 404 404 404 404 302
inbox:digest             GET  /inbox/{message}/digest/                   404 404 404 404 404 404 404 404 404 302
inbox:digest             GET  /inbox/{digest}/digest/                    404 404 200 404 404 404 404 404 404 302
inbox:reminded           GET  /cases/{case}/reminded/                    200 200 200 200 200 200 200 200 404 302
inbox:reminded           GET  /cases/{hushed}/reminded/                  200 200 200 200 404 404 404 404 404 302
inbox:preferences        GET  /me/messages/                              200 200 200 200 200 200 200 200 200 302
inbox:preferences        POST /me/messages/                              302 302 302 302 302 302 302 302 302 302

search:page              GET  /search/                                   200 200 200 200 200 200 200 200 200 302
search:page              GET  /search/?q=负荷                            200 200 200 200 200 200 200 200 200 302
search:synonyms          GET  /search/synonyms/                          403 403 403 403 403 200 403 403 403 302
search:add_synonym       POST /search/synonyms/add/                      403 403 403 403 403 422 403 403 403 302
search:change_synonym    GET  /search/synonyms/{synonym}/                403 403 403 403 403 200 403 403 403 302
search:change_synonym    POST /search/synonyms/{synonym}/                403 403 403 403 403 422 403 403 403 302
search:change_synonym    GET  /search/synonyms/nothing/                  403 403 403 403 403 404 403 403 403 302
search:remove_synonym    POST /search/synonyms/{synonym}/remove/         403 403 403 403 403 302 403 403 403 302
search:restore_synonym   POST /search/synonyms/{synonym}/restore/        403 403 403 403 403 302 403 403 403 302
search:index             GET  /search/index/                             403 403 403 403 403 200 403 403 403 302
search:rebuild           POST /search/index/rebuild/                     403 403 403 403 403 302 403 403 403 302

cases:list               GET  /cases/                                    200 200 200 200 200 200 200 200 200 302
cases:solved             GET  /cases/solved/                             200 200 200 200 200 200 200 200 200 302
cases:upward             GET  /cases/upward/                             403 403 200 200 403 200 200 200 403 302
cases:save_filter        POST /cases/filters/                            302 302 302 302 302 302 302 302 302 302
cases:rename_filter      POST /cases/filters/{filter}/rename/            302 404 404 404 404 404 404 404 404 302
cases:drop_filter        POST /cases/filters/{filter}/drop/              302 404 404 404 404 404 404 404 404 302
cases:summary            GET  /cases/{solved}/summary/                   200 200 200 200 200 200 200 200 200 302
cases:summary            GET  /cases/{case}/summary/                     404 404 404 404 404 404 404 404 404 302

case:page                GET  /cases/{case}/                             200 200 200 200 200 200 200 200 404 302
case:page                GET  /cases/{hushed}/                           200 200 200 200 404 404 404 404 404 302
case:page                GET  /cases/{solved}/                           200 200 200 200 200 200 200 200 404 302
case:prescription        GET  /cases/{case}/prescription/1/              200 200 200 200 200 200 200 200 404 302
case:prescription        GET  /cases/{case}/prescription/9/              404 404 404 404 404 404 404 404 404 302
case:prescribe_save      POST /cases/{case}/prescribe/save/              403 302 302 403 403 403 403 403 404 302
case:file                GET  /cases/{case}/files/{file}/                200 200 200 200 200 200 200 200 404 302
case:reveal              GET  /cases/{case}/reveal/requester/            200 200 200 200 403 200 403 403 404 302
case:reveal              POST /cases/{case}/reveal/expert/?purpose       422 422 422 422 403 422 403 403 404 401
case:reveal              GET  /cases/{case}/reveal/outsider/             404 404 404 404 404 404 404 404 404 302
schedule:session         GET  /cases/{case}/sessions/{session}.ics       200 200 200 200 200 200 200 200 404 302

flags:page               GET  /flags/{flag}/                             404 200 200 404 404 404 404 404 404 302
flags:state_reasons      POST /flags/{flag}/state_reasons/               404 422 403 404 404 404 404 404 404 302
flags:note_talk          POST /flags/{flag}/note_talk/                   404 403 422 404 404 404 404 404 404 302

registration:start       GET  /register/                                 200 200 200 403 200 200 403 403 302 302
registration:new         GET  /register/new/?branch=B1                   200 200 200 403 200 200 403 403 403 302
registration:review      GET  /register/{draft}/                         200 404 404 404 404 404 404 404 404 302
registration:step        GET  /register/{draft}/1/                       200 404 404 404 404 404 404 404 404 302
registration:save        POST /register/{draft}/save/?step=1             200 404 404 404 404 404 404 404 404 401
registration:submit      POST /register/{draft}/submit/                  302 404 404 404 404 404 404 404 404 302
registration:discard     GET  /register/{draft}/discard/                 200 404 404 404 404 404 404 404 404 302
registration:discard     POST /register/{draft}/discard/                 302 404 404 404 404 404 404 404 404 302
registration:review      GET  /register/{proxy}/                         200 404 404 404 200 404 404 404 404 302
registration:submit      POST /register/{proxy}/submit/                  302 404 404 404 403 404 404 404 404 302
registration:receipt     GET  /cases/{case}/receipt/                     200 200 200 200 200 200 200 200 404 302
registration:phone       POST /cases/{case}/receipt/phone/               200 200 200 200 403 200 403 403 404 302

schedule:agenda          GET  /agenda/                                   200 200 200 200 200 200 200 200 200 302
schedule:renew           POST /agenda/renew/                             302 302 302 302 302 302 302 302 302 302
schedule:feed            GET  /agenda/{feed}.ics                         200 200 200 200 200 200 200 200 200 200
schedule:feed            GET  /agenda/{nofeed}.ics                       404 404 404 404 404 404 404 404 404 404

methods:desk             GET  /methods/desk/                             403 200 200 403 403 200 403 403 403 302
methods:queue            GET  /methods/review/                           403 403 403 200 403 200 403 403 403 302
methods:extract          POST /cases/{solved}/extract/                   403 302 302 403 403 403 403 403 404 302
methods:prove            POST /methods/{reviewed}/prove/                 404 404 404 404 404 404 404 404 404 302
methods:write            GET  /methods/{writing}/write/                  404 200 200 302 404 302 302 302 404 302
methods:write            POST /methods/{writing}/write/                  404 409 409 403 404 403 403 403 404 302
methods:save             POST /methods/{writing}/save/                   404 409 409 403 404 403 403 403 404 302
methods:put              POST /methods/{writing}/put/                    404 409 409 403 404 403 403 403 404 302
methods:take_out         POST /methods/{writing}/take_out/               404 422 422 403 404 403 403 403 404 302
methods:mask             POST /methods/{writing}/mask/                   404 409 409 403 404 403 403 403 404 302
methods:submit           POST /methods/{writing}/submit/                 404 409 409 403 404 403 403 403 404 302
methods:take_back        POST /methods/{reviewed}/take_back/             403 302 302 403 403 403 403 403 403 302
methods:discard          GET  /methods/{writing}/discard/                404 200 200 403 404 403 403 403 404 302
methods:discard          POST /methods/{writing}/discard/                404 302 302 403 404 403 403 403 404 302
methods:revise           POST /methods/{reviewed}/revise/                403 409 409 409 403 403 403 403 403 302
methods:review           GET  /methods/{reviewed}/review/                404 200 200 200 404 200 200 200 404 302
methods:publish          POST /methods/{reviewed}/publish/               403 403 403 409 403 403 403 403 403 302
methods:return_version   POST /methods/{reviewed}/return_version/        403 403 403 409 403 403 403 403 403 302
methods:versions         GET  /methods/{reviewed}/versions/              200 200 200 200 200 200 200 200 200 302
methods:differences      GET  /methods/{reviewed}/differences/           404 200 200 200 404 200 200 200 404 302
methods:shelf            GET  /methods/                                  200 200 200 200 200 200 200 200 200 302
methods:pick             GET  /methods/pick/?q=x                         200 200 200 200 200 200 200 200 200 302
methods:page             GET  /methods/{reviewed}/                       200 200 200 200 200 200 200 200 200 302
methods:adopt            POST /methods/{reviewed}/adopt/                 409 403 403 403 403 403 403 403 302 302
methods:tell_result      GET  /methods/{reviewed}/trials/{trial}/tell_result/ 200 403 403 403 403 403 403 403 403 302
methods:tell_result      POST /methods/{reviewed}/trials/{trial}/tell_result/ 422 403 403 403 403 403 403 403 403 302
methods:say_use          POST /methods/{reviewed}/cases/{case}/say_use/  409 403 403 403 403 403 403 403 404 302
methods:promote          POST /methods/{reviewed}/promote/               403 403 403 403 403 409 403 403 403 302
methods:retire           POST /methods/{reviewed}/retire/                403 403 403 422 403 422 403 403 403 302
methods:revive           POST /methods/{reviewed}/revive/                403 403 403 409 403 409 403 403 403 302
methods:confirm          POST /methods/{reviewed}/confirm/               403 403 403 302 403 302 403 403 403 302

mailings:list            GET  /mailings/                                 200 200 200 200 200 200 200 200 200 302
mailings:new             GET  /mailings/new/?kind=cases&query=scope%3Dfollowing 200 200 200 200 200 200 200 200 200 302
mailings:new             POST /mailings/new/                             422 422 422 422 422 422 422 422 422 302
mailings:open            GET  /mailings/00000000-0000-4000-8000-000000000000/ 404 404 404 404 404 404 404 404 404 302
mailings:pause           POST /mailings/00000000-0000-4000-8000-000000000000/pause/ 404 404 404 404 404 404 404 404 404 302
mailings:resume          POST /mailings/00000000-0000-4000-8000-000000000000/resume/ 404 404 404 404 404 404 404 404 404 302
mailings:remove          POST /mailings/00000000-0000-4000-8000-000000000000/remove/ 404 404 404 404 404 404 404 404 404 302
mailings:send_me_one     POST /mailings/00000000-0000-4000-8000-000000000000/send_me_one/ 404 404 404 404 404 404 404 404 404 302

challenges:list          GET  /challenges/                               200 200 200 200 200 200 200 200 200 302
challenges:create        GET  /challenges/new/                           200 403 403 403 403 403 403 403 200 302
challenges:page          GET  /challenges/{challenge}/                   200 200 200 200 200 200 200 200 200 302
challenges:edit          GET  /challenges/{challenge}/edit/              200 403 403 403 403 403 403 403 403 302
challenges:advance       POST /challenges/{challenge}/advance/?approved  302 403 403 403 403 403 403 403 403 401
challenges:advance       POST /challenges/{challenge}/advance/?stopped   302 403 403 403 403 302 403 403 403 401
challenges:milestone     POST /challenges/{challenge}/milestone/?first   302 403 403 403 403 403 403 403 403 401

clinics:list             GET  /clinics/                                  200 200 200 200 200 200 200 200 200 302
clinics:plan             GET  /clinics/new/                              403 403 200 200 403 200 403 403 403 302
clinics:plan             POST /clinics/new/                              403 403 422 422 403 422 403 403 403 302
clinics:page             GET  /clinics/{clinic}/                         404 200 200 200 404 200 200 200 404 302
clinics:invitation       GET  /clinics/{clinic}/invitation.ics           404 200 200 200 404 200 200 200 404 302
clinics:edit             GET  /clinics/{clinic}/edit/                    404 403 200 200 404 200 403 403 404 302
clinics:edit             POST /clinics/{clinic}/edit/                    404 403 422 422 404 422 403 403 404 302
clinics:postpone         POST /clinics/{clinic}/postpone/                404 403 422 422 404 422 403 403 404 302
clinics:cancel           POST /clinics/{clinic}/cancel/                  404 403 422 422 404 422 403 403 404 302
clinics:hold             GET  /clinics/{clinic}/hold/                    404 403 409 409 404 409 403 403 404 302
clinics:amend            GET  /clinics/{clinic}/minutes/                 404 403 409 409 404 409 403 403 404 302
clinics:hold             GET  /clinics/{begun}/hold/                     404 403 200 200 404 200 403 403 404 302
clinics:hold             POST /clinics/{begun}/hold/                     404 403 422 422 404 422 403 403 404 302
clinics:amend            GET  /clinics/{held}/minutes/                   404 403 200 200 404 200 403 403 404 302
clinics:amend            POST /clinics/{held}/minutes/                   404 403 422 422 404 422 403 403 404 302

papers:a3                GET  /cases/{case}/a3/                          200 200 200 200 200 200 200 200 404 302
papers:a3                GET  /cases/{hushed}/a3/                        200 200 200 200 404 404 404 404 404 302
papers:a3                GET  /cases/{solved}/a3/                        200 200 200 200 200 200 200 200 200 302
papers:a3_file           POST /cases/{case}/a3.docx                      200 200 200 200 200 200 200 200 404 302
papers:a3_file           POST /cases/{solved}/a3.docx                    200 200 200 200 200 200 200 200 200 302
papers:minutes_file      POST /cases/{solved}/sessions/{met}/minutes.docx  200 200 200 200 200 200 200 200 404 302
papers:minutes_file      POST /cases/{case}/sessions/{session}/minutes.docx  409 409 409 409 409 409 409 409 404 302
papers:minutes_pdf       POST /cases/{solved}/sessions/{met}/minutes_pdf/  302 302 302 302 302 302 302 302 404 302
papers:minutes_pdf       POST /cases/{case}/sessions/{session}/minutes_pdf/ 409 409 409 409 409 409 409 409 404 302
papers:pdf               GET  /papers/{pdf}/                             404 404 404 404 404 200 404 404 404 302
papers:pdf_file          GET  /papers/{pdf}/paper.pdf                    404 404 404 404 404 404 404 404 404 302
papers:minutes_file      POST /cases/{case}/sessions/{met}/minutes.docx    404 404 404 404 404 404 404 404 404 302
papers:a4                GET  /methods/{pictured}/a4/                    404 200 200 200 404 200 200 200 404 302
papers:a4_file           GET  /methods/{pictured}/a4.docx                404 200 200 200 404 200 200 200 404 302
similar:case             GET  /cases/{case}/similar/                     200 200 200 200 200 200 200 200 404 302
similar:case             GET  /cases/{hushed}/similar/                   200 200 200 200 404 404 404 404 404 302
similar:method           GET  /methods/{pictured}/similar/               404 200 200 200 404 200 200 200 404 302
similar:solved           POST /register/similar/                         200 200 200 200 200 200 200 200 200 302
texts:preview            POST /texts/preview/                            200 200 200 200 200 200 200 200 200 302
pictures:page            GET  /methods/{pictured}/pictures/              404 200 200 403 404 403 403 403 404 302
pictures:page            POST /methods/{pictured}/pictures/              404 422 422 403 404 403 403 403 404 302
pictures:picture         GET  /methods/pictures/{picture}/               404 200 200 200 404 200 200 200 404 302

directory:groups         GET  /groups/                                   200 200 200 200 200 200 200 200 200 302
directory:group          GET  /groups/NET-01/                            200 200 200 200 200 200 200 200 200 302
directory:duty           POST /groups/NET-01/duty/                       403 403 422 403 403 422 403 403 403 302
directory:experts        GET  /experts/                                  200 200 200 200 200 200 200 200 200 302
directory:expert         GET  /experts/expert/                           200 200 200 200 200 200 200 200 200 302
directory:given          GET  /experts/expert/given/?of=followed_up      200 200 200 200 200 200 200 200 200 302
directory:leave          GET  /experts/expert/leave/                     403 200 200 403 403 200 403 403 403 302
directory:leave          POST /experts/expert/leave/                     403 422 422 403 403 422 403 403 403 302
directory:leave          GET  /experts/leader/leave/                     403 403 200 403 403 200 403 403 403 302
directory:end_leave      POST /experts/expert/leave/end/                 403 404 404 403 403 404 403 403 403 302
directory:branches       GET  /branches/                                 200 200 200 200 200 200 200 200 200 302
directory:branch         GET  /branches/B1/                              200 200 200 200 200 200 200 200 200 302
directory:contacts       GET  /contacts/                                 200 200 200 200 200 200 200 200 200 302

handing:hand_over        GET  /experts/expert/handover/                  403 200 200 403 403 200 403 403 403 302
handing:hand_over        POST /experts/expert/handover/                  403 422 422 403 403 422 403 403 403 302
handing:hand_over        GET  /experts/mate/handover/                    403 403 403 403 403 200 403 403 403 302
handing:leaving          GET  /experts/expert/leaving/                   403 403 200 403 403 200 403 403 403 302
handing:leaving          POST /experts/expert/leaving/                   403 403 422 403 403 422 403 403 403 302
handing:leaving          GET  /experts/requester/leaving/                403 403 403 403 403 200 403 403 403 302
handing:offered          GET  /transfers/                                200 200 200 200 200 200 200 200 200 302
handing:accept           POST /transfers/accept/                         422 422 422 422 422 422 422 422 422 302
handing:refuse           POST /transfers/refuse/                         422 422 422 422 422 422 422 422 422 302

changes:leader           GET  /groups/NET-01/leader/                     403 403 403 403 403 200 403 403 403 302
changes:leader           POST /groups/NET-01/leader/                     403 403 403 403 403 422 403 403 403 302
changes:split            GET  /groups/NET-01/split/                      403 403 403 403 403 200 403 403 403 302
changes:split            POST /groups/NET-01/split/                      403 403 403 403 403 422 403 403 403 302
changes:merge            GET  /groups/NET-01/merge/                      403 403 403 403 403 200 403 403 403 302
changes:merge            POST /groups/NET-01/merge/                      403 403 403 403 403 422 403 403 403 302
changes:rename           GET  /branches/B1/rename/                       403 403 403 403 403 200 403 403 403 302
changes:rename           POST /branches/B1/rename/                       403 403 403 403 403 422 403 403 403 302
changes:dissolve         GET  /branches/B1/dissolve/                     403 403 403 403 403 200 403 403 403 302
changes:dissolve         POST /branches/B1/dissolve/                     403 403 403 403 403 422 403 403 403 302

people:list              GET  /people/                                   403 403 403 403 403 200 403 200 403 302
people:add_person        GET  /people/new/                               403 403 403 403 403 200 403 403 403 302
people:add_person        POST /people/new/                               403 403 403 403 403 422 403 403 403 302
people:appoint           GET  /people/appoint/?branch=B1                 403 403 403 403 403 200 403 403 403 302
people:open_accounts     POST /people/open/                              403 403 403 403 403 422 403 403 403 302
people:export_doors      POST /people/doors.xlsx                         403 403 403 403 403 404 403 403 403 302
people:import_secretaries GET /people/import/                            403 403 403 403 403 200 403 403 403 302
people:import_secretaries POST /people/import/                           403 403 403 403 403 422 403 403 403 302
people:import_form       GET  /people/import/form.xlsx                   403 403 403 403 403 200 403 403 403 302
people:import_report     GET  /people/import/nothing/                    403 403 403 403 403 404 403 403 403 302
people:apply_import      POST /people/import/nothing/apply/              403 403 403 403 403 404 403 403 403 302
people:page              GET  /people/expert/                            403 403 403 403 403 200 403 200 403 302
people:change_person     GET  /people/expert/change_person/              403 403 403 403 403 200 403 403 403 302
people:change_person     POST /people/expert/change_person/              403 403 403 403 403 422 403 403 403 302
people:change_contact    GET  /people/expert/change_contact/             403 403 403 403 403 200 403 403 403 302
people:change_contact    POST /people/expert/change_contact/             403 403 403 403 403 302 403 403 403 302
people:post              GET  /people/expert/post/                       403 403 403 403 403 200 403 403 403 302
people:post              POST /people/expert/post/                       403 403 403 403 403 422 403 403 403 302
people:end_posting       GET  /people/requester/end_posting/?post=requester:B1 403 403 403 403 403 200 403 403 403 302
people:end_posting       POST /people/requester/end_posting/             403 403 403 403 403 404 403 403 403 302
people:join_group        GET  /people/requester/join_group/              403 403 403 403 403 200 403 403 403 302
people:join_group        POST /people/requester/join_group/              403 403 403 403 403 422 403 403 403 302
people:move_member       GET  /people/expert/move_member/?group=NET-01   403 403 403 403 403 200 403 403 403 302
people:move_member       POST /people/expert/move_member/                403 403 403 403 403 404 403 403 403 302
people:leave_group       GET  /people/expert/leave_group/?group=NET-01   403 403 403 403 403 200 403 403 403 302
people:leave_group       POST /people/expert/leave_group/                403 403 403 403 403 404 403 403 403 302
people:renew_account     GET  /people/expert/renew_account/              403 403 403 403 403 200 403 403 403 302
people:renew_account     POST /people/expert/renew_account/              403 403 403 403 403 200 403 403 403 302
people:renew_account     POST /people/coordinator/renew_account/         403 403 403 403 403 409 403 403 403 302
people:close_account     GET  /people/expert/close_account/              403 403 403 403 403 200 403 403 403 302
people:close_account     POST /people/expert/close_account/              403 403 403 403 403 302 403 403 403 302
people:reopen_account    GET  /people/expert/reopen_account/             403 403 403 403 403 200 403 403 403 302
people:reopen_account    POST /people/expert/reopen_account/             403 403 403 403 403 409 403 403 403 302

roster:upload            GET  /roster/                                   403 403 403 403 403 200 403 403 403 302
roster:upload            POST /roster/                                   403 403 403 403 403 422 403 403 403 302
roster:export            POST /roster/export/                            403 403 403 403 403 200 403 403 403 302
roster:blank             GET  /roster/form.xlsx                          403 403 403 403 403 200 403 403 403 302
roster:report            GET  /roster/nothing/                           403 403 403 403 403 404 403 403 403 302
roster:apply             POST /roster/nothing/apply/                     403 403 403 403 403 404 403 403 403 302
imports:upload           GET  /imports/                                  403 403 403 403 200 200 403 403 403 302
imports:upload           POST /imports/                                  403 403 403 403 422 422 403 403 403 302
imports:form             GET  /imports/form.xlsx                         403 403 403 403 200 200 403 403 403 302
imports:page             GET  /imports/{import}/                         403 403 403 403 200 404 403 403 403 302
imports:faults           GET  /imports/{import}/faults.xlsx              403 403 403 403 200 404 403 403 403 302
imports:answer           POST /imports/{import}/answer/                  403 403 403 403 302 404 403 403 403 302
imports:confirm          POST /imports/{import}/confirm/                 403 403 403 403 409 404 403 403 403 302
imports:take_back        POST /imports/{import}/take_back/               403 403 403 403 409 404 403 403 403 302
imports:drop             POST /imports/{import}/drop/                    403 403 403 403 302 404 403 403 403 302
campaign:settings        GET  /campaign/                                 403 403 403 403 403 200 403 403 403 302
campaign:facts           GET  /campaign/facts/                           403 403 403 403 403 200 403 403 403 302
campaign:facts           POST /campaign/facts/                           403 403 403 403 403 422 403 403 403 302
campaign:change          POST /campaign/settings/                        403 403 403 403 403 422 403 403 403 302
campaign:clocks          GET  /campaign/clocks/                          403 403 403 403 403 200 403 403 403 302
campaign:clocks          POST /campaign/clocks/                          403 403 403 403 403 422 403 403 403 302
campaign:calendar        GET  /campaign/calendar/                        403 403 403 403 403 200 403 403 403 302
campaign:calendar        POST /campaign/calendar/                        403 403 403 403 403 422 403 403 403 302
campaign:end             GET  /campaign/end/                             403 403 403 403 403 200 403 403 403 302
campaign:end             POST /campaign/end/                             403 403 403 403 403 422 403 403 403 302
campaign:next            GET  /campaign/next/                            403 403 403 403 403 200 403 403 403 302
campaign:next            POST /campaign/next/                            403 403 403 403 403 422 403 403 403 302
campaign:summaries       GET  /campaign/summaries/                       403 403 403 200 403 200 200 200 403 302
campaign:summary         GET  /campaign/summaries/00000000-0000-4000-8000-000000000000/ 404 404 404 404 404 404 404 404 404 302
campaign:take_back_end   POST /campaign/summaries/00000000-0000-4000-8000-000000000000/take_back_end/ 404 404 404 404 404 404 404 404 404 302
campaign:summary_file    POST /campaign/summaries/00000000-0000-4000-8000-000000000000/summary.docx 404 404 404 404 404 404 404 404 404 302
journal:list             GET  /audit/                                    403 403 403 403 403 200 403 200 403 302
journal:seals            GET  /audit/seals/                              403 403 403 403 403 200 403 200 403 302
endpoints:list           GET  /endpoints/                                403 403 200 200 200 200 403 403 403 302
endpoints:add            GET  /endpoints/new/                            403 403 200 200 200 200 403 403 403 302
endpoints:add            POST /endpoints/new/                            403 403 422 422 422 422 403 403 403 302
endpoints:page           GET  /endpoints/{robot}/                        404 404 200 404 404 200 404 404 404 302
endpoints:page           GET  /endpoints/999999/                         404 404 404 404 404 404 404 404 404 302
endpoints:change         GET  /endpoints/{robot}/change/                 404 404 200 404 404 200 404 404 404 302
endpoints:change         POST /endpoints/{robot}/change/                 404 404 422 404 404 422 404 404 404 302
endpoints:stop           POST /endpoints/{robot}/stop/                   404 404 302 404 404 302 404 404 404 302
endpoints:start          POST /endpoints/{robot}/start/                  404 404 302 404 404 302 404 404 404 302
endpoints:test           POST /endpoints/{robot}/test/                   404 404 302 404 404 302 404 404 404 302
endpoints:remove         POST /endpoints/{robot}/remove/                 404 404 302 404 404 302 404 404 404 302
outbox:page              GET  /outbox/                                   403 403 403 403 403 200 403 403 403 302
outbox:page              GET  /outbox/?show=failed&channel=mail          403 403 403 403 403 200 403 403 403 302
outbox:mail              GET  /outbox/mail/nothing/                      403 403 403 403 403 404 403 403 403 302
outbox:send_again        POST /outbox/{delivery}/send_again/             403 403 403 403 403 302 403 403 403 302
outbox:settle            POST /outbox/{delivery}/settle/                 403 403 403 403 403 302 403 403 403 302
outbox:settle            POST /outbox/{draft}/settle/                    403 403 403 403 403 404 403 403 403 302
jobs:page                GET  /jobs/                                     403 403 403 403 403 200 403 403 403 302
jobs:runs                GET  /jobs/cases.sweep/                         403 403 403 403 403 200 403 403 403 302
jobs:runs                GET  /jobs/nothing/                             403 403 403 403 403 404 403 403 403 302
jobs:hurry               POST /jobs/cases.sweep/run/                     403 403 403 403 403 302 403 403 403 302
""" + REPORTS

# The moves of a case under treatment. `ok`: asked for, the form is shown; sent empty, it is done or faults are told.
UNDER_TREATMENT = """
redirect                 409 403 403 403 403 403 403 403 404
route                    403 409 403 403 403 409 403 403 404
accept                   403 409 403 403 403 403 403 403 404
log_contact              403 ok  ok  403 403 403 403 403 404
inform_group             403 409 409 403 403 403 403 403 404
plan_session             403 ok  ok  403 403 403 403 403 404
reschedule_session       403 ok  ok  403 403 403 403 403 404
cancel_session           403 ok  403 403 403 403 403 403 404
hold_session             403 409 409 403 403 403 403 403 404
sign_opinion             403 409 409 403 403 403 403 403 404
diagnose                 403 409 409 403 403 403 403 403 404
exempt                   403 403 409 403 403 403 403 403 404
prescribe                403 ok  403 403 403 403 403 403 404
accept_prescription      409 403 403 403 403 403 403 403 404
return_prescription      409 403 403 403 403 403 403 403 404
rule_prescription        403 403 409 403 403 403 403 403 404
update_measure           ok  ok  403 403 403 403 403 403 404
follow_up                403 ok  403 403 403 403 403 403 404
give_verdict             409 403 403 403 403 403 403 403 404
rule_verdict             403 403 409 403 403 403 403 403 404
resolve                  403 409 403 403 403 403 403 403 404
sign_final_reply         403 409 403 403 403 403 403 403 404
close_form               409 403 403 403 403 403 403 403 404
decide_extraction        403 403 409 403 403 403 403 403 404
archive                  403 409 403 403 403 403 403 403 404
withdraw                 409 403 403 403 403 403 403 403 404
propose_decline          403 409 403 403 403 403 403 403 404
decline                  403 403 409 409 403 403 403 403 404
propose_unresolved       403 403 ok  403 403 403 403 403 404
close_unresolved         403 403 403 409 403 403 403 403 404
refuse_proposal          403 403 409 409 403 403 403 403 404
reopen                   409 409 409 403 403 403 403 403 404
propose_transfer         403 ok  ok  403 403 ok  403 403 404
take_back_transfer       403 409 409 403 403 409 403 403 404
accept_transfer          403 403 403 403 403 403 403 403 404
refuse_transfer          403 403 403 403 403 403 403 403 404
rule_transfer            403 403 403 403 403 403 403 403 404
invite                   403 409 403 403 403 403 403 403 404
accept_invitation        403 403 403 403 403 403 403 403 404
decline_invitation       403 403 403 403 403 403 403 403 404
pause                    403 ok  ok  403 403 403 403 403 404
resume                   409 409 409 403 403 403 403 403 404
ask_on                   ok  403 403 403 403 403 403 403 404
answer_ask               403 409 409 403 403 403 403 403 404
complain                 ok  403 403 403 403 403 403 403 404
answer_complaint         403 403 403 403 403 403 403 403 404
ask_support              ok  ok  ok  403 403 403 403 403 404
answer_support           403 403 403 403 403 403 403 403 404
deny_contact             ok  403 403 403 403 403 403 403 404
attach                   ok  ok  ok  403 403 403 403 403 404
mark_sensitive           ok  ok  ok  403 403 ok  403 403 404
unmark_sensitive         403 403 409 403 403 409 403 403 404
follow                   ok  ok  ok  ok  ok  ok  ok  ok  404
unfollow                 409 409 409 409 409 409 409 409 404
"""
# fmt: on

# Not addresses of ours: the description of the interface, and its answer to every unknown address.
WITHOUT_ROW = {"api:openapi-json", "api:api-root", "api-unknown"}
# What the `?word` of a POST row stands for.
BODIES = {
    "mailed": {"audience": "headquarters"},
    "purpose": {"purpose": ""},
    "step=1": {"step": "1", "title": "改过的题目", "version": "1"},
    "approved": {"state": "approved", "seen": "1"},
    "stopped": {"state": "stopped", "result": "条件变化，不再攻关", "seen": "1"},
    "first": {"number": "1", "done": "1", "seen": "1"},
}

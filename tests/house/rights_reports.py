"""Who may open which address of what is reported: figures, lists, reports, bulletins, stories. Part of the table of pages in `rights`."""

# fmt: off
# name of the route      method address                            requester expert leader liaison clerk coordinator viewer auditor outsider nobody
REPORTS = """
worklist:page            GET  /worklist/                                 200 200 200 200 200 200 200 200 200 302
worklist:page            GET  /worklist/?scope=group&set=all             404 200 200 404 404 404 404 404 404 302
worklist:save_columns    POST /worklist/columns/                         302 302 302 302 302 302 302 302 302 302
worklist:drop_columns    POST /worklist/columns/{columns}/drop/          404 404 302 404 404 404 404 404 404 302
worklist:export          POST /worklist/export/                          302 302 302 302 302 302 302 302 302 302
worklist:exports         GET  /worklist/exports/                         200 200 200 200 200 200 200 200 200 302
worklist:file            GET  /worklist/exports/{export}/file.xlsx       404 404 404 404 404 404 409 404 404 302
worklist:upload          GET  /worklist/import/                          200 200 200 403 403 403 403 403 200 302
worklist:upload          POST /worklist/import/                          422 422 422 403 403 403 403 403 422 302
worklist:filled          GET  /worklist/import/{filled}/                 404 404 200 403 403 403 403 403 404 302
worklist:faults          GET  /worklist/import/{filled}/faults.xlsx      404 404 200 403 403 403 403 403 404 302
worklist:confirm_filled  POST /worklist/import/{filled}/confirm/         404 404 302 403 403 403 403 403 404 302
worklist:check_again     POST /worklist/import/{filled}/check/           404 404 302 403 403 403 403 403 404 302
worklist:drop_filled     POST /worklist/import/{filled}/drop/            404 404 302 403 403 403 403 403 404 302
worklist:snapshots       GET  /worklist/signed/                          200 200 200 200 200 200 200 200 200 302
worklist:snapshot        GET  /worklist/signed/NET-01/2026-03/           404 200 200 200 404 200 200 200 404 302
worklist:sign_worklist   POST /worklist/signed/NET-01/2026-03/sign/      404 403 302 403 404 403 403 403 404 302
worklist:snapshot_file   POST /worklist/signed/NET-01/2026-03/file.xlsx  404 409 409 409 404 409 409 409 404 302
worklist:note            GET  /worklist/{case}/note/                     200 200 200 403 403 403 403 403 404 302
worklist:note            POST /worklist/{case}/note/                     422 422 422 403 403 403 403 403 404 302

monthly:index            GET  /reports/                                  403 403 403 302 200 302 302 302 403 302
monthly:board            GET  /reports/board/                            403 403 403 200 403 200 200 200 403 302
monthly:board_file       GET  /reports/board/board.xlsx                  403 403 403 200 403 200 200 200 403 302
monthly:page             GET  /reports/{sent}/                           404 404 404 200 200 200 200 200 404 302
monthly:page             GET  /reports/{unsent}/                         404 404 404 404 302 200 200 200 404 302
monthly:write            GET  /reports/{unsent}/write/                   404 404 404 404 200 403 403 403 404 302
monthly:write            POST /reports/{unsent}/write/                   404 404 404 404 302 403 403 403 404 302
monthly:save             POST /reports/{unsent}/save/                    404 404 404 404 200 403 403 403 404 302
monthly:preview          GET  /reports/{unsent}/preview/                 404 404 404 404 200 403 403 403 404 302
monthly:send_report      POST /reports/{unsent}/send_report/             404 404 404 404 409 403 403 403 404 302
monthly:withdraw_report  POST /reports/{sent}/withdraw_report/           404 404 404 403 422 403 403 403 404 302
monthly:remind_clerks    POST /reports/{unsent}/remind_clerks/           404 404 404 404 403 302 403 403 404 302
monthly:version          GET  /reports/{sent}/v/1/                       404 404 404 200 200 200 200 200 404 302
papers:report_pdf        POST /reports/{sent}/v/1/pdf/                   404 404 404 302 302 302 302 302 404 302
monthly:docx             GET  /reports/{sent}/v/1/report.docx            404 404 404 200 200 200 200 200 404 302
monthly:xlsx             GET  /reports/{sent}/v/1/report.xlsx            404 404 404 200 200 200 200 200 404 302
monthly:mail_by_hand     POST /reports/{sent}/v/1/mail_by_hand/?mailed   404 404 404 403 200 403 403 403 404 401

rounds:board             GET  /rounds/                                   403 403 200 302 403 302 302 302 403 302
rounds:groups            GET  /rounds/groups/                            403 403 200 200 403 200 200 200 403 302
rounds:make_round        POST /rounds/make_round/                        403 403 422 403 403 403 403 403 403 302
rounds:take_back_round   POST /rounds/{stamp}/take_back_round/           404 404 302 404 404 404 404 404 404 302
rounds:suggestions       GET  /suggestions/                              200 200 200 200 200 200 200 200 200 302
rounds:suggest           GET  /suggestions/new/?case={case}              403 403 200 403 403 403 403 403 403 302
rounds:suggest           POST /suggestions/new/                          403 403 422 403 403 403 403 403 403 302
rounds:suggestion        GET  /suggestions/{suggestion}/                 200 200 200 200 200 200 200 200 404 302
rounds:answer_suggestion POST /suggestions/{suggestion}/answer_suggestion/ 422 403 403 403 403 403 403 403 404 302
rounds:withdraw_suggestion POST /suggestions/{suggestion}/withdraw_suggestion/ 403 403 302 403 403 403 403 403 404 302

bulletins:list           GET  /bulletins/                                200 200 200 200 200 200 200 200 200 302
bulletins:draft_bulletin POST /bulletins/draft/                          403 403 403 403 403 404 403 403 403 302
bulletins:page           GET  /bulletins/{issued}/                       200 200 200 200 200 200 200 200 200 302
bulletins:page           GET  /bulletins/{bulletin}/                     404 404 404 404 404 200 200 404 404 302
bulletins:word           GET  /bulletins/{issued}/bulletin.docx          200 200 200 200 200 200 200 200 200 302
bulletins:word           GET  /bulletins/{bulletin}/bulletin.docx        404 404 404 404 404 200 200 404 404 302
bulletins:pdf_asked      POST /bulletins/{issued}/pdf/                   302 302 302 302 302 302 302 302 302 302
bulletins:pdf_asked      POST /bulletins/{bulletin}/pdf/                 404 404 404 404 404 302 302 404 404 302
bulletins:write          GET  /bulletins/{bulletin}/write/               404 404 404 404 404 200 302 404 404 302
bulletins:write          POST /bulletins/{bulletin}/write/               404 404 404 404 404 302 403 404 404 302
bulletins:write          POST /bulletins/{issued}/write/                 403 403 403 403 403 409 403 403 403 302
bulletins:save           POST /bulletins/{bulletin}/save/                404 404 404 404 404 200 403 404 404 302
bulletins:submit         POST /bulletins/{bulletin}/submit/              404 404 404 404 404 302 403 404 404 302
bulletins:take_back      POST /bulletins/{bulletin}/take_back/           404 404 404 404 404 409 403 404 404 302
bulletins:discard        GET  /bulletins/{bulletin}/discard/             404 404 404 404 404 200 403 404 404 302
bulletins:discard        POST /bulletins/{bulletin}/discard/             404 404 404 404 404 302 403 404 404 302
bulletins:return_bulletin POST /bulletins/{bulletin}/return_bulletin/    404 404 404 404 404 403 409 404 404 302
bulletins:pass_bulletin  POST /bulletins/{bulletin}/pass_bulletin/       404 404 404 404 404 403 409 404 404 302
bulletins:issue          GET  /bulletins/{bulletin}/issue/               404 404 404 404 404 409 403 404 404 302
bulletins:issue          POST /bulletins/{bulletin}/issue/               404 404 404 404 404 409 403 404 404 302
bulletins:void           GET  /bulletins/{issued}/void/                  403 403 403 403 403 200 403 403 403 302
bulletins:void           POST /bulletins/{issued}/void/                  403 403 403 403 403 422 403 403 403 302

stories:board            GET  /stories/                                 200 200 200 200 200 200 200 200 200 302
stories:desk             GET  /stories/desk/                            403 200 200 403 403 200 200 200 403 302
stories:picture          GET  /stories/pictures/{photo}/                200 200 200 200 200 200 200 200 200 302
stories:small            GET  /stories/pictures/{photo}/small/          200 200 200 200 200 200 200 200 200 302
stories:draft_story      POST /cases/{solved}/draft_story/              403 302 302 403 403 302 403 403 404 302
stories:page             GET  /stories/{shown}/                         200 200 200 200 200 200 200 200 200 302
stories:page             GET  /stories/{tale}/                          404 200 200 404 404 200 200 200 404 302
stories:poster           GET  /stories/{shown}/poster/                  200 200 200 200 200 200 200 200 200 302
stories:poster_file      GET  /stories/{shown}/poster.docx              200 200 200 200 200 200 200 200 200 302
stories:poster_file      GET  /stories/{tale}/poster.docx               404 200 200 404 404 200 200 200 404 302
stories:write            GET  /stories/{tale}/write/                    404 200 200 404 404 200 302 302 404 302
stories:write            POST /stories/{tale}/write/                    404 409 409 404 404 409 403 403 404 302
stories:save             POST /stories/{tale}/save/                     404 409 409 404 404 409 403 403 404 302
stories:mask             POST /stories/{tale}/mask/                     404 409 409 404 404 409 403 403 404 302
stories:add_picture      POST /stories/{tale}/add_picture/              404 422 422 404 404 422 403 403 404 302
stories:remove_picture   POST /stories/{tale}/remove_picture/           404 302 302 404 404 302 403 403 404 302
stories:ask_consent      POST /stories/{tale}/ask_consent/              404 409 409 404 404 409 403 403 404 302
stories:take_back        POST /stories/{tale}/take_back/                404 409 409 404 404 409 403 403 404 302
stories:submit           POST /stories/{tale}/submit/                   404 409 409 404 404 409 403 403 404 302
stories:rewrite          POST /stories/{tale}/rewrite/                  404 409 409 404 404 409 403 403 404 302
stories:withdraw_story   POST /stories/{tale}/withdraw_story/           404 422 422 404 404 422 403 403 404 302
stories:consent          GET  /stories/{shown}/consent/                 200 200 200 404 404 200 200 200 404 302
stories:agree            POST /stories/{shown}/agree/                   409 403 403 403 403 403 403 403 403 302
stories:refuse           POST /stories/{shown}/refuse/                  409 403 403 403 403 403 403 403 403 302
stories:withdraw_consent POST /stories/{shown}/withdraw_consent/        302 403 403 403 403 403 403 403 403 302
stories:publish          POST /stories/{shown}/publish/                 403 403 403 403 403 409 403 403 403 302
stories:return_story     POST /stories/{shown}/return_story/            403 403 403 403 403 409 403 403 403 302

figures:page             GET  /figures/                                  200 200 200 200 200 200 200 200 200 302
figures:page             GET  /figures/?scope=group:NET-01               404 200 200 200 404 200 200 200 404 302
figures:choose           POST /figures/choose/                           302 302 302 302 302 302 302 302 302 302
figures:cases            GET  /figures/cases/?metric=registered&scope=unit:FS&from=2026-01-01&to=2026-12-31 200 404 404 200 200 200 200 200 404 302
figures:help             GET  /figures/help/                             200 200 200 200 200 200 200 200 200 302

overview:page            GET  /overview/                                 200 200 200 200 200 200 200 200 200 302
overview:page            GET  /overview/?scope=group:NET-01              404 200 200 200 404 200 200 200 404 302
overview:choose          POST /overview/choose/                          302 302 302 302 302 302 302 302 302 302
overview:screen          GET  /overview/screen/                          403 403 403 403 403 200 200 200 403 302
overview:fresh           GET  /overview/screen/fresh/                    403 403 403 403 403 200 200 200 403 286

records:index            GET  /records/                                  200 200 200 200 200 200 200 200 200 302
records:expert           GET  /records/expert/expert/?year=2026          403 200 200 200 403 200 200 200 403 302
records:expert           GET  /records/expert/nobody/                    404 404 404 404 404 404 404 404 404 302
records:expert_list      GET  /records/expert/expert/list/?of=answered&year=2026 403 200 200 200 403 200 200 200 403 302
records:expert_file      POST /records/expert/expert/record.docx         403 200 200 200 403 200 200 200 403 302
records:group            GET  /records/group/NET-01/?year=2026           403 200 200 200 403 200 200 200 403 302
records:group_list       GET  /records/group/NET-01/list/?of=first_asked&year=2026 403 200 200 200 403 200 200 200 403 302
records:group_file       POST /records/group/NET-01/record.docx          403 200 200 200 403 200 200 200 403 302
records:members_file     POST /records/group/NET-01/experts.xlsx         403 200 200 200 403 200 200 200 403 302
"""

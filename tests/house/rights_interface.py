"""Who may open which address of the interface; the tables of `rights` say how to read it."""

# fmt: off
# name of the route      method address                            requester expert leader liaison clerk coordinator viewer auditor outsider nobody
INTERFACE = """
api:tokens               POST /api/v1/tokens                             422 422 422 422 422 422 422 422 422 422
api:token                DELETE /api/v1/tokens/current                   204 204 204 204 204 204 204 204 204 401
api:cases                GET  /api/v1/cases                              200 200 200 200 200 200 200 200 200 401
api:cases                POST /api/v1/cases?branch=B1                    422 403 403 403 403 403 403 403 403 401
api:case                 GET  /api/v1/cases/{case}                       200 200 200 200 200 200 200 200 404 401
api:case                 GET  /api/v1/cases/{hushed}                     200 200 200 200 404 404 404 404 404 401
api:summary              GET  /api/v1/cases/{solved}/summary             200 200 200 200 200 200 200 200 200 401
api:summary              GET  /api/v1/cases/{case}/summary               404 404 404 404 404 404 404 404 404 401
api:similar              GET  /api/v1/cases/{case}/similar               200 200 200 200 200 200 200 200 404 401
api:similar              GET  /api/v1/cases/{hushed}/similar             200 200 200 200 404 404 404 404 404 401
api:available_moves      GET  /api/v1/cases/{case}/available_moves       200 200 200 200 200 200 200 200 404 401
api:files                POST /api/v1/cases/{case}/files                 422 422 422 403 403 403 403 403 404 401
api:file                 GET  /api/v1/cases/{case}/files/{file}          200 200 200 200 200 200 200 200 404 401
api:table                GET  /api/v1/moves                              200 200 200 200 200 200 200 200 200 401
api:groups               GET  /api/v1/groups                             200 200 200 200 200 200 200 200 200 401
api:group                GET  /api/v1/groups/NET-01                      200 200 200 200 200 200 200 200 200 401
api:experts              GET  /api/v1/experts                            200 200 200 200 200 200 200 200 200 401
api:branches             GET  /api/v1/branches                           200 200 200 200 200 200 200 200 200 401
api:challenges           GET  /api/v1/challenges                         200 200 200 200 200 200 200 200 200 401
api:search               GET  /api/v1/search?q=负荷                      200 200 200 200 200 200 200 200 200 401
api:methods              GET  /api/v1/methods                            200 200 200 200 200 200 200 200 200 401
api:method               GET  /api/v1/methods/{reviewed}                 200 200 200 200 200 200 200 200 200 401
api:method               GET  /api/v1/methods/{writing}                  404 404 404 404 404 404 404 404 404 401
api:figures              GET  /api/v1/figures                            200 200 200 200 200 200 200 200 200 401
api:figures              GET  /api/v1/figures?scope=group:NET-01         404 200 200 200 404 200 200 200 404 401
api:bulletins            GET  /api/v1/bulletins                          200 200 200 200 200 200 200 200 200 401
api:bulletin             GET  /api/v1/bulletins/{issued}                 200 200 200 200 200 200 200 200 200 401
api:bulletin             GET  /api/v1/bulletins/{bulletin}               404 404 404 404 404 200 200 404 404 401
api:adopt                POST /api/v1/methods/{reviewed}/adopt           422 422 422 422 422 422 422 422 422 401
api:result               POST /api/v1/methods/{reviewed}/result          422 422 422 422 422 422 422 422 422 401
api:stories              GET  /api/v1/stories                           200 200 200 200 200 200 200 200 200 401
api:story                GET  /api/v1/stories/{shown}                   200 200 200 200 200 200 200 200 200 401
api:story                GET  /api/v1/stories/{tale}                    404 404 404 404 404 404 404 404 404 401
api:reports              GET  /api/v1/reports                            200 200 200 200 200 200 200 200 200 401
api:report               GET  /api/v1/reports/{sent}                     404 404 404 200 200 200 200 200 404 401
api:report               GET  /api/v1/reports/{unsent}                   404 404 404 404 409 409 409 409 404 401
api:rounds               GET  /api/v1/rounds                             403 403 200 403 403 403 403 403 403 401
api:make_round           POST /api/v1/cases/{case}/round                 403 403 201 403 403 403 403 403 404 401
api:suggestions          GET  /api/v1/suggestions                        200 200 200 200 200 200 200 200 200 401
api:suggest              POST /api/v1/cases/{case}/suggestions           422 422 422 422 422 422 422 422 404 401
api:answer_suggestion    POST /api/v1/suggestions/{suggestion}/answer    422 422 422 422 422 422 422 422 404 401
"""

"""Every write of the directory. Each is atomic, journals itself and asks for the right of the acting user."""

from huizhen.directory.actions.accounts import (
    Opening,
    close_account,
    export_doors,
    open_accounts,
    renew_account,
    reopen_account,
)
from huizhen.directory.actions.campaigns import (
    change_campaign,
    change_settings,
    create_campaign,
    make_current,
    set_policy,
)
from huizhen.directory.actions.changes import change_leader, dissolve_branch, merge_group, rename_branch, split_group
from huizhen.directory.actions.departing import end_stand_in, mark_left
from huizhen.directory.actions.newcomers import add_person, change_person
from huizhen.directory.actions.people import (
    change_contact,
    end_leave,
    end_posting,
    join_group,
    leave_group,
    move_member,
    post,
    record_leave,
    set_duty,
)
from huizhen.directory.actions.roster import Applied, apply_roster, export_roster, keep_upload

__all__ = [
    "Applied",
    "Opening",
    "add_person",
    "apply_roster",
    "change_campaign",
    "change_contact",
    "change_leader",
    "change_person",
    "change_settings",
    "close_account",
    "create_campaign",
    "dissolve_branch",
    "end_leave",
    "end_posting",
    "end_stand_in",
    "export_doors",
    "export_roster",
    "join_group",
    "keep_upload",
    "leave_group",
    "make_current",
    "mark_left",
    "merge_group",
    "move_member",
    "open_accounts",
    "post",
    "record_leave",
    "rename_branch",
    "renew_account",
    "reopen_account",
    "set_duty",
    "set_policy",
    "split_group",
]

"""Who has which uploaded list: her own, her unit's; thrown away or forgotten when it is not wanted."""

from __future__ import annotations

import pytest

from huizhen.cases import actions
from huizhen.cases.actions import importing
from huizhen.cases.jobs import write_imports
from huizhen.cases.models import Import
from huizhen.cases.queries.imports import import_of, imports_of
from huizhen.lib.errors import NotAllowed, NotNow, NotVisible
from tests.cases.test_importing import DAY, codes, imported, kept, planned
from tests.cases.worklists import BARE, FULL, row, worklist
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db


def test_clerk_writes_her_unit_only_and_sees_her_own_lists_only(cast: Cast) -> None:
    plan = planned(cast, [FULL, row(**BARE, 问诊单位="")], by="clerk")
    assert [codes(one.faults) for one in plan.rows] == [set(), {"list_not_your_unit"}]
    batch = Import.objects.get()
    for stranger in ("requester", "expert", "leader", "liaison", "viewer", "auditor", "outsider"):
        with pytest.raises(NotAllowed):
            kept(cast, worklist([FULL]), stranger)
        with pytest.raises(NotAllowed):
            import_of(batch.key, by=cast.users[stranger], at=MONDAY)
    with pytest.raises(NotVisible):
        import_of(batch.key, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotAllowed):
        actions.confirm_import(batch, digest=plan.digest, by=cast.coordinator, at=MONDAY)
    with pytest.raises(NotVisible):
        import_of(batch.key, by=cast.clerk, at=MONDAY + DAY)
    assert [(one.batch.pk, one.is_refused) for one in imports_of(cast.clerk, at=MONDAY)[0]] == [(batch.pk, True)]
    kept(cast, worklist([FULL]), at=MONDAY + 2 * DAY)
    assert not Import.objects.filter(pk=batch.pk).exists()


def test_upload_that_is_not_wanted_is_thrown_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, done = kept(cast, worklist([row(挂号时间="某天")]), "clerk"), imported(cast, [FULL])
    with pytest.raises(NotAllowed):
        actions.drop_import(refused, by=cast.coordinator, at=MONDAY)
    actions.drop_import(refused, by=cast.clerk, at=MONDAY)
    assert imports_of(cast.clerk, at=MONDAY) == ([], "")
    with pytest.raises(NotVisible):
        actions.drop_import(refused, by=cast.clerk, at=MONDAY)
    with pytest.raises(NotNow, match="import_confirmed"):
        actions.drop_import(done, by=cast.coordinator, at=MONDAY)
    # thrown away while the job checks it: nothing is kept, nothing breaks
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    batch, plain = kept(cast, worklist([FULL])), importing.read
    monkeypatch.setattr(importing, "read", lambda *a, **k: (batch.delete(), plain(*a, **k))[1])
    assert write_imports(MONDAY) == {"lists": 1, "forgotten": 0}
    monkeypatch.setattr(importing, "read", plain)
    # forgotten with its file after a day, whether or not anybody comes again
    late = kept(cast, worklist([FULL]))
    assert write_imports(MONDAY + DAY)["forgotten"] == 1
    assert not Import.objects.filter(pk=late.pk).exists()
    assert Import.objects.get() == done

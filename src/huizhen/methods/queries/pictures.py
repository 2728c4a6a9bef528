"""Pictures of methods, for whoever may see the method."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from huizhen.directory.queries import Standing
from huizhen.lib.errors import NotVisible
from huizhen.lib.prose import pictures
from huizhen.methods.lifecycle import VersionState
from huizhen.methods.models import Method, MethodVersion, Picture
from huizhen.methods.policy import reads_unpublished, visible

_TEXTS = ("problem", "applies", "applies_not", "tools", "effect")
_READ = (VersionState.PUBLISHED, VersionState.REPLACED)


def shown_keys(method: Method, states: Iterable[str] = tuple(VersionState)) -> set[uuid.UUID]:
    """Keys of the pictures that versions in these states show. One query."""
    found: set[uuid.UUID] = set()
    for version in MethodVersion.objects.filter(method=method, state__in=states).only(*_TEXTS, "steps"):
        steps = [str(one.get("text", "")) for one in version.steps if isinstance(one, dict)]
        found |= pictures("\n".join([*(getattr(version, name) for name in _TEXTS), *steps]))
    return found


def get_picture(standing: Standing, key: uuid.UUID) -> Picture:
    """The picture with this key. NotVisible: none, or not for her: of a method she may not read, or in no version published so far.

    At most five queries.
    """
    picture = Picture.objects.select_related("method").filter(key=key, method__in=visible(standing)).first()
    if picture is None or not _is_open(standing, picture):
        raise NotVisible("picture_unknown")
    return picture


def _is_open(standing: Standing, picture: Picture) -> bool:
    return picture.key in shown_keys(picture.method, _READ) or reads_unpublished(standing, picture.method)


def pictures_of(method: Method) -> list[Picture]:
    """All pictures of a method without their bytes, newest first."""
    return list(method.pictures.defer("content").order_by("-pk"))

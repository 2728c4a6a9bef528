"""The settings of the tests: the product's own, with a folder of their own, cheap passwords and unhashed static files."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="huizhen-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["HUIZHEN_VAR"] = str(_folder)
os.environ["HUIZHEN_SECRET_KEY"] = "only-for-tests-" + "s" * 50
os.environ["HUIZHEN_JOURNAL_KEY"] = "only-for-tests-" + "j" * 50
for _name in ("HUIZHEN_DEBUG", "HUIZHEN_HTTPS", "HUIZHEN_ALLOWED_HOSTS"):
    os.environ.pop(_name, None)

from huizhen.config.settings import *  # noqa: E402, F403
from huizhen.config.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
HUIZHEN_SOFFICE = (
    sys.executable
)  # a program that is there: PDFs are offered, whatever this machine has; none is made unless a test does
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: races need connections of their own. Nobody reads it after a crash, so it need not reach the disk.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0

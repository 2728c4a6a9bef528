"""One settings file; everything that differs between installations comes from the environment.

DATABASE_URL, HUIZHEN_SECRET_KEY, HUIZHEN_JOURNAL_KEY, HUIZHEN_DEBUG, HUIZHEN_ALLOWED_HOSTS, HUIZHEN_VAR, HUIZHEN_HTTPS,
HUIZHEN_JOB_LEASE, HUIZHEN_METRICS_TOKEN, EMAIL_URL, HUIZHEN_MAIL_FROM, HUIZHEN_ROBOT_HOSTS, HUIZHEN_ALLOW_PRIVATE_TARGETS,
HUIZHEN_SOFFICE (docs/operations.md).
Without keys the installation makes its own on first start and keeps them under HUIZHEN_VAR/keys (mode 0600).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(env.str("HUIZHEN_VAR", default="var")).resolve()


def _kept_key(name: str) -> str:
    """The key from the environment, or from VAR/keys, where the first start puts it. Safe when two processes start at once."""
    if value := env.str(name, default=""):
        return str(value)
    path = VAR / "keys" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = _kept_key("HUIZHEN_SECRET_KEY")
HUIZHEN_JOURNAL_KEY = _kept_key("HUIZHEN_JOURNAL_KEY")
HUIZHEN_VAR = VAR
DEBUG = env.bool("HUIZHEN_DEBUG", default=False)
ALLOWED_HOSTS = env.list("HUIZHEN_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("HUIZHEN_HTTPS", default=False)
# Where people reach this installation; mails and robots link to it.
HUIZHEN_URL = env.str(
    "HUIZHEN_URL", default=f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else '127.0.0.1'}:8000"
)
# What happened longer ago than this is told in the inbox only; longer ago than that, not at all (a reader that begins late, a loaded past).
HUIZHEN_NEWS_DAYS = env.int("HUIZHEN_NEWS_DAYS", default=3)
HUIZHEN_INBOX_DAYS = env.int("HUIZHEN_INBOX_DAYS", default=30)
# Seconds that a job may be silent before another process takes it for dead.
HUIZHEN_JOB_LEASE = max(3, env.int("HUIZHEN_JOB_LEASE", default=30))
HUIZHEN_METRICS_TOKEN = env.str("HUIZHEN_METRICS_TOKEN", default="")
# Mail leaves by EMAIL_URL (smtp+tls://user:password@host:587); without it, it is laid into a folder.
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_BACKEND = "huizhen.notifications.channels.mail.folder.FolderBackend"
EMAIL_TIMEOUT = 10
if env.str("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
HUIZHEN_MAIL_FROM = env.str("HUIZHEN_MAIL_FROM", default="huizhen@localhost")
# Hosts of robots besides the public ones (host or host:port), and whether other systems may lie inside one's own network or speak plain HTTP.
HUIZHEN_ROBOT_HOSTS = env.list("HUIZHEN_ROBOT_HOSTS", default=[])
HUIZHEN_ALLOW_PRIVATE_TARGETS = env.bool("HUIZHEN_ALLOW_PRIVATE_TARGETS", default=False)
# The program that makes PDF of official documents; empty: soffice on the path, or none and no PDF (lib/pdf.py).
HUIZHEN_SOFFICE = env.str("HUIZHEN_SOFFICE", default="")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "huizhen.journal",
    "huizhen.schedules",
    "huizhen.worktime",
    "huizhen.search",
    "huizhen.accounts",
    "huizhen.directory",
    "huizhen.challenges",
    "huizhen.cases",
    "huizhen.methods",
    "huizhen.reports",
    "huizhen.notifications",
    "huizhen.web",
    "huizhen.api",
    "huizhen.demo",
]

MIDDLEWARE = [
    "huizhen.config.metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huizhen.web.middleware.UnsentForms",
    "huizhen.accounts.middleware.SignInRequired",
    "huizhen.web.middleware.RefusalPages",
    "huizhen.api.middleware.MethodProblems",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huizhen.config.urls"
WSGI_APPLICATION = "huizhen.config.wsgi.application"

_loaders = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huizhen.web.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "huizhen.web.templatetags.hz",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'huizhen.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "huizhen.accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # seconds that a door link opens (accounts.queries.door_of)
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "huizhen.web.accounts.views.locked_out"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").exists() else []
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "huizhen.web.views.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in ("*",)]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

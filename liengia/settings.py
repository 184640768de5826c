"""Settings of one installation, read from the environment.

Every variable has a line here and a row in docs/operate.md (a test compares them). Secrets are made at first
start under `LIENGIA_DATA/keys` (mode 0600) and are never in the repository.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from liengia import env
from liengia.core import keys

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent

# Where everything that this installation owns is kept: database, keys, broker's store, media.
DATA = Path(env.text("LIENGIA_DATA", "var")).resolve()
try:
    DATA.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise env.BadSetting(f"LIENGIA_DATA: the folder {DATA} cannot be made ({error.strerror}).") from error

# A development server shows tracebacks; never in production (refused with a wider bind).
DEBUG = env.flag("LIENGIA_DEBUG", False)
# The demonstration's logins are shown on the sign-in page; refused with a wider bind.
DEMO = env.flag("LIENGIA_DEMO", False)

# Address and port of the web server.
HOST = env.text("LIENGIA_HOST", "127.0.0.1")
PORT = env.number("LIENGIA_PORT", 8000, least=1, most=65535)
# Web worker processes; as many as cores.
WEB_WORKERS = env.number("LIENGIA_WEB_WORKERS", 2, least=1, most=64)
# Public address, as people type it; passkeys, QR codes and invitations use it.
PUBLIC_URL = env.text("LIENGIA_PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
# TLS certificate and key for the web and the MQTT listener.
TLS_CERT = env.text("LIENGIA_TLS_CERT")
TLS_KEY = env.text("LIENGIA_TLS_KEY")
# The proxy in front ends TLS and sets X-Forwarded-Proto; its addresses, comma-separated.
TRUSTED_PROXIES = env.words("LIENGIA_TRUSTED_PROXIES")

# Address and port of the MQTT listener for devices.
MQTT_HOST = env.text("LIENGIA_MQTT_HOST", "127.0.0.1")
MQTT_PORT = env.number("LIENGIA_MQTT_PORT", 1883, least=1, most=65535)
# Address that devices use to reach the MQTT listener, as printed for flashing.
MQTT_PUBLIC = env.text("LIENGIA_MQTT_PUBLIC", f"{MQTT_HOST}:{MQTT_PORT}")
# Port of the embedded broker's NATS listener; always on loopback.
NATS_PORT = env.number("LIENGIA_NATS_PORT", 4222, least=1, most=65535)
# Port on which gateways (leaf nodes) join; 0 is off.
LEAF_PORT = env.number("LIENGIA_LEAF_PORT", 0, least=0, most=65535)
# An external NATS (nats://user:password@host:port); empty means the embedded one.
NATS_URL = env.text("NATS_URL")
# Another nats-server binary; empty means the one of the dependency.
NATS_SERVER = env.text("LIENGIA_NATS_SERVER")

# Bearer token with which another machine may read /metrics; empty means only this machine may.
METRICS_TOKEN = env.text("LIENGIA_METRICS_TOKEN")

# Whether programs with a key may file opinions by Open311; reading what is public is always open.
OPEN311_POST = env.flag("LIENGIA_OPEN311_POST", False)

# Hosts of SMS, call and Zalo providers that accounts may name, comma-separated, with all below them; empty allows every public host.
GATEWAY_HOSTS = env.words("LIENGIA_GATEWAY_HOSTS")
# Whether an account may name this very machine, without https: for a gateway that runs here, and for tests.
GATEWAY_LOOPBACK = env.flag("LIENGIA_GATEWAY_LOOPBACK", False)

# Rooms that are off in this installation, comma-separated.
ROOMS_OFF = env.words("LIENGIA_ROOMS_OFF")

# Working days within which a request to take down a picture or to correct an article is decided; half for a child's.
REQUEST_DAYS = env.number("LIENGIA_REQUEST_DAYS", 2, least=1, most=30)
# Days without a sign of life after which a practice is asked about.
PRACTICE_QUIET_DAYS = env.number("LIENGIA_PRACTICE_QUIET_DAYS", 180, least=7, most=1825)

# Whom a push service writes to when pushes go wrong: mailto: or https:; empty means the public address.
PUSH_CONTACT = env.text("LIENGIA_PUSH_CONTACT") or PUBLIC_URL
# Hosts of push services beside the known ones, comma-separated; one that begins with a dot stands for all below it.
PUSH_HOSTS = env.words("LIENGIA_PUSH_HOSTS")
# Hosts whose CAP feeds may be taken in, comma-separated; empty means every public host.
CAP_HOSTS = env.words("LIENGIA_CAP_HOSTS")
# Whether this machine itself may be asked as a push service or a feed: for trials and tests, refused with a wider bind.
OUTSIDE_LOOPBACK = env.flag("LIENGIA_OUTSIDE_LOOPBACK", False)
# Who speaks texts on loudspeakers: espeak_ng (Debian's program), or piper with a voice file of the operator's.
SPEECH_ENGINE = env.text("LIENGIA_SPEECH_ENGINE", "espeak_ng")
# The voice of espeak-ng.
SPEECH_VOICE = env.text("LIENGIA_SPEECH_VOICE", "vi-vn-x-south")
# Piper's program, its voice file (.onnx, whole path) and that file's SHA-256.
PIPER = env.text("LIENGIA_PIPER", "piper")
PIPER_VOICE = env.text("LIENGIA_PIPER_VOICE")
PIPER_SHA256 = env.text("LIENGIA_PIPER_SHA256")

keys.KEYS_DIR = DATA / "keys"
SECRET_KEY = env.text("LIENGIA_SECRET_KEY") or keys.secret("django.key")

_public = urlsplit(PUBLIC_URL)
# Host names answered, beside the public one, comma-separated.
ALLOWED_HOSTS = sorted({_public.hostname or "localhost", "localhost", "127.0.0.1", *env.words("LIENGIA_ALLOWED_HOSTS")})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
HTTPS = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 180
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ROOMS = ["core", "audit", "units", "organisations", "people", "papers", "broadcast", "commendations", "alarms", "comments", "opinions", "festivals", "practices", "portal", "reports", "api", "operate"]

INSTALLED_APPS = [
    "liengia.core",
    "liengia.audit",
    "liengia.units",
    "liengia.organisations",
    "liengia.people",
    "liengia.papers",
    "liengia.broadcast",
    "liengia.commendations",
    "liengia.alarms",
    "liengia.opinions",
    "liengia.comments",
    "liengia.festivals",
    "liengia.practices",
    "liengia.portal",
    "liengia.reports",
    "liengia.api",
    "liengia.operate",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "csp",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "liengia.core.middleware.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "liengia.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "liengia.people.middleware.UserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "liengia.core.middleware.RoomsMiddleware",
    "liengia.people.middleware.SecondFactorMiddleware",
    "liengia.core.middleware.DomainErrorMiddleware",
    "liengia.portal.middleware.OwnPagesMiddleware",
]

ROOT_URLCONF = "liengia.urls"
ASGI_APPLICATION = "liengia.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "liengia.core.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# SQLite by default; postgresql://user:password@host:port/name otherwise.
DATABASE_URL = env.text("DATABASE_URL")


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a database address; SQLite's are those that lost no write in trials."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        # The data folder's own path is no address: it may hold what an address gives a meaning, such as # or %.
        path = unquote(parts.path[1:] if parts.path.startswith("//") else parts.path)
        return {
            "ENGINE": "liengia.core.db.sqlite3",
            "NAME": path if url else str(DATA / "liengia.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
                    " PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
                ),
            },
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise env.BadSetting("DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name is expected.")
    return {
        "ENGINE": "liengia.core.db.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits must be seen by all web workers, so the cache is a table of the database.
# Above so many rows Django throws the first third away, in the order of their names: limits on guessing and codes that were used would go
# with it, so that a few hundred mistyped names must never reach it.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache", "OPTIONS": {"MAX_ENTRIES": 200_000}},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "liengia.people.backends.PhoneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:after_login"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "liengia.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Behind one address of a commune's office sit many people; the account itself locks after eight wrong passwords.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,40/10m/key", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS = {"login": "liengia.people.forms.SignInForm"}
MFA_ADAPTER = "liengia.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "liengia.people.forms.PasskeyForm",
    "authenticate": "liengia.people.forms.CodeForm",
    "reauthenticate": "liengia.people.forms.CodeAgainForm",
}
# The codes before and after the present one are taken too: phones' clocks are off, and typing six digits takes time.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Liên Gia"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Only bulletins go by e-mail, to those who asked for it; what waits for approval is told in the back office.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# The mail server for bulletins: smtp://user:password@host:port (with STARTTLS), smtps:// (TLS at once); empty means none.
MAIL_URL = env.text("LIENGIA_MAIL_URL")
# Letters a second to the mail server, and pushes a second to one push service, at most.
MAIL_PER_SECOND = env.number("LIENGIA_MAIL_PER_SECOND", 20, least=1, most=1000)
PUSH_PER_SECOND = env.number("LIENGIA_PUSH_PER_SECOND", 5000, least=1, most=100_000)
# The address that letters come from.
DEFAULT_FROM_EMAIL = env.text("LIENGIA_MAIL_FROM", f"lien-gia@{_public.hostname or 'localhost'}")


def mail_server(url: str) -> dict[str, object]:
    """Return how a mail server is reached; without TLS only this very machine is."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise env.BadSetting("LIENGIA_MAIL_URL: smtp://user:password@host:port or smtps://… is expected.")
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not is_here,
    }


MAIL_SERVER = mail_server(MAIL_URL)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["liengia.core.formats"]
# Our Vietnamese for what Wagtail, allauth and Django show: theirs lacks most of it (tools/library_messages.py).
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_MANIFEST_STRICT = False

WAGTAIL_SITE_NAME = "Liên Gia"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "liengia.portal.finish.publish_approved"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_USER_EDIT_FORM = "wagtail.users.forms.UserEditForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True
WAGTAILIMAGES_IMAGE_MODEL = "portal.PortalImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_AVIF_QUALITY = 60
WAGTAILIMAGES_WEBP_QUALITY = 78
WAGTAILIMAGES_JPEG_QUALITY = 80
WAGTAILDOCS_DOCUMENT_MODEL = "portal.PortalDocument"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "mp4", "odt", "pdf", "vtt", "webm", "xlsx"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# A page is public or a draft; a third state would have to be kept by feeds, search and cache as well.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False, "GROUPS": False, "USERS": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}

# How many seconds a transaction may hold the write lock before it is counted in /metrics.
SLOW_TRANSACTION_S = 0.05

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"codes": {"()": "liengia.core.logs.MaskCodes", "after": ("/vao/", "/tokens/", "/thoi-thu/", "/cua-toi/")}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["codes"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "nats": {"level": "ERROR"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
}

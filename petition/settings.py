"""One settings file, production by default; what differs between places comes from the environment.

docs/configuration.md explains each variable.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from petition import env, schedule
from signatures.mail.services import SERVICES, anymail_settings
from signatures.operations import error_reports
from signatures.operations.log_format import FORMATTERS

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("VAR", str(BASE_DIR / "var")))

DEBUG = env.boolean("DEBUG", False)
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY")
FIELD_KEYS = env.secrets("FIELD_KEY")
DIGEST_KEYS = env.secrets("DIGEST_KEY")

# The site
SITE_URL = env.url("SITE_URL", "https", "http").rstrip("/")
SITE_NAME = env.text("SITE_NAME", "Undersigned")
ALLOWED_HOSTS = env.comma_separated("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname)
DEFAULT_FROM_EMAIL = env.required("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

INSTALLED_APPS = [
    "petition.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "signatures",
]

MIDDLEWARE = [
    "signatures.web.page_cache.send_cached",
    "csp.middleware.CSPMiddleware",  # the first three for every answer, static files included
    "signatures.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "signatures.web.middleware.count_refusals",
    "signatures.web.middleware.language_from_path",
    "signatures.desk.middleware.AdminSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "signatures.desk.middleware.AdminAuthenticationMiddleware",
    "signatures.desk.middleware.AdminOTPMiddleware",
    "signatures.desk.middleware.AdminMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "petition.urls"
WSGI_APPLICATION = "petition.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "signatures.web.context_processors.site",
            ],
        },
    },
]

# PostgreSQL. Each connection begins with these settings. pgbouncer in docker-compose.yml ignores the settings of
# clients and sets the same ones itself.
DATABASE_SESSION_SETTINGS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",  # otherwise Django sets it with one more round trip per connection
    "random_page_cost": "1.1",  # SSD; with the default of 4 the planner prefers a long sort to a short index scan
    # A name matches a query from a similarity of 0.35 (0 to 1): "hadad" finds ليلى الحداد at 0.375; 1 in 100 unrelated
    # pairs match.
    "pg_trgm.word_similarity_threshold": "0.35",
}
DATABASES = {"default": env.database("DATABASE_URL")}
if env.text("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL")
for database in DATABASES.values():
    database |= {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # with a connection pool, the next query may use another connection
    }
    database["ENGINE"] = "signatures.operations.postgresql"
    database.setdefault("OPTIONS", {}).update(
        connect_timeout=2,
        # Replaces PGOPTIONS
        options=" ".join(f"-c {name}={value}" for name, value in DATABASE_SESSION_SETTINGS.items()),
        # A dead host does not close its connections. Give up after five seconds without an answer: the default of the
        # system is a quarter of an hour, which would block a thread for each request.
        keepalives_idle=3,
        keepalives_interval=1,
        keepalives_count=3,
        tcp_user_timeout=5000,
    )
DATABASE_ROUTERS = ["signatures.web.replica.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Backups: the keys that can read them, and the folder of PostgreSQL's client programs if it is not in PATH
BACKUP_KEYS = env.public_keys("BACKUP_KEY")
PG_BIN = env.text("PG_BIN")

# Redis or Valkey: the broker, and counters of rate limits. Everything in it may be lost.
REDIS_URL = env.url("REDIS_URL", "redis", "rediss")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.url("CACHE_URL", "redis", "rediss", default=REDIS_URL),
        "KEY_PREFIX": "undersigned",
        "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
    }
}

# Email. Links of signers never pass through a log or a broker: the worker builds them when it sends.
_email = env.email("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_BACKEND = "signatures.mail.smtp_backend.EmailBackend"
EMAIL_TIMEOUT = 10
MAILS_PER_MINUTE = env.integer("MAILS_PER_MINUTE", 0)  # 0: no limit

# The email service that may report bounces and complaints
MAIL_EVENTS = env.one_of("MAIL_EVENTS", "none", *SERVICES)
ANYMAIL = anymail_settings(MAIL_EVENTS, env.text("MAIL_EVENTS_KEY"))

# The language is chosen by the path only
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("id", "Bahasa Indonesia"),
    ("hi", "हिन्दी"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "signatures.web.languages.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {"BACKEND": "signatures.web.static_files.BundlingStaticFilesStorage"},
}

# Seconds for which a process caches a rendered public page (web/page_cache.py)
PAGE_CACHE_SECONDS = 1.0

# The key for /-/metrics
METRICS_KEY = env.secret("METRICS_KEY")

# Limits of requests
FILE_UPLOAD_MAX_MEMORY_SIZE = 25_500_000  # a file with mailboxes is not written to disk before it is encrypted
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    2_621_440  # for long texts in the admin; public forms are limited to 256 KB (web/decorators.py)
)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES")
LIMIT_FACTOR = env.integer("LIMIT_FACTOR", 1, least=1)
MAILBOX_TEST_DOMAINS = env.boolean("MAILBOX_TEST_DOMAINS", False)

# Security
COOKIES_SECURE = env.boolean("COOKIES_SECURE", True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIES_SECURE
SESSION_COOKIE_NAME = "__Host-session" if COOKIES_SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if COOKIES_SECURE else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True  # no script needs it: forms contain the token
SESSION_COOKIE_AGE = 12 * 60 * 60  # desk/sessions.py ends them earlier
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # keeps names of signers out of cookies
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "signatures.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = COOKIES_SECURE
SECURE_REDIRECT_EXEMPT = [r"^-/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if COOKIES_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The admin. Without SECOND_FACTOR the site must run on this machine (operations/system_checks.py)
SECOND_FACTOR = env.boolean("SECOND_FACTOR", True)
OTP_TOTP_ISSUER = SITE_NAME
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # older hashes: replaced at the next login
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Wrong passwords are counted in the database, by account and network together: by network alone a whole office would be
# locked out, by account alone anyone could lock out a moderator.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "signatures.web.client_network.network_as_address"
AXES_LOCKOUT_CALLABLE = "signatures.desk.login.locked_out"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": ["/-/csp-report"],
    }
}

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS does not cover subdomains, which may be other sites,
    "security.W021",  # nor the preload list of browsers
]

# Celery only wakes the worker; the database holds all state. The web process gives up on a broker within a second. The
# worker waits longer than its BRPOP, but not forever, because a half-open connection would block it.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
# One message for each free process. A multiplier of 1 does the same by counting acknowledgements. If the broker goes
# away while every process has a task, there are none, and kombu 5.7 waits forever.
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
WORKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE

if SENTRY_DSN := env.dsn("SENTRY_DSN"):
    error_reports.start(SENTRY_DSN)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": FORMATTERS[env.one_of("LOG_FORMAT", *FORMATTERS)]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # answers of 5xx only, not 4xx
        "django.security": {"level": "CRITICAL"},  # scanners and mistyped hosts, a traceback each
        "axes": {"level": "CRITICAL"},  # it logs account names and browsers
        "celery": {"level": "WARNING"},
    },
}

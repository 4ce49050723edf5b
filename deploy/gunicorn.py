"""gunicorn petition.wsgi -c deploy/gunicorn.py [--bind HOST:PORT]"""

import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from petition import env
from signatures.operations.log_format import FORMATTERS, Line

log_format = env.one_of("LOG_FORMAT", *FORMATTERS)


class DiscreetLogger(Logger):
    """Neither log holds a link that works, a search or an address."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for log, line in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(Line(line, self.datefmt) if log_format == "plain" else FORMATTERS[log_format]())


logger_class = DiscreetLogger
accesslog = "-"
access_log_format = '%(t)s %(m)s "%(U)s" %(s)s %(B)s %(M)sms'

worker_class = "gthread"
workers = env.integer("WEB_PROCESSES", min(max(os.cpu_count() or 1, 2), 8), least=1)
threads = env.integer("WEB_THREADS", 4, least=1)  # each holds a connection to PostgreSQL
preload_app = True  # imported once: ready sooner, and a process that takes another's place has nothing left to import
max_requests = 20_000
max_requests_jitter = 2_000

timeout = 30
graceful_timeout = 25  # docker-compose.yml waits a little longer before it kills
keepalive = 75  # longer than nginx keeps an idle connection, so that nginx never writes to one just closed

# Django decides what X-Forwarded-* means (TRUSTED_PROXIES); gunicorn would believe it from loopback alone.
forwarded_allow_ips = ""
control_socket_disable = True

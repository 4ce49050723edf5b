# One image for web, worker, beat and migrate: docker-compose.yml has the command of each.

FROM python:3.13.15-slim-trixie AS build
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.txt


FROM python:3.13.15-slim-trixie
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PG_BIN=/usr/lib/postgresql/18/bin
# pg_dump and the other programs for backups, of the server's version: Debian's own is older, and pg_dump refuses a newer server.
# pgbouncer runs where many web processes share few connections (docs/scaling.md)
RUN apt-get update && \
    apt-get install --yes --no-install-recommends postgresql-common && \
    /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && \
    apt-get install --yes --no-install-recommends postgresql-client-18 pgbouncer && \
    rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --home-dir /app --no-create-home --shell /usr/sbin/nologin undersigned
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY petition/ petition/
COPY signatures/ signatures/
COPY sql/ sql/
COPY templates/ templates/
COPY static/ static/
COPY locale/ locale/
COPY deploy/__init__.py deploy/gunicorn.py deploy/health.py deploy/
# The settings need every value; none of these reaches the image
RUN install -d -o 10001 -g 10001 var/files && \
    SECRET_KEY=only-to-collect-the-static-files-0000 FIELD_KEY=only-to-collect-the-static-files-0000 \
    DIGEST_KEY=only-to-collect-the-static-files-0000 SITE_URL=https://localhost DEFAULT_FROM_EMAIL=a@localhost \
    DATABASE_URL=postgres://localhost/a REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost TRUSTED_PROXIES=0 \
    python manage.py collectstatic --noinput && \
    python -m compileall -q .
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "petition.wsgi", "-c", "deploy/gunicorn.py", "--bind", "0.0.0.0:8000"]

# The product's image: web, worker and beat differ in their command only.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --create-home --home-dir /home/registry registry \
    && mkdir -p /srv/registry /srv/static /srv/media \
    && chown registry:registry /srv/media

WORKDIR /srv/registry
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY . .
ENV STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
# The key is needed to import the settings and is used for nothing.
RUN SECRET_KEY=unused-while-building python manage.py collectstatic --noinput

USER registry
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi"]

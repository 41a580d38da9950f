# The image of one node. Nothing is built in what runs, and nothing runs as root.
FROM python:3.13-slim-bookworm AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY locks/image.txt /locks/image.txt
RUN python -m venv /opt/palabre/venv \
 && /opt/palabre/venv/bin/python -m pip install --quiet --require-hashes -r /locks/image.txt \
 && /opt/palabre/venv/bin/python -m pip uninstall --quiet --yes pip
COPY node /opt/palabre/node
RUN /opt/palabre/venv/bin/python -m compileall -q /opt/palabre/node \
 && PYTHONPATH=/opt/palabre /opt/palabre/venv/bin/python \
      -c "from node import words; [words.catalogue(one) for one in words.LANGUAGES]"

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Palabre" \
      org.opencontainers.image.description="A federated node for direct democracy" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin palabre \
 && install --directory --owner palabre --group palabre --mode 0700 /data
COPY --from=builder /opt/palabre /opt/palabre
COPY LICENSE /opt/palabre/LICENSE
RUN printf '#!/bin/sh\nexec /opt/palabre/venv/bin/python -m node.cli "$@"\n' \
      > /usr/local/bin/palabre \
 && chmod 0755 /usr/local/bin/palabre
ENV PYTHONPATH=/opt/palabre PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PALABRE_DATA=/data PALABRE_HOST=0.0.0.0 PALABRE_PORT=8000
USER palabre
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/opt/palabre/venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["palabre"]
CMD ["serve"]

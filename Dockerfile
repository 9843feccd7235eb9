# One image for everything that runs in docker-compose.yml: the loader, the API,
# migrations, dbt and the S3 stand-in. (AWS gets zip packages, not this image.)
FROM python:3.13-slim

RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.8
ENV UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 PYTHONUNBUFFERED=1 PATH=/catchment/.venv/bin:$PATH

WORKDIR /catchment
# Dependencies first: they change less often than the code.
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --locked --no-cache --no-dev --extra local --no-install-project
COPY . .
RUN uv sync --locked --no-cache --no-dev --extra local

# A named endpoint (http://storage) makes boto3 put the bucket into the host name.
RUN printf '[default]\ns3 =\n    addressing_style = path\n' > /etc/aws-config
ENV AWS_CONFIG_FILE=/etc/aws-config

RUN useradd --create-home catchment && chown -R catchment warehouse
USER catchment
CMD ["catchment", "--help"]

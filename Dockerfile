# syntax=docker/dockerfile:1
# A node as one small image: docker build -t wardround . && docker run -v wardround:/data -p 127.0.0.1:8080:8080 wardround
# It speaks plain HTTP, so the port is for this machine only; docs/compose has a web server with TLS in front of it.

# 1. The npm packages of the pages' styles and scripts; they change seldom.
FROM node:22-bookworm-slim AS assets
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
    && cp package-lock.json node_modules/.installed-lock.json

# 2. The list of what the binary depends on, so that a change of our own code does not build it all again.
FROM rust:1.95-slim-bookworm AS planner
RUN cargo install cargo-chef --locked
WORKDIR /src
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

# 3. The binary.
FROM rust:1.95-slim-bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY --from=planner /usr/local/cargo/bin/cargo-chef /usr/local/cargo/bin/
COPY --from=assets /usr/local/bin/node /usr/local/bin/
WORKDIR /src
COPY --from=planner /src/recipe.json .
RUN cargo chef cook --profile dist --locked --package wardround --recipe-path recipe.json
COPY . .
COPY --from=assets /src/web/node_modules web/node_modules
# docker build --build-arg WARDROUND_COMMIT=$(git rev-parse --short=12 HEAD): the program says which build it is.
ARG WARDROUND_COMMIT
RUN cargo build --profile dist --locked --package wardround --bin wardround \
    && mkdir -p -m 700 /empty/data

# 4. What runs: no shell, no package manager, not root; the image has the roots that TLS needs.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=builder /src/target/dist/wardround /usr/local/bin/wardround
COPY --from=builder --chown=65532:65532 /empty/ /
VOLUME /data
# Where SQLite copies the database when its file is rewritten; a read-only root has no other place.
ENV SQLITE_TMPDIR=/data
EXPOSE 8080
STOPSIGNAL SIGTERM
# The program asks itself: there is no shell here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["/usr/local/bin/wardround", "--data", "/data", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/wardround", "--data", "/data"]
CMD ["serve", "--listen", "0.0.0.0:8080"]

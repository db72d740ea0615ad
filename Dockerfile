# syntax=docker/dockerfile:1
# Pin by digest in your own pipeline: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json client/package.json
COPY examples/spa/package.json examples/spa/package.json
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json .swcrc ./
COPY src src
COPY tools/bundle.mjs tools/bundle.mjs
RUN npm run build && npm run bundle

# Debian with nothing but Node's one binary: no npm, no compiler.
FROM ${RUNTIME_IMAGE} AS runtime
ARG REVISION=unknown
LABEL org.opencontainers.image.title="stateless-backend" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.revision="${REVISION}"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=build /app/bundle ./
# Two arenas: glibc would keep one for each of Node's threads, 15 MB more.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compile-cache MALLOC_ARENA_MAX=2
RUN mkdir .compile-cache && chown 1000:1000 .compile-cache
USER 1000:1000
# Fills the compile cache, which Node keeps per user: no configuration is given, so nothing starts and main.js says so.
RUN node --max-old-space-size-percentage=75 dist/main.js >/dev/null 2>&1; test -n "$(ls .compile-cache)"
EXPOSE 3000
# No shell in between: SIGTERM reaches Node. The heap takes three quarters of what the container may use.
ENTRYPOINT ["node", "--max-old-space-size-percentage=75"]
CMD ["dist/main.js"]

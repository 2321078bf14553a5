# The console's pages are built apart: nothing they are built with comes into the image.
FROM node:24.11.1-bookworm-slim AS console
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY scripts/console.mjs scripts/setup.mjs ./scripts/
COPY console ./console
COPY src ./src
RUN node -e "import('./scripts/console.mjs').then(({ buildConsole }) => buildConsole(process.execPath))"

# glibc, because Temporal's native part has no musl build.
FROM node:24.11.1-bookworm-slim

WORKDIR /opt/attune
COPY package.json package-lock.json ./
RUN npm install --omit=dev --no-save --no-audit --no-fund && npm cache clean --force
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
COPY sandbox ./sandbox
COPY --from=console /build/console/dist ./console/dist

RUN mkdir -p /var/lib/attune && chown node:node /var/lib/attune
USER node
ENV ATTUNE_DATA_DIR=/var/lib/attune
# node itself, without a shell before it, so that SIGTERM arrives and runs are handed over.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "src/cli/main.ts"]
CMD ["worker"]

# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# Dependencies and what is built of them stay in the caches; only the program leaves.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --bin linklatch && cp target/release/linklatch /linklatch

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /linklatch /usr/local/bin/linklatch
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/linklatch"]
CMD ["--help"]

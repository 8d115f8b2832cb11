# syntax=docker/dockerfile:1
# The image of Spanthrift: docker build -t spanthrift:0.1.0 .
FROM eclipse-temurin:25-jdk AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Tests have run before an image is made; the chart is no part of it.
RUN --mount=type=cache,target=/m2 mvn -B -q -Dmaven.repo.local=/m2 -pl agent -am -Dmaven.test.skip=true package

FROM eclipse-temurin:25-jre
# A number, so that the kubelet can see that it is not root.
RUN mkdir -p /var/lib/spanthrift && chown 65532:65532 /var/lib/spanthrift
WORKDIR /opt/spanthrift
COPY --from=build /src/spanthrift spanthrift
COPY --from=build /src/agent/target/lib agent/target/lib
COPY --from=build /src/agent/target/spanthrift.jar agent/target/spanthrift.jar
# The launcher looks here first; the AOT cache is made here and nowhere else.
ENV SPANTHRIFT_JAVA_HOME=/opt/java/openjdk \
    SPANTHRIFT_STATE_DIR=/var/lib/spanthrift \
    SPANTHRIFT_AOT=use \
    MALLOC_ARENA_MAX=1
RUN ./spanthrift warm
USER 65532:65532
EXPOSE 4317 4318 4321
# The launcher becomes the JVM, so that SIGTERM reaches it.
ENTRYPOINT ["/opt/spanthrift/spanthrift"]
CMD ["run"]

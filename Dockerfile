# The build's own image, by an engine: mvn verify -Pimage -pl helm -am -DskipTests, then
# docker build -t spanthrift:0.1.0 . (for arm64 with --build-arg ARCH=arm64; docs/IMAGE.md).
# DockerfileTest says what should stand here.
FROM scratch
ARG ARCH=amd64
COPY helm/target/image/${ARCH}/rootfs/ /
COPY --chown=65532:65532 helm/target/image/${ARCH}/rootfs/var/lib/spanthrift /var/lib/spanthrift
ENV MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=30000 \
    PATH=/opt/java/bin \
    SPANTHRIFT_STATE_DIR=/var/lib/spanthrift
WORKDIR /opt/spanthrift
USER 65532:65532
EXPOSE 4317 4318 4321
ENTRYPOINT ["/opt/java/bin/java", "@/opt/spanthrift/flags", "@/opt/spanthrift/memory", "-cp", "/opt/spanthrift/spanthrift.jar", "dev.spanthrift.agent.Spanthrift"]
CMD ["run"]

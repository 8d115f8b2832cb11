package dev.spanthrift.image;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The same image for those who build with a container engine: a file of a few lines that copies the
 * folder that the build made. {@code DockerfileTest} compares the one in the repository with it.
 */
final class Dockerfile {
  private Dockerfile() {}

  static String of(Entry entry, Map<String, String> environment) {
    return """
    # The build's own image, by an engine: mvn verify -Pimage -pl helm -am -DskipTests, then
    # docker build -t %s:0.1.0 . (for arm64 with --build-arg ARCH=arm64; docs/IMAGE.md).
    # DockerfileTest says what should stand here.
    FROM scratch
    ARG ARCH=%s
    COPY helm/target/image/${ARCH}/rootfs/ /
    COPY --chown=65532:65532 helm/target/image/${ARCH}/rootfs/%s /%s
    ENV %s
    WORKDIR /%s
    USER 65532:65532
    EXPOSE %s
    ENTRYPOINT %s
    CMD %s
    """
        .formatted(
            entry.image(),
            Platform.AMD64.architecture,
            ImageFolder.STATE,
            ImageFolder.STATE,
            new TreeMap<>(environment)
                .entrySet().stream()
                    .map(pair -> pair.getKey() + "=" + pair.getValue())
                    .collect(Collectors.joining(" \\\n    ")),
            ImageFolder.HOME,
            entry.ports().stream().map(String::valueOf).collect(Collectors.joining(" ")),
            list(entry.words()),
            list(entry.arguments()));
  }

  private static String list(List<String> words) {
    return words.stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
  }
}

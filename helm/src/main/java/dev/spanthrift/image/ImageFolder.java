package dev.spanthrift.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** An image's file system as a folder, in which the program can be started for its training run. */
final class ImageFolder {
  static final String JAVA = "opt/java";
  static final String HOME = "opt/spanthrift";
  static final String NATIVE = "native";
  static final String STATE = "var/lib/spanthrift";

  /** Of all files: the AOT cache asks for that of the jars, and layers are to be the same twice. */
  static final FileTime TIME = FileTime.fromMillis(1000);

  private final Path root;

  ImageFolder(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Path of(String path) {
    return root.resolve(path);
  }

  /** Users, groups, names: files that programs expect to find; empty folders for mounts. */
  void basics() throws IOException {
    write("etc/passwd", "root:x:0:0:root:/:/nologin\nspanthrift:x:65532:65532::/:/nologin\n");
    write("etc/group", "root:x:0:\nspanthrift:x:65532:\n");
    write("etc/nsswitch.conf", "hosts: files dns\n");
    for (String folder : List.of("tmp", STATE, "etc/spanthrift", "proc", "sys", "dev")) {
      Files.createDirectories(of(folder));
    }
    Files.setAttribute(of("tmp"), "unix:mode", 01777); // for those who copy the folder (Dockerfile)
  }

  /**
   * The jar of a program, and beside it what its manifest names and is not there yet.
   *
   * @return what came, from the program's folder
   */
  List<String> program(Path jar, Platform platform) throws IOException {
    Path home = of(HOME);
    Path natives = home.resolve(NATIVE);
    List<String> names = new ArrayList<>(List.of(jar.toFile().getName()));
    for (String library : classPath(jar)) {
      if (Files.exists(jar.resolveSibling(library)) && !Files.exists(home.resolve(library))) {
        names.add(library);
      }
    }
    for (String name : names) {
      Libraries.copy(jar.resolveSibling(name), home.resolve(name), natives, platform);
    }
    return names;
  }

  private static List<String> classPath(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String path = manifest == null ? null : manifest.getMainAttributes().getValue("Class-Path");
      return path == null ? List.of() : List.of(path.split(" "));
    }
  }

  void write(String path, String text) throws IOException {
    Files.createDirectories(of(path).getParent());
    Files.writeString(of(path), text);
  }

  /** Files below a folder, in the order of their names. */
  List<Path> below(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(of(folder))) {
      return new ArrayList<>(files.sorted().toList());
    }
  }

  void setTimes() throws IOException {
    for (Path file : below("")) {
      Files.setLastModifiedTime(file, TIME);
    }
  }
}

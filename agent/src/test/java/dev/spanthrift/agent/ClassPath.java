package dev.spanthrift.agent;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The class path of the tests, for processes of their own. */
public final class ClassPath {
  private ClassPath() {}

  /** Of the loader where a launcher has made one, else of the JVM. */
  public static String here() {
    return ClassPath.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(URL::getPath)
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }
}

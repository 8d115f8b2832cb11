package dev.spanthrift.agent.receive;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A self-signed identity as PEM files, made by the JDK's keytool. */
public record TestKeys(Path certificate, Path key) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  public static TestKeys create(Path folder, String name) throws Exception {
    return create(folder, name, "ip:127.0.0.1,dns:localhost");
  }

  /**
   * One for other names.
   *
   * @param names as keytool writes subject alternative names
   */
  public static TestKeys create(Path folder, String name, String names) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(store, name, "-ext", "SAN=" + names, "-validity", "2");
    return read(folder, store, name);
  }

  /** One that another identity has signed, and that was good for two days until a week ago. */
  public static TestKeys ended(Path folder, String name, String signer) throws Exception {
    Path store = Files.copy(folder.resolve(signer + ".p12"), folder.resolve(name + ".p12"));
    keytool(
        store,
        name,
        "-ext",
        "SAN=ip:127.0.0.1",
        "-startdate",
        "-9d",
        "-validity",
        "2",
        "-signer",
        signer);
    return read(folder, store, name);
  }

  private static void keytool(Path store, String name, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", name, "-dname", "CN=" + name));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    command.addAll(List.of("-keystore", store.toString()));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
  }

  private static TestKeys read(Path folder, Path store, String name) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return new TestKeys(
        pem(folder, name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        pem(folder, name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded()));
  }

  private static Path pem(Path folder, String file, String type, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type));
  }
}
